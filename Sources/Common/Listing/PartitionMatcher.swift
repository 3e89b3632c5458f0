internal import Partitions

/// Finds the partitions of keys that come in order: what a key has in common with the one before is not looked at again.
struct PartitionMatcher {
  private let components: ArraySlice<Layout.Component>
  /// Where the keys that are matched begin to differ: the length of the directory that they all are in.
  private let base: Int
  private let known: PartialTime
  /// The directories of the last key as far as they matched, with the `/` behind them, and what is known in each.
  private var path: [UInt8] = []
  private var levels: [(end: Int, known: PartialTime)] = []
  private var match: Match?

  struct Match {
    /// The partition's start.
    let time: Int64
    /// Where its directory ends in the key, before the `/`.
    let directoryCount: Int
  }

  init(_ layout: Layout, from level: Int, below directory: LayoutDirectory) {
    components = layout.components[level...]
    base = directory.key.count
    known = directory.known
  }

  /// Nil where the key, some of the bytes, is not spelled as the layout says, or there is no such time.
  mutating func match(_ key: Range<Int>, of bytes: [UInt8]) -> Match? {
    let shared = sharedCount(key, of: bytes)
    if match != nil, shared == path.count { return match }
    levels.removeLast(levels.count - (levels.firstIndex { $0.end > shared } ?? levels.count))
    let start = key.lowerBound + base
    var end = start + (levels.last?.end ?? 0)
    match = nil
    for component in components.dropFirst(levels.count) {
      guard let slash = bytes[end..<key.upperBound].firstIndex(of: UInt8(ascii: "/")),
        let more = component.match(bytes[end..<slash], knowing: levels.last?.known ?? known)
      else { break }
      end = slash + 1
      levels.append((end - start, more))
    }
    path.removeAll(keepingCapacity: true)
    path.append(contentsOf: bytes[start..<end])
    if levels.count == components.count, let time = (levels.last?.known ?? known).first(in: TimeRange.always)
    {
      match = Match(time: time, directoryCount: end - 1 - key.lowerBound)
    }
    return match
  }

  private func sharedCount(_ key: Range<Int>, of bytes: [UInt8]) -> Int {
    let start = key.lowerBound + base
    return bytes.withUnsafeBufferPointer { bytes in
      path.withUnsafeBufferPointer { path in
        let limit = min(path.count, key.upperBound - start)
        var count = 0
        while count < limit, bytes[start + count] == path[count] { count += 1 }
        return count
      }
    }
  }
}
