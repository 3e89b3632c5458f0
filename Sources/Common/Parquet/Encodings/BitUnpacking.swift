/// Numbers of `width` bits each, the first in the lowest bits of the first byte.
///
/// Reads whole words, so up to 8 bytes behind the last number: `PageMemory.slack`.
enum BitUnpacking {
  /// The first number begins at that bit. `width` is 56 at most.
  @inline(__always)
  static func unpack<T: FixedWidthInteger>(
    _ base: UnsafeRawPointer, from bit: Int, width: Int, _ count: Int, into target: UnsafeMutablePointer<T>
  ) {
    let mask: UInt64 = (1 &<< UInt64(width)) &- 1
    var bit = bit
    for i in 0..<count {
      let word = base.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
      target[i] = T(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & mask)
      bit &+= width
    }
  }
}
