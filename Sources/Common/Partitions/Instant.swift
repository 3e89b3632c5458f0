/// A point in time: whole seconds since 1970-01-01T00:00:00Z, without leap seconds, from year 1 to 9999.
package struct Instant: Comparable, Hashable, Sendable, CustomStringConvertible {
  package let seconds: Int64

  /// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z
  package static let bounds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// Values beyond the bounds are brought to the nearer bound, so that no arithmetic on times can overflow.
  package init(seconds: Int64) {
    self.seconds = min(max(seconds, Self.bounds.lowerBound), Self.bounds.upperBound)
  }

  package static func < (a: Instant, b: Instant) -> Bool { a.seconds < b.seconds }
  package static func + (instant: Instant, span: Int64) -> Instant {
    .init(seconds: adding(instant.seconds, span))
  }
  package static func - (instant: Instant, span: Int64) -> Instant { instant + (span == .min ? .max : -span) }
  package static func - (a: Instant, b: Instant) -> Int64 { a.seconds - b.seconds }

  private static func adding(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (b < 0 ? .min : .max) : sum
  }

  /// The newest multiple of `step` since 1970 that is not later. `step` in seconds, above 0.
  package func floored(to step: Int64) -> Instant {
    let remainder = seconds % step
    return Instant(seconds: seconds - (remainder < 0 ? remainder + step : remainder))
  }

  /// RFC 3339 in UTC: `2026-05-04T10:05:00Z`.
  package var description: String {
    var (text, bytes) = (InstantText(), [UInt8]())
    text.append(self, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

package func pad(_ number: some BinaryInteger, _ width: Int = 2) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { (a - ((a % b + b) % b)) / b }

/// The proleptic Gregorian calendar in UTC.
package enum Calendar {
  /// Days since 1970-01-01; nil where there is no such date. (Hinnant, "chrono-compatible low-level date algorithms".)
  package static func day(year: Int64, month: Int64, day: Int64) -> Int64? {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= days(in: month, of: year)
    else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  package static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  package static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
