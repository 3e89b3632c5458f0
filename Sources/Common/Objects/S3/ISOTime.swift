/// `2026-05-04T10:11:42Z`, `2026-05-04T10:11:42.123Z`: a listing has one for each object.
enum ISOTime {
  /// Seconds since 1970; nil where it is not spelled so, or there is no such time from 1970 on. The fraction is dropped.
  static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard text.count >= 20, text[text.count - 1] == UInt8(ascii: "Z"), text[4] == UInt8(ascii: "-"),
      text[7] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"),
      text[16] == UInt8(ascii: ":"), isFraction(text[19..<text.count - 1]),
      let century = number(text, 0), let year = number(text, 2).map({ century * 100 + $0 }), year >= 1970,
      let month = number(text, 5), (1...12).contains(month), let day = number(text, 8),
      (1...31).contains(day),
      let hour = number(text, 11), hour < 24, let minute = number(text, 14), minute < 60,
      let second = number(text, 17), second <= 60
    else { return nil }
    return days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
  }

  private static func isFraction(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    text.isEmpty || text.first == UInt8(ascii: ".") && text.dropFirst().allSatisfy { digit($0) != nil }
  }

  /// Of two digits.
  private static func number(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int64? {
    guard let tens = digit(text[index]), let ones = digit(text[index + 1]) else { return nil }
    return tens * 10 + ones
  }

  private static func digit(_ byte: UInt8) -> Int64? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? Int64(value) : nil
  }

  /// Since 1970-01-01. (Hinnant, "chrono-compatible low-level date algorithms", for years that are not negative.)
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = (shifted / 400, shifted % 400)
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
