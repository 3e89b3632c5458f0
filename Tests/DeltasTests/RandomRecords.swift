import Fields
import Seeded

/// Of few documents and groups, so that they meet often.
func randomRecord(
  _ fields: Fields, _ random: inout SeededRandom, ids: Int = 6, groups: Int = 3
) -> String {
  let id = #""id":"\#(Int.random(in: 0..<ids, using: &random))""#
  let group = #""g":"g\#(Int.random(in: 0..<groups, using: &random))""#
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
