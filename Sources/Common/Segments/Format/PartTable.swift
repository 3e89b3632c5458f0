internal import Bytes
internal import Failures

/// The parts of a segment's file, as its header, table and footer have them.
///
/// Opening checks these three, and that the parts lie one behind the other; not the parts' own checksums.
struct PartTable {
  struct Entry {
    let kind: UInt16
    let field: UInt16
    let checksum: UInt32
    let range: Range<Int>
  }

  let entries: [Entry]
  /// The footer's checksum: as good as a checksum of the whole file, since it covers those of the parts.
  let checksum: UInt32
  private let file: Part
  /// Of the whole file.
  var length: Int { file.bytes.count }

  init(_ bytes: UnsafeRawBufferPointer, file name: String) throws(Failure) {
    file = Part(file: name, name: "file", bytes: bytes)
    try Self.checkHeader(file)
    let footer = bytes.count - SegmentFormat.footerLength
    guard footer >= SegmentFormat.headerLength,
      try file.slice(bytes.count - 8..<bytes.count).elementsEqual(SegmentFormat.endMagic)
    else { throw file.corrupt("it is cut short") }
    guard try file.u64(at: footer + 8) == UInt64(bytes.count) else {
      throw file.corrupt("its length is wrong")
    }
    let start = try file.offset(at: footer, limit: footer)
    let count = Int(try file.u32(at: footer + 16))
    guard start >= SegmentFormat.headerLength, count * SegmentFormat.entryLength == footer - start else {
      throw file.corrupt("its table of parts does not fit")
    }
    checksum = try file.u32(at: footer + 20)
    guard try checksum == Self.checksum(file, start..<footer + 20) else {
      throw file.corrupt("the checksum of its table of parts is wrong")
    }
    entries = try Self.entries(file, table: start, count: count)
  }

  private static func checkHeader(_ file: Part) throws(Failure) {
    guard file.bytes.count >= SegmentFormat.headerLength,
      try file.slice(0..<8).elementsEqual(SegmentFormat.magic)
    else { throw file.corrupt("it is no segment") }
    let version = try file.u32(at: 8)
    guard version == SegmentFormat.version else {
      throw file.corrupt("its format is \(version), and this version reads \(SegmentFormat.version)")
    }
  }

  private static func checksum(_ file: Part, _ tail: Range<Int>) throws(Failure) -> UInt32 {
    CRC32.checksum(
      try file.slice(tail), after: CRC32.checksum(try file.slice(0..<SegmentFormat.headerLength)))
  }

  private static func entries(_ file: Part, table: Int, count: Int) throws(Failure) -> [Entry] {
    var entries: [Entry] = []
    var end = SegmentFormat.headerLength
    for index in 0..<count {
      let at = table + index * SegmentFormat.entryLength
      let start = try file.offset(at: at + 8, limit: table)
      let length = try file.offset(at: at + 16, limit: table - start)
      guard start == aligned(end), length > 0 else { throw file.corrupt("its parts do not lie side by side") }
      let first = try file.u32(at: at)
      entries.append(
        Entry(
          kind: UInt16(truncatingIfNeeded: first), field: UInt16(truncatingIfNeeded: first >> 16),
          checksum: try file.u32(at: at + 4), range: start..<start + length))
      end = start + length
    }
    guard aligned(end) == table else { throw file.corrupt("its parts do not lie side by side") }
    return entries
  }

  private static func aligned(_ offset: Int) -> Int {
    (offset + SegmentFormat.alignment - 1) / SegmentFormat.alignment * SegmentFormat.alignment
  }

  /// The part of that kind; of no bytes where the file has none. `label` is the field's name.
  func part(_ kind: PartKind, field: Int? = nil, label: String? = nil) -> Part {
    let number = field.map { UInt16(truncatingIfNeeded: $0) } ?? SegmentFormat.wholeSegment
    let entry = entries.first { $0.kind == kind.rawValue && $0.field == number }
    let name = label.map { "\(kind.name) of \($0)" } ?? kind.name
    return Part(file: file.file, name: name, bytes: bytes(of: entry))
  }

  private func bytes(of entry: Entry?) -> UnsafeRawBufferPointer {
    guard let entry else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
  }

  func isIntact(_ entry: Entry) -> Bool { CRC32.checksum(bytes(of: entry)) == entry.checksum }

  /// Whether all bytes between the parts are zero.
  func hasCleanPadding() -> Bool {
    entries.allSatisfy { entry in
      file.bytes[entry.range.upperBound..<Self.aligned(entry.range.upperBound)].allSatisfy { $0 == 0 }
    }
  }
}
