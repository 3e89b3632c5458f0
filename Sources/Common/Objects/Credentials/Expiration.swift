/// When credentials expire, as RFC 3339 has it: `2026-05-04T10:11:42Z`, `2026-05-04T10:11:42.123+00:00`. AWS's services
/// write the first, its command line the second.
enum Expiration {
  /// Seconds since 1970; nil for what is no time.
  static func parse(_ text: String) -> Int64? {
    if text.hasSuffix("Z") { return AWSTime.parseISO(text) }
    let zone = text.suffix(6)
    let digits = zone.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    guard let sign = zone.first, sign == "+" || sign == "-", digits.count == 2,
      digits.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let hours = Int64(digits[0]), let minutes = Int64(digits[1]), hours < 24, minutes < 60,
      !text.contains("Z"), let local = AWSTime.parseISO(text.dropLast(6) + "Z")
    else { return nil }
    let offset = hours * 3600 + minutes * 60
    return sign == "+" ? local - offset : local + offset
  }
}
