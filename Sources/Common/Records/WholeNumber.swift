internal import JSON

/// A JSON number that names something: `7`, `7.0`, `70e-1` are one name, `7`. Exact, however many digits it has.
enum WholeNumber {
  /// Whether a number is spelled as it is named, as most are: digits alone, or behind a `-`, but not `-0`.
  static func isCanonical(_ raw: UnsafeRawBufferPointer) -> Bool {
    raw.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") || $0 == UInt8(ascii: "-") }
      && !raw.elementsEqual("-0".utf8)
  }

  /// Appends the number's digits, with a `-` before them where it is negative and not 0.
  static func append(_ raw: UnsafeRawBufferPointer, to text: inout JSONText) -> RecordFault? {
    let isNegative = raw.first == UInt8(ascii: "-")
    let spelled = raw.dropFirst(isNegative ? 1 : 0)
    let mantissa = spelled.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
    let digits = mantissa.filter { $0 != UInt8(ascii: ".") }
    guard let first = digits.firstIndex(where: { $0 != UInt8(ascii: "0") }),
      let last = digits.lastIndex(where: { $0 != UInt8(ascii: "0") })
    else {
      text.append(UInt8(ascii: "0"))
      return nil
    }
    // Where the decimal point stands among the digits.
    let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }
    let point = whole.count + exponent(spelled.dropFirst(mantissa.count + 1))
    guard last < point else { return .notKey }
    guard point - first + (isNegative ? 1 : 0) <= RecordFault.longestKey else { return .tooLong }
    if isNegative { text.append(UInt8(ascii: "-")) }
    for place in first..<point { text.append(place <= last ? digits[place] : UInt8(ascii: "0")) }
    return nil
  }

  /// The number behind the `e`, or a thousand millions where it is more than that: more than a line has digits.
  private static func exponent(_ spelled: UnsafeRawBufferPointer.SubSequence) -> Int {
    var value = 0
    for byte in spelled where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
      value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000_000)
    }
    return spelled.first == UInt8(ascii: "-") ? -value : value
  }
}
