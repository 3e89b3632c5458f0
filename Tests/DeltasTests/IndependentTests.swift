import Deltas
import Fields
import Foundation
import Seeded
import Testing

/// The documents against Tests/Independent/reference.py, which was written from the manual: on random records with
/// everything in them that a well-formed one can have.
/// Not tested here: terms and postings (Tests/Pipes/50-independent).
@Suite(.enabled(if: Child.exists("python3"), "there is no python3")) struct IndependentTests {
  static let file = [
    "id id", "g group", "t text", "u text - union", "k keyword", "kf keyword - first", "ki keyword - min",
    "ka keyword group max", "ku keyword group union", "n number", "ns number - sum", "ni number group min",
    "na number - max", "ng number group sum", "s stored", "sg stored group first",
  ]

  @Test(arguments: 1...UInt64(Sample.rounds(quick: 1, full: 3, long: 100)))
  func `an independent computation agrees`(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let records = (0..<3000).map { _ in record(&random) }.joined(separator: "\n")
    let place = try Place()
    try place.write("fields", Self.file.joined(separator: "\n"))
    try place.write("records", records)
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../Independent/reference.py")
    let reference = try Child(
      shell: #"python3 "$1" --documents "$2/fields" --records < "$2/records""#, script.path, place.path)
    #expect(reference.status == 0)
    let fields = try Fields.parse(Array(Self.file.joined(separator: "\n").utf8), name: "test")
    let documents = try Folded.of([records], fields).documents
    let theirs = reference.output.split(separator: "\n").map { String($0) }
    #expect(theirs.count > 100)
    #expect(Set(documents).symmetricDifference(theirs).sorted() == [])
  }

  private func record(_ random: inout SeededRandom) -> String {
    let id =
      #""id":\#(Int.random(in: 0..<9, using: &random) == 0 ? name(&random) : number(0...600, &random))"#
    let group = #""g":\#(name(&random))"#
    switch Int.random(in: 0..<40, using: &random) {
    case 0: return "{\(id),\"_delete\":true}"
    case 1: return "{\(group),\"_delete\":true}"
    case 2...5: return "{\(([group] + members(&random)).joined(separator: ","))}"
    default: return "{\(([id, group] + members(&random)).shuffled(using: &random).joined(separator: " , "))}"
    }
  }

  private func members(_ random: inout SeededRandom) -> [String] {
    Self.file.dropFirst(2).compactMap { line in
      let words = line.split(separator: " ")
      guard Bool.random(using: &random) else { return nil }
      return #""\#(words[0])": \#(value(words[1], &random))"#
    }
  }

  private func value(_ kind: Substring, _ random: inout SeededRandom) -> String {
    if Int.random(in: 0..<8, using: &random) == 0 { return "null" }
    switch kind {
    case "number": return decimal(&random)
    case "stored": return json(3, &random)
    default:
      if Bool.random(using: &random) { return word(&random) }
      return
        "[\((0..<Int.random(in: 0...3, using: &random)).map { _ in word(&random) }.joined(separator: ", "))]"
    }
  }

  private func name(_ random: inout SeededRandom) -> String {
    [#""x""#, #""é x""#, #""a\"b""#, #""\u0007""#, "12", #""12""#, "1.2e1", #""😀""#, #""\ud83d\ude00""#][
      Int.random(in: 0..<9, using: &random)]
  }

  private func number(_ range: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
    String(Int.random(in: range, using: &random))
  }

  private func decimal(_ random: inout SeededRandom) -> String {
    let digits = number(-99999...99999, &random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return digits
    case 1: return "\(digits)e\(number(-320...303, &random))"
    case 2: return "\(digits).\(number(0...999_999, &random))"
    case 3: return "-0.0"
    default: return "\(digits).5E+2"
    }
  }

  private func word(_ random: inout SeededRandom) -> String {
    [
      #""""#, #""red""#, #""Red bicycle""#, "true", "false", "1.50", "-0", #""\\ \/ \b\f\n\r\t""#, #""é""#,
      #""e\u0301""#,
      #""\u007f\u0000""#, #""日本語 テスト""#, "\"\u{7F}\"",
    ][Int.random(in: 0..<13, using: &random)]
  }

  private func json(_ depth: Int, _ random: inout SeededRandom) -> String {
    let count = Int.random(in: 0...2, using: &random)
    switch Int.random(in: 0..<(depth > 0 ? 4 : 2), using: &random) {
    case 0: return decimal(&random)
    case 1: return word(&random)
    case 2: return "[ \((0..<count).map { _ in json(depth - 1, &random) }.joined(separator: " ,")) ]"
    default:
      let members = (0..<count).map { _ in name(&random) }.map { $0.hasPrefix("\"") ? $0 : "\"\($0)\"" }
        .map { "\($0) : \(json(depth - 1, &random))" }
      return "{\(members.joined(separator: ","))}"
    }
  }
}
