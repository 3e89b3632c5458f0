// The form that the lines have, by the million.

/// Instants as text, one after the other: most are of the same day as the one before, or the same.
package struct InstantText {
  /// `2026-05-04T10:05:00Z`
  private var text = Array("1970-01-01T00:00:00Z".utf8)
  private var seconds: Int64 = 0
  private var day: Int64 = 0

  package init() {}

  package mutating func append(_ instant: Instant, to line: inout [UInt8]) {
    if instant.seconds != seconds { spell(instant.seconds) }
    line.append(contentsOf: text)
  }

  private mutating func spell(_ instant: Int64) {
    seconds = instant
    let day = floorDivide(instant, 86_400)
    if day != self.day {
      self.day = day
      let date = Calendar.date(ofDay: day)
      put(date.year / 100, at: 0)
      put(date.year % 100, at: 2)
      put(date.month, at: 5)
      put(date.day, at: 8)
    }
    let clock = instant - day * 86_400
    put(clock / 3600, at: 11)
    put(clock / 60 % 60, at: 14)
    put(clock % 60, at: 17)
  }

  /// Two digits.
  private mutating func put(_ number: Int64, at index: Int) {
    text[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10)
    text[index + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
  }
}

extension Instant {
  /// The form that the lines have; nil where it is not exactly that.
  package init?(line text: UnsafeBufferPointer<UInt8>) {
    func number(_ index: Int) -> Int64? {
      let (tens, ones) = (text[index] &- UInt8(ascii: "0"), text[index + 1] &- UInt8(ascii: "0"))
      return tens < 10 && ones < 10 ? Int64(tens) * 10 + Int64(ones) : nil
    }
    guard text.count == 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
      text[19] == UInt8(ascii: "Z"), let century = number(0), let year = number(2), let month = number(5),
      let day = number(8), let hour = number(11), let minute = number(14), let second = number(17), hour < 24,
      minute < 60, second < 60,
      let days = Calendar.day(year: century * 100 + year, month: month, day: day)
    else { return nil }
    self.init(seconds: days * 86_400 + hour * 3600 + minute * 60 + second)
  }
}
