internal import Bytes
package import Lines
internal import Partitions

/// Objects, each with the partition that it lies in, in two pieces of memory however many there are.
///
///     bytes     key tag key tag ...
///     entries   where each key and tag is, and what else is known of the object
package struct ListedObjects: Sendable {
  private struct Entry {
    let time: Int64
    let modified: Int64
    let size: Int64
    let start: Int
    let keyCount: Int32
    let tagCount: Int32
    /// Where the partition's directory ends in the key.
    let directoryCount: Int32

    var key: Range<Int> { start..<start + Int(keyCount) }
    var tag: Range<Int> { key.upperBound..<key.upperBound + Int(tagCount) }
    var directory: Range<Int> { start..<start + Int(directoryCount) }
  }

  /// Where the keys begin.
  private let root: Location
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  /// By time, then location, in the byte order of the lines.
  private var isSorted = true

  init(below root: Location) { self.root = root }

  package var count: Int { entries.count }
  package var isEmpty: Bool { entries.isEmpty }
  func time(_ index: Int) -> Int64 { entries[index].time }

  mutating func append(
    key: UnsafeBufferPointer<UInt8>, tag: UnsafeBufferPointer<UInt8>, in match: PartitionMatcher.Match,
    size: Int64,
    modified: Int64
  ) {
    entries.append(
      Entry(
        time: match.time, modified: modified, size: size, start: bytes.count,
        keyCount: Int32(key.count), tagCount: Int32(tag.count), directoryCount: Int32(match.directoryCount)))
    bytes.append(contentsOf: key)
    bytes.append(contentsOf: tag)
    isSorted = false
  }

  mutating func append(_ others: ListedObjects, _ some: Range<Int>) {
    if isEmpty && some == 0..<others.count {
      self = others
      return
    }
    isSorted = isEmpty && others.isSorted
    for entry in others.entries[some] {
      entries.append(Self.moved(entry, to: bytes.count))
      bytes.append(contentsOf: others.bytes[entry.start..<entry.tag.upperBound])
    }
  }

  private static func moved(_ entry: Entry, to start: Int) -> Entry {
    Entry(
      time: entry.time, modified: entry.modified, size: entry.size, start: start, keyCount: entry.keyCount,
      tagCount: entry.tagCount, directoryCount: entry.directoryCount)
  }

  /// The index of the first one, of those from `start` on, whose partition is not before a time. They are sorted.
  func index(from start: Int, of time: Int64) -> Int {
    var (low, high) = (start, count)
    while low < high {
      let middle = low + (high - low) / 2
      if entries[middle].time < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension ListedObjects {
  mutating func sort() {
    if isSorted { return }
    bytes.withUnsafeBufferPointer { bytes in
      func precedes(_ a: Entry, _ b: Entry) -> Bool {
        a.time == b.time ? bytes[of: a.key].precedesInLines(bytes[of: b.key]) : a.time < b.time
      }
      let isSorted = entries.indices.dropFirst().allSatisfy { !precedes(entries[$0], entries[$0 - 1]) }
      if !isSorted { entries.sort(by: precedes) }
    }
    isSorted = true
  }

  /// What the lines of the objects say, one after the other.
  package func eachLine<E: Error>(_ body: (ObjectLineText.Fields) throws(E) -> Void) throws(E) {
    let root = Array(root.appending([]).description.utf8)
    try bytes.withUnsafeBufferPointer { (bytes) throws(E) in
      for entry in entries {
        try body(
          ObjectLineText.Fields(
            time: Instant(seconds: entry.time), modified: Instant(seconds: entry.modified), bytes: entry.size,
            tag: bytes[of: entry.tag], root: root, path: bytes[of: entry.key]))
      }
    }
  }

  package var lines: [ObjectLine] {
    entries.map { entry in
      ObjectLine(
        time: Instant(seconds: entry.time), modified: Instant(seconds: entry.modified), bytes: entry.size,
        tag: String(decoding: bytes[entry.tag], as: UTF8.self), location: root.appending(bytes[entry.key]))
    }
  }

  /// One for each directory of each partition, in the same order.
  package var summaries: [PartitionSummary] {
    var summaries: [PartitionSummary] = []
    var directory: ArraySlice<UInt8> = []
    for entry in entries {
      let (time, modified) = (Instant(seconds: entry.time), Instant(seconds: entry.modified))
      if let last = summaries.last, last.time == time, directory == bytes[entry.directory] {
        summaries[summaries.count - 1].add(modified: modified, bytes: entry.size)
      } else {
        directory = bytes[entry.directory]
        summaries.append(
          PartitionSummary(
            time: time, newest: modified, bytes: entry.size, location: root.appending(directory)))
      }
    }
    return summaries
  }
}

extension UnsafeBufferPointer<UInt8> {
  subscript(of range: Range<Int>) -> UnsafeBufferPointer { UnsafeBufferPointer(rebasing: self[range]) }
}
