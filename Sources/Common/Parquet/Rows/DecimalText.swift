internal import JSON

/// A whole number of at most 256 bits: its sign, and its magnitude in words, the most significant first.
struct WideInteger {
  private(set) var isNegative: Bool
  private var words: (UInt64, UInt64, UInt64, UInt64)

  init(_ value: Int64) {
    isNegative = value < 0
    words = (0, 0, 0, value.magnitude)
  }

  /// Two's complement, the most significant byte first; nil for no bytes, and where 32 don't hold it.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return nil }
    isNegative = first >= 0x80
    let sign: UInt8 = isNegative ? 0xFF : 0
    let significant = bytes.drop { $0 == sign }
    guard significant.count <= 32 else { return nil }
    words = (0, 0, 0, 0)
    // The complement of a negative number is its magnitude less 1.
    for byte in significant { shift(in: byte ^ sign) }
    if isNegative, !increment() { return nil }
  }

  private mutating func shift(in byte: UInt8) {
    words.0 = words.0 << 8 | words.1 >> 56
    words.1 = words.1 << 8 | words.2 >> 56
    words.2 = words.2 << 8 | words.3 >> 56
    words.3 = words.3 << 8 | UInt64(byte)
  }

  /// False where it overflows.
  private mutating func increment() -> Bool {
    words.3 &+= 1
    if words.3 == 0 { words.2 &+= 1 }
    if words.3 == 0, words.2 == 0 { words.1 &+= 1 }
    if words.3 == 0, words.2 == 0, words.1 == 0 { words.0 &+= 1 }
    return words != (0, 0, 0, 0)
  }

  var isSmall: Bool { words.0 == 0 && words.1 == 0 && words.2 == 0 }
  var isZero: Bool { isSmall && words.3 == 0 }

  /// Divides by 10^19, and gives the remainder. No quotient overflows: the remainder before it is less than the divisor.
  mutating func takeDigits() -> UInt64 {
    let divisor: UInt64 = 10_000_000_000_000_000_000
    if isSmall {
      let remainder = words.3 % divisor
      words.3 /= divisor
      return remainder
    }
    var remainder: UInt64 = 0
    (words.0, remainder) = divisor.dividingFullWidth((remainder, words.0))
    (words.1, remainder) = divisor.dividingFullWidth((remainder, words.1))
    (words.2, remainder) = divisor.dividingFullWidth((remainder, words.2))
    (words.3, remainder) = divisor.dividingFullWidth((remainder, words.3))
    return remainder
  }
}

extension JSONText {
  /// The digits of the number, `scale` of them (at most 76) behind the point: 12.30, 0.05, -7.
  mutating func append(decimal number: WideInteger, scale: Int) {
    // 2^256 has 78 digits: five times 19 hold it, and scale + 1 too.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 95) { digits in
      guard let start = digits.baseAddress else { return }
      var rest = number
      var first = digits.count
      repeat {
        first -= 19
        var pen = Pen(start + first)
        pen.put(rest.takeDigits(), digits: 19)
      } while !rest.isZero || digits.count - first <= scale
      let point = digits.count - scale
      while first < point - 1, digits[first] == UInt8(ascii: "0") { first += 1 }
      if number.isNegative { append(UInt8(ascii: "-")) }
      append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[first..<point]))
      guard scale > 0 else { return }
      append(UInt8(ascii: "."))
      append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[point...]))
    }
  }
}
