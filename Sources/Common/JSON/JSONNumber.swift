/// JSON numbers as doubles.
package enum JSONNumber {
  /// The double nearest to a number as the scanner found it; infinite where it is out of range.
  ///
  /// Up to 2^53 and 10^22 both parts of `digits * 10^exponent` are exact doubles, and so one multiplication or division
  /// rounds right (Clinger, "How to read floating point numbers accurately", 1990). Else the standard library does it.
  package static func double(_ raw: UnsafeRawBufferPointer) -> Double {
    var digits: UInt64 = 0
    var exponent = 0
    var isFraction = false
    for byte in raw.dropFirst(raw.first == UInt8(ascii: "-") ? 1 : 0) {
      if byte == UInt8(ascii: ".") {
        isFraction = true
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      // 10 * 2^49 + 9 is below 2^53.
      guard digit < 10, digits < 1 << 49 else { return slow(raw) }
      digits = digits * 10 + UInt64(digit)
      exponent -= isFraction ? 1 : 0
    }
    guard exponent >= 1 - powers.count else { return slow(raw) }
    let value = Double(digits) / powers[-exponent]
    return raw.first == UInt8(ascii: "-") ? -value : value
  }

  private static func slow(_ raw: UnsafeRawBufferPointer) -> Double {
    Double(String(decoding: raw, as: UTF8.self)) ?? .infinity
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]
}
