import Bytes
import Deltas
import Failures
import Lines
import Partitions
import Testing

/// What of a stream a build is made from. Not tested: what makes a stream well-formed (LinesTests).
@Suite struct BuildInputTests {
  private func line(_ name: String, minute: Int64 = 0, tag: String = "t", bytes: Int64 = 1) -> ObjectLine {
    ObjectLine(
      time: Instant(seconds: minute * 60), modified: Instant(seconds: 0), bytes: bytes, tag: tag,
      location: .local(path: Array(name.utf8)))
  }

  private let slice = Receipt(
    "slice", ["from": "2026-05-04T10:00:00Z", "to": "2026-05-04T10:10:00Z", "generation": "811"])

  @Test func `a slice says its window and its generation`() throws {
    let input = try BuildInput(Batch(receipts: [slice]))
    #expect(input?.position == "2026-05-04T10:10:00Z")
    #expect(input?.from == "2026-05-04T10:00:00Z")
    #expect(input?.generation == 811)
    #expect(input?.objects == [])
    #expect(input?.receipts == [slice])
  }

  @Test func `without a slice the newest partition is the position`() throws {
    let input = try BuildInput(Batch(objects: [line("b", minute: 5), line("c"), line("a")]))
    #expect(input?.position == "1970-01-01T00:05:00Z")
    #expect(input?.from == "")
    #expect(input?.generation == 0)
    #expect(input?.objects.map(\.location.description) == ["a", "c", "b"])
  }

  @Test func `without a slice and an object there is nothing`() throws {
    #expect(try BuildInput(Batch(receipts: [Receipt("list")])) == nil)
  }

  @Test func `the order of the lines does not count`() throws {
    let lines = [line("b", minute: 5), line("c"), line("a"), line("d e")]
    let input = try BuildInput(Batch(objects: lines))
    #expect(try BuildInput(Batch(objects: lines.reversed() + [line("c")])) == input)
    #expect(input?.hash.isEmpty == false)
    #expect(try BuildInput(Batch(objects: [line("a")]))?.hash != input?.hash)
  }

  @Test func `a location is one object`() {
    for other in [line("a", tag: "u"), line("a", bytes: 2), line("a", minute: 1)] {
      let failure = #expect(throws: Failure.self) {
        try BuildInput(Batch(objects: [line("a"), line("b"), other]))
      }
      #expect(failure?.exit == .badData)
      #expect(failure?.message.contains("it is listed twice") == true)
    }
  }

  @Test(
    arguments: [
      ["to": "2026-05-04T10:10:00Z"], ["from": "2026-05-04T10:10:00Z"], ["from": "", "to": "x"],
      ["from": "2026-05-04T10:00:00Z", "to": "2026-05-04T10:10:00Z", "generation": "x"],
      ["from": "2026-05-04T10:00:00Z", "to": "2026-05-04T10:10:00Z", "generation": "-1"],
    ] as [KeyValuePairs<String, String>])
  func `a slice that is none is refused`(_ fields: KeyValuePairs<String, String>) {
    let failure = #expect(throws: Failure.self) {
      try BuildInput(Batch(receipts: [Receipt("slice", fields)]))
    }
    #expect(failure?.exit == .badData)
  }
}
