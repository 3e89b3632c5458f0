/// LEB128: seven bits a byte, the lowest first, the highest bit set in all bytes but the last.
enum Varint {
  /// The bytes of the longest that stands for a number of 32 bits, or 33.
  static let longest = 5

  /// Writes a number where there is room for it, and gives where the next goes.
  @inline(__always)
  static func write<Number: FixedWidthInteger & UnsignedInteger>(
    _ value: Number, to target: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    var rest = value
    var at = target
    while rest >= 0x80 {
      at.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      at += 1
      rest &>>= 7
    }
    at.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    return at + 1
  }
}
