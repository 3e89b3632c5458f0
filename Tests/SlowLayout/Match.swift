import Partitions

/// What a key is in a layout, by looking at all of it.
extension Layout {
  /// Where a key below the root belongs.
  package struct Match: Equatable, Sendable {
    /// The partition's start.
    package let time: Instant
    /// Where the partition's directory ends in the key: the index of the `/` behind it.
    package let directoryEnd: Int
  }

  /// The partition whose directory the key lies in, however deep; nil where the key is not spelled as the layout says,
  /// or there is no such time.
  package func match(_ key: ArraySlice<UInt8>) -> Match? {
    var known = PartialTime()
    var start = key.startIndex
    for component in components {
      guard let end = key[start...].firstIndex(of: UInt8(ascii: "/")),
        let more = component.match(key[start..<end], knowing: known)
      else { return nil }
      known = more
      start = end + 1
    }
    guard let time = known.first(in: TimeRange.always) else { return nil }
    return Match(time: Instant(seconds: time), directoryEnd: start - 1)
  }
}
