internal import Failures
internal import Files

/// Strings of bytes by their number (ids, groups, tombstones).
///
///     u64 the number of strings
///     u64 where each block of 16 strings begins in what follows
///     of each string, varint its length, its bytes
///
/// A table of no strings is no bytes at all.
struct ByteTableWriter: ~Copyable {
  private(set) var count = 0
  private var starts = ByteArena()
  private var strings: Spool

  init(limit: Int = .max, in directory: Directory? = nil) { strings = Spool(limit: limit, in: directory) }

  mutating func add(_ string: UnsafeRawBufferPointer) {
    if count % SegmentFormat.tableBlockLength == 0 { starts.append(UInt64(strings.count)) }
    strings.arena.appendVarint(string.count)
    strings.append(string)
    count += 1
  }

  mutating func write(_ kind: PartKind, to parts: inout PartsWriter) throws(Failure) {
    guard count > 0 else { return }
    var head = ByteArena()
    head.append(UInt64(count))
    parts.begin(kind)
    try parts.append(head.bytes)
    try parts.append(starts.bytes)
    try parts.append(&strings)
    parts.end()
  }
}
