internal import JSON

/// A time of the proleptic Gregorian calendar, of any year. Not that of Partitions, which has years 1 to 9999 only: this
/// room is a library by itself, and knows no partitions.
struct CivilTime: Equatable {
  var year: Int64
  var month: Int64
  var day: Int64
  /// Of the day.
  var second: Int64 = 0
  var nanosecond: Int64 = 0

  /// By days since 1970: the year begins in March, so that a leap day is its last (Hinnant, "chrono-compatible low-level
  /// date algorithms", civil_from_days). At most 2^62 days.
  init(days: Int64) {
    let (era, dayOfEra) = (days + 719_468).floored(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    self.day = dayOfYear - (153 * march + 2) / 5 + 1
    month = march < 10 ? march + 3 : march - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// By seconds since 1970, and nanoseconds.
  init(seconds: Int64, nanosecond: Int64) {
    let (days, second) = seconds.floored(by: 86_400)
    self.init(days: days)
    self.second = second
    self.nanosecond = nanosecond
  }
}

extension Int64 {
  /// Divided by a positive number and rounded down, and what remains, which isn't negative.
  @inline(__always)
  func floored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

extension TimeUnit {
  /// Seconds, rounded down, and nanoseconds. Each case divides by a constant, which is a multiplication.
  @inline(__always)
  func split(_ time: Int64) -> (seconds: Int64, nanosecond: Int64) {
    switch self {
    case .milliseconds:
      let (seconds, rest) = time.floored(by: 1000)
      return (seconds, rest * 1_000_000)
    case .microseconds:
      let (seconds, rest) = time.floored(by: 1_000_000)
      return (seconds, rest * 1000)
    case .nanoseconds:
      let (seconds, rest) = time.floored(by: 1_000_000_000)
      return (seconds, rest)
    }
  }
}

extension Int96 {
  /// Since 1970. The nanoseconds are added whatever they are: there are writers that let them pass a day, or be negative.
  var time: (seconds: Int64, nanosecond: Int64) {
    let nanoseconds = Int64(bitPattern: UInt64(middle) << 32 | UInt64(low))
    let (seconds, nanosecond) = nanoseconds.floored(by: 1_000_000_000)
    return ((Int64(julianDay) - 2_440_588) * 86_400 + seconds, nanosecond)
  }
}

extension Pen {
  /// `2026-05-04`; outside the years 0 to 9999 with a sign and as many digits as there must be, at least four (ISO 8601-1,
  /// expanded representations). At most 12 digits in all the years that there can be.
  mutating func put(date: CivilTime) {
    if date.year < 0 || date.year > 9999 { put(UInt8(ascii: date.year < 0 ? "-" : "+")) }
    let year = Int64(date.year.magnitude)
    if year > 9999 {
      put(year)
    } else {
      put(pair: year / 100)
      put(pair: year % 100)
    }
    put(UInt8(ascii: "-"))
    put(pair: date.month)
    put(UInt8(ascii: "-"))
    put(pair: date.day)
  }

  /// `10:05:00`, and a fraction of 3, 6 or 9 digits where there is one.
  mutating func put(second: Int64, nanosecond: Int64) {
    let minute = second / 60
    put(pair: minute / 60)
    put(UInt8(ascii: ":"))
    put(pair: minute % 60)
    put(UInt8(ascii: ":"))
    put(pair: second - minute * 60)
    guard nanosecond > 0 else { return }
    put(UInt8(ascii: "."))
    if nanosecond % 1_000_000 == 0 {
      put(UInt64(nanosecond / 1_000_000), digits: 3)
    } else if nanosecond % 1000 == 0 {
      put(UInt64(nanosecond / 1000), digits: 6)
    } else {
      put(UInt64(nanosecond), digits: 9)
    }
  }
}

extension JSONText {
  /// By days since 1970.
  mutating func append(date days: Int32) {
    var pen = Pen(room(for: 24))
    pen.put(UInt8(ascii: "\""))
    pen.put(date: CivilTime(days: Int64(days)))
    pen.put(UInt8(ascii: "\""))
    advance(by: pen.written)
  }

  /// By what has passed of the day, which may be all of it (ISO 8601 knows 24:00:00); gives what is wrong, and appends
  /// nothing, where it is more.
  mutating func append(time: Int64, _ unit: TimeUnit) -> String? {
    let (second, nanosecond) = unit.split(time)
    guard (0..<86_400).contains(second) || second == 86_400 && nanosecond == 0 else {
      return "\(time) \(unit) are no time of a day"
    }
    var pen = Pen(room(for: 24))
    pen.put(UInt8(ascii: "\""))
    pen.put(second: second, nanosecond: nanosecond)
    pen.put(UInt8(ascii: "\""))
    advance(by: pen.written)
    return nil
  }

  mutating func append(timestamp: Int64, _ unit: TimeUnit, isUTC: Bool) {
    let (seconds, nanosecond) = unit.split(timestamp)
    append(seconds: seconds, nanosecond: nanosecond, isUTC: isUTC)
  }

  /// By seconds since 1970.
  mutating func append(seconds: Int64, nanosecond: Int64, isUTC: Bool) {
    let time = CivilTime(seconds: seconds, nanosecond: nanosecond)
    var pen = Pen(room(for: 48))
    pen.put(UInt8(ascii: "\""))
    pen.put(date: time)
    pen.put(UInt8(ascii: "T"))
    pen.put(second: time.second, nanosecond: time.nanosecond)
    if isUTC { pen.put(UInt8(ascii: "Z")) }
    pen.put(UInt8(ascii: "\""))
    advance(by: pen.written)
  }
}
