import Partitions
import Seeded
import Testing

/// Times as the lines have them, by the million and one by one.
@Suite struct InstantTextTests {
  @Test func `Times one after the other are written and read as each by itself`() {
    var random = SeededRandom(5)
    var text = InstantText()
    var time = Instant(seconds: 1_777_889_100)
    for round in 0..<2000 {
      var line: [UInt8] = []
      text.append(time, to: &line)
      #expect(String(decoding: line, as: UTF8.self) == time.description)
      #expect(line.withUnsafeBufferPointer { Instant(line: $0) } == time)
      let far = Int64(truncatingIfNeeded: random.next()) % 253_402_300_799
      time = round % 9 == 0 ? Instant(seconds: far) : time + Int64(random.next() % 100_000) - 50_000
    }
  }

  @Test(arguments: [
    "2026-05-04T10:05:00", "2026-05-04 10:05:00Z", "2026-02-30T10:05:00Z", "2026-05-04T24:05:00Z", "",
    "2026-05-04T10:60:00Z", "2026-05-04T10:05:60Z", "0000-05-04T10:05:00Z", "2026-05-04T10:05:0xZ",
    "2026-05-04T10:05:00z", "+026-05-04T10:05:00Z",
  ]) func `What is no time to a line is none by its bytes`(text: String) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { Instant(line: $0) } == nil)
    #expect(Instant(line: text) == nil)
  }
}
