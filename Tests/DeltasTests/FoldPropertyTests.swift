import Deltas
import Fields
import Seeded
import Testing

/// The fold against a plain one, on random records of few documents and groups, so that they meet often.
/// Not tested: fractions (NumberTests), text that needs escapes (FoldTests).
@Suite struct FoldPropertyTests {
  static let files: [[String]] = [
    ["id id", "t text", "f text - first", "u keyword - union", "n number - sum"],
    [
      "g group", "id id", "t text", "f keyword - first", "a number - min", "b number - max", "c number - sum",
    ],
    [
      "id id", "g group", "t text", "gt text group", "gn number group sum", "gu keyword group union",
      "gf keyword group first", "u text - union", "k keyword - min",
    ],
    ["id id", "g group", "gk keyword group max", "gs stored group", "s stored - first", "a number - max"],
  ]

  @Test(arguments: files) func `a fold equals a plain one`(_ file: [String]) throws {
    let fields = try Fields.parse(Array(file.joined(separator: "\n").utf8), name: "test")
    for seed in 0..<UInt64(Sample.rounds(quick: 60, full: 400, long: 20_000)) {
      var random = SeededRandom(seed)
      let records = (0..<Int.random(in: 0...40, using: &random)).map { _ in randomRecord(fields, &random) }
      let expected = try ReferenceFold.of(records, fields)
      let objects = cut(records, &random).map { $0.joined(separator: "\n") }
      #expect(try Folded.of(objects, fields) == expected, "seed \(seed): \(records.joined(separator: "\n"))")
    }
  }

  /// The records in up to four objects, some of them empty.
  private func cut(_ records: [String], _ random: inout SeededRandom) -> [[String]] {
    let places = (0..<3).map { _ in Int.random(in: 0...records.count, using: &random) }.sorted()
    return zip([0] + places, places + [records.count]).map { Array(records[$0..<$1]) }
  }
}
