internal import Bytes

/// Puts the parts of a segment into one file: each aligned, and entered in the table with its checksum.
struct PartsWriter: ~Copyable {
  private var out: ByteArena
  private var table = ByteArena()
  private var parts = 0

  init(capacity: Int) {
    out = ByteArena(capacity: capacity)
    out.append(SegmentFormat.magic)
    out.append(SegmentFormat.version)
    out.append(UInt32(0))
  }

  /// Appends a part; one of no bytes is left out.
  mutating func add(_ kind: PartKind, field: Int? = nil, _ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    out.pad(to: SegmentFormat.alignment)
    table.append(kind.rawValue)
    table.append(field.map { UInt16($0) } ?? SegmentFormat.wholeSegment)
    table.append(CRC32.checksum(bytes))
    table.append(UInt64(out.count))
    table.append(UInt64(bytes.count))
    out.append(bytes)
    parts += 1
  }

  /// The whole file.
  consuming func finish() -> [UInt8] {
    out.pad(to: SegmentFormat.alignment)
    let tableStart = out.count
    var footer = ByteArena(capacity: SegmentFormat.footerLength)
    footer.append(UInt64(tableStart))
    footer.append(UInt64(tableStart + table.count + SegmentFormat.footerLength))
    footer.append(UInt32(parts))
    let header = UnsafeRawBufferPointer(rebasing: out.bytes[..<SegmentFormat.headerLength])
    footer.append(
      CRC32.checksum(footer.bytes, after: CRC32.checksum(table.bytes, after: CRC32.checksum(header))))
    footer.append(SegmentFormat.endMagic)
    out.append(table.bytes)
    out.append(footer.bytes)
    return Array(out.bytes)
  }
}
