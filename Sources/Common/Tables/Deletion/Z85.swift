/// Base 85 as ZeroMQ spells it (rfc.zeromq.org/spec/32): five digits for four bytes, the greatest first.
enum Z85 {
  private static let digits = Array(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

  /// By the digit; 255 for what is none.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()

  /// Nil where the text is not of whole groups of digits, each of four bytes.
  static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (group, count): (UInt64, Int) = (0, 0)
    for digit in text {
      let value = values[Int(digit)]
      guard value != 255 else { return nil }
      group = group * 85 + UInt64(value)
      count += 1
      guard count == 5 else { continue }
      guard let word = UInt32(exactly: group) else { return nil }
      bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
      (group, count) = (0, 0)
    }
    return count == 0 ? bytes : nil
  }
}
