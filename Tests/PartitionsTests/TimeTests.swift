import Failures
import Partitions
import Seeded
import Testing

/// Instants, spans and how options write them. Not tested: the clock, which no room asks.
@Suite struct TimeTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2026-05-04T10:05:00Z", 1_777_889_100),
      ("2026-05-04t10:05:00z", 1_777_889_100),
      ("2026-05-04 10:05:00Z", 1_777_889_100), ("2026-05-04T12:05:00+02:00", 1_777_889_100),
      ("2026-05-04T04:35:00-05:30", 1_777_889_100), ("2026-05-04T10:05:00.999Z", 1_777_889_100),
      ("2024-02-29T23:59:59Z", 1_709_251_199), ("2000-02-29T00:00:00Z", 951_782_400),
      ("0001-01-01T00:00:00Z", -62_135_596_800), ("9999-12-31T23:59:59Z", 253_402_300_799),
      ("@0", 0), ("@-1", -1), ("@1777889100", 1_777_889_100), ("now", 1000), ("now-5m", 700),
      ("now+1h30m", 6400),
    ] as [(String, Int64)])
  func `A time is read`(text: String, seconds: Int64) throws {
    #expect(try Instant(parsing: text, now: Instant(seconds: 1000)).seconds == seconds)
  }

  @Test(arguments: [
    "", "2026-05-04", "2026-05-04T10:05Z", "2026-05-04T10:05:00", "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-05-00T00:00:00Z",
    "2026-05-04T24:00:00Z", "2026-05-04T10:60:00Z", "2026-05-04T10:05:60Z", "26-05-04T10:05:00Z",
    "2026-05-04T10:05:00.Z", "2026-05-04T10:05:00+2:00", "2026-05-04T10:05:00Z ", "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "@", "@1.5", "@253402300800",
    "@99999999999999999999",
    "now-", "now-5x", "now 5m", "yesterday", "٢٠٢٦-05-04T10:05:00Z",
  ])
  func `What is no time is refused with 64`(text: String) {
    #expect { try Instant(parsing: text, now: Instant(seconds: 0)) } throws: {
      ($0 as? Failure)?.exit == .usage
    }
  }

  @Test(
    arguments: [
      ("90", 90), ("90s", 90), ("5m", 300), ("5h", 18000), ("2d", 172_800), ("1w", 604_800), ("1h30m", 5400),
      ("0", 0),
    ] as [(String, Int64)])
  func `A span is read`(text: String, seconds: Int64) { #expect(Span.seconds(text) == seconds) }

  @Test(arguments: ["", "m", "5x", "-5m", "5 m", "1.5h", "5m ", "9999999999999", "999999999999w", "1h30"])
  func `What is no span is refused`(text: String) { #expect(Span.seconds(text) == nil) }

  @Test func `A span is spelled in its largest whole unit, and read back`() {
    for seconds in [0, 1, 59, 60, 90, 300, 3600, 5400, 18000, 86_400, 604_800] as [Int64] {
      #expect(Span.seconds(Span.text(seconds)) == seconds)
    }
    #expect([90, 300, 18000, 172_800].map(Span.text) == ["90s", "5m", "5h", "2d"])
  }

  /// The calendar repeats after 400 years; the bounds are looked at too.
  @Test(arguments: [1, 1800, 9980] as [Int64])
  func `Each day follows the one before it`(year: Int64) throws {
    var expected = (year: year, month: Int64(1), day: Int64(1))
    let first = try #require(Calendar.day(year: year, month: 1, day: 1))
    for day in first..<min(first + 146_097, Instant.bounds.upperBound / 86_400) {
      let date = Calendar.date(ofDay: day)
      guard date == expected, Calendar.day(year: date.year, month: date.month, day: date.day) == day else {
        Issue.record("day \(day) is \(date), and not \(expected)")
        return
      }
      expected.day += 1
      if expected.day > Calendar.days(in: expected.month, of: expected.year) {
        expected = expected.month == 12 ? (expected.year + 1, 1, 1) : (expected.year, expected.month + 1, 1)
      }
    }
  }

  @Test func `A time prints as it is read`() {
    var random = SeededRandom(1)
    for _ in 0..<1000 {
      let instant = Instant(seconds: Int64.random(in: Instant.bounds, using: &random))
      #expect(Instant(line: instant.description) == instant)
    }
  }

  @Test func `Arithmetic stops at the bounds`() {
    let last = Instant(seconds: .max), first = Instant(seconds: .min)
    #expect(last.description == "9999-12-31T23:59:59Z" && first.description == "0001-01-01T00:00:00Z")
    #expect(last + .max == last && first - .max == first && first + .min == first && last - .min == last)
    #expect(Instant(seconds: -1).floored(to: 300).seconds == -300)
  }

  @Test(
    arguments: [
      ("2026-05-04T10:00:00Z@811", "2026-05-04T10:00:00Z", 811),
      ("2026-05-04T10:00:00Z", "2026-05-04T10:00:00Z", nil),
      ("@1777889100@7", "2026-05-04T10:05:00Z", 7), ("@1777889100", "2026-05-04T10:05:00Z", nil),
    ] as [(String, String, Int?)])
  func `A position is a time with or without a generation`(text: String, time: String, generation: Int?)
    throws
  {
    let position = try #require(try Position.parse(text, now: Instant(seconds: 0)))
    #expect(position.time.description == time && position.generation == generation)
  }

  @Test func `An empty position is none`() throws {
    #expect(try Position.parse("", now: Instant(seconds: 0)) == nil)
  }
}
