/// LEB128: seven bits a byte, the lowest first, the highest bit set in all bytes but the last.
enum Varint {
  /// The bytes of the longest that stands for a number of 32 bits, or 33.
  static let longest = 5

  /// Writes a number where there is room for the longest, and gives where the next goes. Whether it takes one byte or two can't
  /// be foreseen, and is no branch.
  @inline(__always)
  static func write<Number: FixedWidthInteger & UnsignedInteger>(
    _ value: Number, to target: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    var (rest, at) = (value, target)
    while rest >= 1 << 14 {
      at.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      at += 1
      rest &>>= 7
    }
    let low = UInt16(truncatingIfNeeded: rest)
    let more: UInt16 = low >= 0x80 ? 1 : 0
    at.storeBytes(of: (low & 0x7F | more &<< 7 | (low &>> 7) &<< 8).littleEndian, as: UInt16.self)
    return at + 1 + Int(more)
  }
}
