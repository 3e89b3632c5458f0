package import Bytes
package import Partitions

/// One object of a partition: what `part-ls` prints and every later stage reads.
///
///     2026-05-04T10:05:00Z <TAB> 2026-05-04T10:11:42Z <TAB> 48213 <TAB> 9b2cf535f27731c9 <TAB> s3://bucket/ads/...
///     partition start            modified                    bytes       tag                    location
package struct ObjectLine: Hashable, Sendable {
  package var time: Instant
  package var modified: Instant
  /// The object's size.
  package var bytes: Int64
  /// The version of the content as the store tells it; never empty.
  package var tag: String
  package var location: Location

  package init(time: Instant, modified: Instant, bytes: Int64, tag: String, location: Location) {
    self.time = time
    self.modified = modified
    self.bytes = bytes
    self.tag = tag
    self.location = location
  }

  /// Parses a line without its newline; nil unless it has exactly the five fields, each well-formed.
  package init?(_ line: Substring) {
    let fields = line.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
      Substring($0)
    }
    guard fields.count == 5 else { return nil }
    self.init(time: fields[0], modified: fields[1], bytes: fields[2], tag: fields[3], location: fields[4])
  }

  init?(time: Substring, modified: Substring, bytes: Substring, tag: Substring, location: Substring) {
    guard let time = Instant(line: time), let modified = Instant(line: modified),
      let bytes = Int64(bytes), bytes >= 0,
      let tagBytes = PercentEncoding.decode(tag), !tagBytes.isEmpty,
      let tag = String(validating: tagBytes, as: UTF8.self),
      let location = Location(location)
    else { return nil }
    self.init(time: time, modified: modified, bytes: bytes, tag: tag, location: location)
  }

  /// The same, fast, for a line in which nothing is encoded; nil also for others that are well-formed.
  init?(plain line: UnsafeBufferPointer<UInt8>) {
    var fields = PlainFields(line)
    guard let time = fields.next(), let modified = fields.next(), let size = fields.next(),
      let tag = fields.next(),
      let location = fields.next(), fields.isAtEnd, !tag.isEmpty, tag.isPlainInLines, location.isPlainInLines,
      let time = Instant(line: time), let modified = Instant(line: modified), let bytes = Int64(digits: size),
      let location = Location(decoded: location)
    else { return nil }
    self.init(
      time: time, modified: modified, bytes: bytes, tag: String(decoding: tag, as: UTF8.self),
      location: location)
  }

  /// The line without its newline.
  package var text: String {
    "\(time)\t\(modified)\t\(bytes)\t\(PercentEncoding.encodeForLine(tag))\t\(location)"
  }
}

/// The fields of a line, one after the other.
private struct PlainFields {
  private let line: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ line: UnsafeBufferPointer<UInt8>) { self.line = line }

  var isAtEnd: Bool { position > line.count }

  mutating func next() -> UnsafeBufferPointer<UInt8>? {
    guard position <= line.count else { return nil }
    let start = position
    while position < line.count, line[position] != UInt8(ascii: "\t") { position += 1 }
    defer { position += 1 }
    return UnsafeBufferPointer(rebasing: line[start..<position])
  }
}
