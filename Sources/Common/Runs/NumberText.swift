/// Numbers as ECMAScript writes them (ECMA-262, Number::toString), which is also what RFC 8785 makes of JSON: the
/// fewest digits that read back as the same double, with an exponent from 1e21 on and below 1e-6 only.
///
///     8.5   12   -0.001   100000000000000000000   1e+21   1e-7
package enum NumberText {
  /// `number` is finite.
  package static func write(_ number: Double, to text: inout Pile<UInt8>) {
    if let integer = Int64(exactly: number), integer.magnitude < 1 << 53 {
      write(integer.magnitude, negative: integer < 0, to: &text)
      return
    }
    if writeShort(number, to: &text) { return }
    let digits = Digits(number)
    if digits.isNegative { text.append(UInt8(ascii: "-")) }
    layOut(digits, to: &text)
  }

  /// Most numbers have few places behind the point: true where four are enough.
  ///
  /// A whole number below 10^15 over 10^4 is rounded once, and so reads as this double; no other decimal of at most 15 digits
  /// does, so that this one without the zeros at its end is the shortest.
  private static func writeShort(_ number: Double, to text: inout Pile<UInt8>) -> Bool {
    let scaled = (number.magnitude * 1e4).rounded()
    guard scaled > 0, scaled < 1e15, scaled / 1e4 == number.magnitude else { return false }
    var (digits, places, scale) = (UInt64(scaled), 4, 10_000 as UInt64)
    while digits % 10 == 0 { (digits, places, scale) = (digits / 10, places - 1, scale / 10) }
    write(digits / scale, negative: number < 0, to: &text)
    text.append(UInt8(ascii: "."))
    write(digits % scale, places, to: &text)
    return true
  }

  /// `magnitude` is below 10^18.
  private static func write(_ magnitude: UInt64, negative: Bool, to text: inout Pile<UInt8>) {
    if negative { text.append(UInt8(ascii: "-")) }
    var (count, power) = (1, 10 as UInt64)
    while magnitude >= power { (count, power) = (count + 1, power * 10) }
    write(magnitude, count, to: &text)
  }

  /// So many digits of a number, zeros first where it has fewer.
  private static func write(_ number: UInt64, _ count: Int, to text: inout Pile<UInt8>) {
    let places = text.extend(by: count)
    var rest = number
    for place in places.indices.reversed() {
      places[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  private static func layOut(_ number: Digits, to text: inout Pile<UInt8>) {
    let count = number.digits.count
    let point = number.point
    switch point {
    case count...21 where count <= point:
      append(number.digits[...], to: &text)
      for _ in count..<point { text.append(UInt8(ascii: "0")) }
    case 1...21:
      append(number.digits[..<point], to: &text)
      text.append(UInt8(ascii: "."))
      append(number.digits[point...], to: &text)
    case -5...0:
      append("0.".utf8, to: &text)
      for _ in point..<0 { text.append(UInt8(ascii: "0")) }
      append(number.digits[...], to: &text)
    default:
      append(number.digits[..<1], to: &text)
      if count > 1 { text.append(UInt8(ascii: ".")) }
      append(number.digits[1...], to: &text)
      append((point > 0 ? "e+" : "e-").utf8, to: &text)
      write(UInt64((point - 1).magnitude), negative: false, to: &text)
    }
  }

  private static func append(_ bytes: some Sequence<UInt8>, to text: inout Pile<UInt8>) {
    for byte in bytes { text.append(byte) }
  }
}

/// A number's shortest digits, of which the first and the last are not 0, and where its point is:
/// 0.d1d2d3... times ten to the power of `point`.
private struct Digits {
  private(set) var digits: [UInt8] = []
  private(set) var point = 0
  private(set) var isNegative = false

  /// Takes Swift's own spelling apart, which has the shortest digits: `-12.5`, `1e-07`, `5e+20`.
  init(_ number: Double) {
    var exponent = 0
    var sawPoint = false
    var spelling = number.description.utf8[...]
    if let mark = spelling.firstIndex(of: UInt8(ascii: "e")) {
      exponent = Int(Substring(spelling[spelling.index(after: mark)...])) ?? 0
      spelling = spelling[..<mark]
    }
    for byte in spelling {
      switch byte {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "."): sawPoint = true
      default:
        if !sawPoint { point += 1 }
        digits.append(byte)
      }
    }
    let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(zeros)
    point += exponent - zeros
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
  }
}
