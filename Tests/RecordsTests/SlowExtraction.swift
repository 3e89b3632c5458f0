import Fields
import JSON

/// A second opinion on records: the rules of freshet-fields(5) once more, on parsed values, and never fast.
/// Says of a line what `read` says of it, but for the reasons.
func slowly(_ line: [UInt8], _ fields: Fields) -> String {
  guard case .object(let members)? = try? JSONValue.parse(line) else { return "malformed" }
  func last(_ name: String) -> JSONValue? {
    members.last { Array($0.key.utf8) == Array(name.utf8) }?.value
  }
  var parts: [String] = []
  do {
    let id = try last(fields.all[fields.id].name).flatMap { try key($0) }
    let group = try fields.group.flatMap { index in try last(fields.all[index].name).flatMap { try key($0) } }
    let delete = try last("_delete").map { value in
      guard let bool = value.bool else { throw Malformed() }
      return bool
    }
    parts += [id.map { "id=\($0)" }, group.map { "group=\($0)" }].compactMap { $0 }
    if delete == true { parts.append("delete") }
    for (index, field) in fields.all.enumerated() where index != fields.id && index != fields.group {
      guard let value = last(field.name) else { continue }
      parts.append("\(field.name)=\(try described(value, field.kind))")
    }
    let names = fields.group == nil ? id != nil : group != nil || id != nil && delete == true
    guard names else { throw Malformed() }
  } catch {
    return "malformed"
  }
  return parts.joined(separator: " ")
}

private struct Malformed: Error {}

/// The name that an id or a group is; nil for null.
private func key(_ value: JSONValue) throws -> String? {
  switch value {
  case .null: return nil
  case .string(let text) where !text.isEmpty && text.utf8.count <= 32_766: return text
  case .number(let text): return try whole(text)
  default: throw Malformed()
  }
}

/// Of numbers without an exponent only; the others are tested by a table.
private func whole(_ text: String) throws -> String {
  let parts = text.split(separator: ".")
  guard !text.contains("e"), !text.contains("E"), parts.count == 1 || parts[1].allSatisfy({ $0 == "0" })
  else {
    throw Malformed()
  }
  return parts[0] == "-0" ? "0" : String(parts[0])
}

private func described(_ value: JSONValue, _ kind: Field.Kind) throws -> String {
  switch (kind, value) {
  case (_, .null): return "null"
  case (.number, .number(let text)):
    guard let double = Double(text), double.isFinite else { throw Malformed() }
    return "\(double == 0 ? 0 : double)"
  case (.text, .array(let elements)), (.keyword, .array(let elements)):
    return JSONValue.array(try elements.map { .string(try word($0, kind)) }).text
  case (.text, _), (.keyword, _): return JSONValue.string(try word(value, kind)).text
  case (.stored, _): return value.text
  default: throw Malformed()
  }
}

private func word(_ value: JSONValue, _ kind: Field.Kind) throws -> String {
  let text: String
  switch value {
  case .string(let string): text = string
  case .number(let spelled): text = spelled
  case .bool(let bool): text = "\(bool)"
  default: throw Malformed()
  }
  guard kind == .text || text.utf8.count <= 32_766 else { throw Malformed() }
  return text
}
