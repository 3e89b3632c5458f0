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
  private var strings = ByteArena()

  mutating func add(_ string: UnsafeRawBufferPointer) {
    if count % SegmentFormat.tableBlockLength == 0 { starts.append(UInt64(strings.count)) }
    strings.appendVarint(string.count)
    strings.append(string)
    count += 1
  }

  func write(to out: inout ByteArena) {
    guard count > 0 else { return }
    out.append(UInt64(count))
    out.append(starts.bytes)
    out.append(strings.bytes)
  }
}
