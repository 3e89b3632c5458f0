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
    for seed in 0..<400 as Range<UInt64> {
      var random = SeededRandom(seed)
      let records = (0..<Int.random(in: 0...40, using: &random)).map { _ in record(fields, &random) }
      let expected = try ReferenceFold.of(records, fields)
      let objects = cut(records, &random).map { $0.joined(separator: "\n") }
      #expect(Folded.of(objects, fields) == expected, "seed \(seed): \(records.joined(separator: "\n"))")
    }
  }

  private func record(_ fields: Fields, _ random: inout SeededRandom) -> String {
    let id = #""id":"\#(Int.random(in: 0..<6, using: &random))""#
    let group = #""g":"\#(["x", "y", "z"].randomElement(using: &random) ?? "")""#
    let hasGroup = fields.group != nil
    switch Int.random(in: 0..<20, using: &random) {
    case 0: return "{\(id),\"_delete\":true}"
    case 1 where hasGroup: return "{\(group),\"_delete\":true,\(members(fields, &random))}"
    case 2 where hasGroup: return "{\(id),\(group),\"_delete\":true,\(members(fields, &random))}"
    case 3...5 where hasGroup: return "{\(group),\(members(fields, &random))}"
    default: return "{\(id),\(group),\(members(fields, &random))}"
    }
  }

  private func members(_ fields: Fields, _ random: inout SeededRandom) -> String {
    let chosen = fields.all.filter { field in
      field.kind != .id && field.kind != .group && Bool.random(using: &random)
    }
    return ([#""other":0"#] + chosen.map { #""\#($0.name)":\#(value($0.kind, &random))"# }).joined(
      separator: ",")
  }

  private func value(_ kind: Field.Kind, _ random: inout SeededRandom) -> String {
    if Int.random(in: 0..<6, using: &random) == 0 { return "null" }
    if kind == .number { return String(Int.random(in: -9...9, using: &random)) }
    let words = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      #""\#(["", "a", "ab", "b", "é", "z z"].randomElement(using: &random) ?? "")""#
    }
    return words.count == 1 ? words[0] : "[\(words.joined(separator: ","))]"
  }

  /// The records in up to four objects, some of them empty.
  private func cut(_ records: [String], _ random: inout SeededRandom) -> [[String]] {
    let places = (0..<3).map { _ in Int.random(in: 0...records.count, using: &random) }.sorted()
    return zip([0] + places, places + [records.count]).map { Array(records[$0..<$1]) }
  }
}
