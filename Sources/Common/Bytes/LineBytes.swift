// Lines are written and read by the million, in one array.

extension [UInt8] {
  package mutating func append(decimal number: Int64) {
    let start = count
    var rest = number.magnitude
    repeat {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    if number < 0 { append(UInt8(ascii: "-")) }
    self[start...].reverse()
  }

  /// Percent-encoded, as `PercentEncoding.encodeForLine` has it.
  package mutating func append(encoded bytes: UnsafeBufferPointer<UInt8>) {
    if bytes.isPlainInLines {
      append(contentsOf: bytes)
    } else {
      append(contentsOf: PercentEncoding.encodeForLine(bytes).utf8)
    }
  }
}

extension Int64 {
  /// Of up to 18 digits, and nothing else.
  package init?(digits: UnsafeBufferPointer<UInt8>) {
    guard (1...18).contains(digits.count) else { return nil }
    var number: Int64 = 0
    for digit in digits {
      let value = digit &- UInt8(ascii: "0")
      guard value < 10 else { return nil }
      number = number * 10 + Int64(value)
    }
    self = number
  }
}

extension UInt8 {
  /// Whether the byte, wherever it stands, is in a line as it is.
  package var isPlainInLines: Bool { self > 0x20 && self < 0x7F && self != UInt8(ascii: "%") }
}

extension UnsafeBufferPointer<UInt8> {
  package var isPlainInLines: Bool {
    // All of them are looked at, which goes sixteen at a time.
    var others: UInt8 = 0
    for byte in self { others |= byte.isPlainInLines ? 0 : 1 }
    return others == 0
  }

  /// Whether these bytes come before the others in a line. That is their own order, but for what is encoded there: `a b`,
  /// a line's `a%20b`, sorts behind `a!b`.
  package func precedesInLines(_ other: UnsafeBufferPointer) -> Bool {
    let common = Swift.min(count, other.count)
    var index = 0
    while index < common, self[index] == other[index] { index += 1 }
    guard index < common else { return count < other.count }
    if self[index].isPlainInLines && other[index].isPlainInLines { return self[index] < other[index] }
    return PercentEncoding.encodeForLine(self).utf8.lexicographicallyPrecedes(
      PercentEncoding.encodeForLine(other).utf8)
  }
}
