package import Failures

extension Instant {
  /// Parses what every option that takes a time takes: RFC 3339 (`2026-05-04T10:05:00Z`, also with an offset, and
  /// with a fraction that is dropped), `@seconds`, and `now`, `now-5h`, `now+10m`. Only the last needs `now`.
  package init(parsing text: String, now: @autoclosure () -> Instant) throws(Failure) {
    if let instant = Self.rfc3339(text) ?? Self.epoch(text) {
      self = instant
    } else if text == "now" {
      self = now()
    } else if text.hasPrefix("now-"), let span = Span.seconds(text.dropFirst(4)) {
      self = now() - span
    } else if text.hasPrefix("now+"), let span = Span.seconds(text.dropFirst(4)) {
      self = now() + span
    } else {
      throw Failure(
        .usage, cannot: "read the time", "'\(text)'",
        because: "write 2026-05-04T10:05:00Z, @1777889100 or now-5h")
    }
  }

  /// The form that the lines have; nil where it is not exactly that.
  package init?(line text: some StringProtocol) { self.init(line: Substring(text)) }

  package init?(line text: Substring) {
    // An option may write `t` or a space there; texts that stand for times in manifests are compared as texts.
    guard text.utf8.count == 20, text.utf8.dropFirst(10).first == UInt8(ascii: "T"),
      text.utf8.last == UInt8(ascii: "Z"),
      let instant = Self.rfc3339(String(text))
    else { return nil }
    self = instant
  }

  private static func epoch(_ text: String) -> Instant? {
    guard text.hasPrefix("@"), let seconds = Int64(text.dropFirst()), Self.bounds.contains(seconds)
    else { return nil }
    return Instant(seconds: seconds)
  }

  private static func rfc3339(_ text: String) -> Instant? {
    var scanner = DigitScanner(text)
    guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
      let day = scanner.number(2), scanner.take("T") || scanner.take("t") || scanner.take(" "),
      let hour = scanner.number(2), scanner.take(":"), let minute = scanner.number(2), scanner.take(":"),
      let second = scanner.number(2), hour < 24, minute < 60, second < 60,
      let days = Calendar.day(year: year, month: month, day: day)
    else { return nil }
    if scanner.take(".") {
      guard scanner.skipDigits() > 0 else { return nil }
    }
    guard let offset = scanner.zone(), scanner.isAtEnd else { return nil }
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    return Self.bounds.contains(seconds) ? Instant(seconds: seconds) : nil
  }
}

/// A length of time in whole seconds, as options write it: `90`, `90s`, `5m`, `5h`, `2d`, `1h30m`.
package enum Span {
  package static func seconds(_ text: some StringProtocol) -> Int64? {
    var scanner = DigitScanner(text)
    guard let first = scanner.number() else { return nil }
    if scanner.isAtEnd { return first }
    var total: Int64 = 0
    var number: Int64? = first
    while let value = number {
      guard let unit = scanner.unit() else { return nil }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: unit)
      let (sum, overflow) = total.addingReportingOverflow(product)
      guard !tooLarge, !overflow, sum < 1 << 40 else { return nil }
      total = sum
      if scanner.isAtEnd { return total }
      number = scanner.number()
    }
    return nil
  }

  /// The value of an option.
  package static func seconds(_ text: String, of option: String) throws(Failure) -> Int64 {
    guard let seconds = seconds(text) else {
      throw Failure(.usage, cannot: "read", "\(option) '\(text)'", because: "write 300, 5m or 5h")
    }
    return seconds
  }

  /// The shortest spelling in one unit: 300 is `5m`, 18000 is `5h`, 90 is `90s`.
  package static func text(_ seconds: Int64) -> String {
    for (unit, name) in [(Int64(86_400), "d"), (3600, "h"), (60, "m")]
    where seconds != 0 && seconds % unit == 0 {
      return "\(seconds / unit)\(name)"
    }
    return "\(seconds)s"
  }
}

/// Reads numbers of fixed width, and single characters, off the front of a text.
struct DigitScanner {
  private var rest: Substring.UTF8View

  init(_ text: some StringProtocol) { rest = Substring(text).utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func number(_ width: Int) -> Int64? {
    var (number, count): (Int64, Int) = (0, 0)
    for digit in rest.prefix(width) {
      guard Self.isDigit(digit) else { return nil }
      number = number * 10 + Int64(digit - UInt8(ascii: "0"))
      count += 1
    }
    guard count == width else { return nil }
    rest = rest.dropFirst(width)
    return number
  }

  /// Any number of digits, below 2^40.
  mutating func number() -> Int64? {
    let digits = rest.prefix(while: Self.isDigit)
    guard !digits.isEmpty, digits.count <= 12 else { return nil }
    rest = rest.dropFirst(digits.count)
    return Int64(Substring(digits))
  }

  mutating func skipDigits() -> Int {
    let digits = rest.prefix(while: Self.isDigit)
    rest = rest.dropFirst(digits.count)
    return digits.count
  }

  /// Seconds in the unit that comes next.
  mutating func unit() -> Int64? {
    if take("s") { return 1 }
    if take("m") { return 60 }
    if take("h") { return 3600 }
    if take("d") { return 86_400 }
    if take("w") { return 604_800 }
    return nil
  }

  /// Seconds east of UTC: `Z`, `+02:00`, `-05:30`.
  mutating func zone() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let sign: Int64
    if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
    guard let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else {
      return nil
    }
    return sign * (hours * 3600 + minutes * 60)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
