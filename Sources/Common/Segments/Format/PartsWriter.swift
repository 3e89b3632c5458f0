internal import Bytes
internal import Failures
internal import Files

/// Puts the parts of a segment into one file: each aligned, and entered in the table with its checksum.
struct PartsWriter: ~Copyable {
  private static let padding = [UInt8](repeating: 0, count: SegmentFormat.alignment)

  let directory: Directory
  private var out: OutputFile
  private var table = ByteArena()
  private var parts = 0
  private var headerChecksum: UInt32 = 0

  /// The part that is being written: nothing of it is in the file before its first byte.
  private var kind = PartKind.meta
  private var field: Int?
  private var start = 0
  private var checksum: UInt32 = 0
  private var isEmpty = true

  init(in directory: Directory) {
    self.directory = directory
    out = OutputFile(in: directory)
  }

  private mutating func writeHeader() throws(Failure) {
    var header = ByteArena(capacity: SegmentFormat.headerLength)
    header.append(SegmentFormat.magic)
    header.append(SegmentFormat.version)
    header.append(UInt32(0))
    headerChecksum = CRC32.checksum(header.bytes)
    try out.append(header.bytes)
  }

  /// A whole part; one of no bytes is left out.
  mutating func add(
    _ kind: PartKind, field: Int? = nil, _ bytes: UnsafeRawBufferPointer
  ) throws(Failure) {
    begin(kind, field: field)
    try append(bytes)
    end()
  }

  mutating func add(_ kind: PartKind, field: Int? = nil, _ spool: inout Spool) throws(Failure) {
    begin(kind, field: field)
    try append(&spool)
    end()
  }

  mutating func begin(_ kind: PartKind, field: Int? = nil) {
    (self.kind, self.field, checksum, isEmpty) = (kind, field, 0, true)
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    guard bytes.count > 0 else { return }
    if isEmpty {
      if out.count == 0 { try writeHeader() }
      try pad()
      (start, isEmpty) = (out.count, false)
    }
    checksum = CRC32.checksum(bytes, after: checksum)
    try out.append(bytes)
  }

  /// All that the spool holds.
  mutating func append(_ spool: inout Spool) throws(Failure) {
    try append(&spool, 0..<spool.count)
  }

  mutating func append(_ spool: inout Spool, _ range: Range<Int>) throws(Failure) {
    try spool.read(range) { (bytes) throws(Failure) in try append(bytes) }
  }

  mutating func end() {
    if isEmpty { return }
    table.append(kind.rawValue)
    table.append(field.map { UInt16($0) } ?? SegmentFormat.wholeSegment)
    table.append(checksum)
    table.append(UInt64(start))
    table.append(UInt64(out.count - start))
    parts += 1
  }

  private mutating func pad() throws(Failure) {
    let missing = (SegmentFormat.alignment - out.count % SegmentFormat.alignment) % SegmentFormat.alignment
    try Self.padding.withUnsafeBufferPointer { (zeros) throws(Failure) in
      try out.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(zeros)[..<missing]))
    }
  }

  /// Hands over a range of the part that is being written.
  mutating func read(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    if !range.isEmpty { try out.read(range.lowerBound + start..<range.upperBound + start, body) }
  }

  /// The whole file, after its last part: `meta`. It is to be kept in `directory`.
  consuming func finish(_ meta: SegmentMeta, for directory: Directory) throws(Failure) -> FinishedSegment {
    var bytes = ByteArena()
    meta.write(to: &bytes)
    try add(.meta, bytes.bytes)
    try pad()
    let tableStart = out.count
    var footer = ByteArena(capacity: SegmentFormat.footerLength)
    footer.append(UInt64(tableStart))
    footer.append(UInt64(tableStart + table.count + SegmentFormat.footerLength))
    footer.append(UInt32(parts))
    footer.append(CRC32.checksum(footer.bytes, after: CRC32.checksum(table.bytes, after: headerChecksum)))
    footer.append(SegmentFormat.endMagic)
    try out.append(table.bytes)
    try out.append(footer.bytes)
    let length = out.count
    let (file, sha256) = try out.finish()
    return FinishedSegment(file, for: directory, bytes: length, sha256: sha256, meta: meta)
  }
}
