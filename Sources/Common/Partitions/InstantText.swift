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
