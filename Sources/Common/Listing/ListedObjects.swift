internal import Bytes
package import Lines
package import Objects
package import Partitions

/// An object, and the partition that it lies in.
package struct ListedObject: Sendable {
  package let time: Instant
  package let info: ObjectInfo
  /// Where the partition's directory ends in the key.
  let directoryEnd: Int

  var directory: ArraySlice<UInt8> { info.key.bytes[..<directoryEnd] }
}

/// What a listing found, by time and then location in byte order.
package struct ListedObjects: Sendable {
  let root: Location
  package let objects: [ListedObject]
  /// How many requests were sent; 0 for a local directory.
  package let requests: Int

  package var lines: some Sequence<ObjectLine> {
    objects.lazy.map { object in
      ObjectLine(
        time: object.time, modified: Instant(seconds: object.info.modified), bytes: object.info.bytes,
        tag: object.info.tag, location: root.appending(object.info.key.bytes))
    }
  }

  /// One for each directory of each partition, in the same order.
  package var summaries: [PartitionSummary] {
    var summaries: [PartitionSummary] = []
    var directory: ArraySlice<UInt8> = []
    for object in objects {
      let modified = Instant(seconds: object.info.modified)
      if let last = summaries.last, last.time == object.time, directory == object.directory {
        summaries[summaries.count - 1].add(modified: modified, bytes: object.info.bytes)
      } else {
        directory = object.directory
        summaries.append(
          PartitionSummary(
            time: object.time, newest: modified, bytes: object.info.bytes, location: root.appending(directory)
          ))
      }
    }
    return summaries
  }
}

extension ListedObject {
  /// By time, then location, in the byte order of the lines. That is the keys' own order, but for what is encoded
  /// there: `a b`, a line's `a%20b`, sorts behind `a!b`.
  static func precedes(_ a: ListedObject, _ b: ListedObject) -> Bool {
    if a.time != b.time { return a.time < b.time }
    let (x, y) = (a.info.key.bytes, b.info.key.bytes)
    guard let (p, q) = zip(x, y).first(where: { $0 != $1 }) else { return x.count < y.count }
    if isPlain(p) && isPlain(q) { return p < q }
    return PercentEncoding.encodeForLine(x).utf8.lexicographicallyPrecedes(
      PercentEncoding.encodeForLine(y).utf8)
  }

  /// Whether the byte, wherever it stands, is in a line as it is.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%")
  }
}
