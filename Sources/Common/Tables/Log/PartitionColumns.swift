internal import JSON

/// The partition columns of a table, and their types.
struct PartitionColumns {
  struct Column {
    let name: String
    let type: PartitionType
  }

  let columns: [Column]

  /// From a `metaData` action; fails with a clause.
  init(_ metadata: JSONValue) throws(ActionError) {
    if let provider = metadata["format"]?["provider"]?.string, provider != "parquet" {
      throw ActionError("its files are of the format '\(provider)', and not Parquet")
    }
    let names = metadata["partitionColumns"] ?? .null
    if names == .null || names == .array([]) {
      columns = []
      return
    }
    guard let names = names.array else { throw ActionError("its metadata names no partition columns") }
    guard let text = metadata["schemaString"]?.string, let schema = try? JSONValue.parse(text),
      let fields = schema["fields"]?.array
    else { throw ActionError("its schema can't be read") }
    var columns: [Column] = []
    for name in names {
      guard let name = name.string,
        let field = fields.last(where: {
          $0["name"]?.string.map { $0.utf8.elementsEqual(name.utf8) } ?? false
        })
      else { throw ActionError("its schema lacks a partition column") }
      columns.append(Column(name: name, type: PartitionType(field["type"])))
    }
    self.columns = columns
  }

  func index(of name: String) -> Int? { columns.firstIndex { $0.name.utf8.elementsEqual(name.utf8) } }

  /// What partition columns a person can choose from.
  var names: String { columns.isEmpty ? "none" : columns.map(\.name).joined(separator: ", ") }
}

/// How the text of a partition value is written as JSON: as a value of such a column in a Parquet file would be.
enum PartitionType {
  case text, integer, number, boolean, timestamp, localTimestamp

  /// Of a field's `type` in the table's schema.
  init(_ type: JSONValue?) {
    switch type?.string ?? "" {
    case "long", "integer", "short", "byte": self = .integer
    case "float", "double": self = .number
    case "boolean": self = .boolean
    case "timestamp": self = .timestamp
    case "timestamp_ntz": self = .localTimestamp
    case let name where name.hasPrefix("decimal"): self = .number
    default: self = .text
    }
  }

  /// Nil where the text is no value of that type. No text at all, and an empty one, is null.
  func json(_ text: String?) -> JSONValue? {
    guard let text, !text.isEmpty else { return .null }
    switch self {
    case .text: return .string(text)
    case .integer: return Int64(text).map { .number($0) }
    case .number: return Self.number(text)
    case .boolean: return text == "true" ? true : text == "false" ? false : nil
    case .timestamp: return Self.timestamp(text, isUTC: true)
    case .localTimestamp: return Self.timestamp(text, isUTC: false)
    }
  }

  private static func number(_ text: String) -> JSONValue? {
    if case .number(let number)? = try? JSONValue.parse(text) { return .number(number) }
    guard let value = Double(text) else { return nil }
    return value.isFinite ? .number(value.description) : .null
  }

  /// `2026-05-04T10:05:00.123Z`: the fraction with 3, 6 or 9 digits, the fewest that are exact.
  private static func timestamp(_ text: String, isUTC: Bool) -> JSONValue? {
    guard let seconds = TimeText.seconds(text) else { return nil }
    var fraction =
      text.firstIndex(of: ".").map { text[text.index(after: $0)...].prefix(while: \.isNumber) } ?? ""
    while fraction.last == "0" { fraction.removeLast() }
    guard fraction.utf8.count <= 9, fraction.utf8.allSatisfy(isDigit) else { return nil }
    let zeros = String(repeating: "0", count: (3 - fraction.utf8.count % 3) % 3)
    let instant = TimeText.text(seconds)
    return .string(instant + (fraction.isEmpty ? "" : ".\(fraction)\(zeros)") + (isUTC ? "Z" : ""))
  }
}
