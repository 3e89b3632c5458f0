/// A field's length in one byte, as Lucene has it (SmallFloat.intToByte4): exact up to 39, then with four significant bits.
///
/// Greater lengths never get smaller bytes. 0 says that the document doesn't have the field.
enum Norms {
  /// The lengths that have a byte of their own, before the floating ones begin.
  private static let exact = 24

  static func encode(_ length: Int) -> UInt8 {
    let length = min(max(length, 0), Int(Int32.max))
    return length < exact ? UInt8(length) : UInt8(exact + float(length - exact))
  }

  static func decode(_ norm: UInt8) -> Int {
    let value = Int(norm)
    if value < exact { return value }
    let bits = (value - exact) & 7
    let shift = (value - exact) >> 3 - 1
    return exact + (shift < 0 ? bits : (bits | 8) << shift)
  }

  /// Three bits behind the highest one, and its place.
  private static func float(_ value: Int) -> Int {
    let width = Int.bitWidth - value.leadingZeroBitCount
    if width < 4 { return value }
    let shift = width - 4
    return (value >> shift) & 7 | (shift + 1) << 3
  }
}
