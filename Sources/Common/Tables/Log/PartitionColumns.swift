internal import JSON

/// The columns of a table, those within others not counted.
struct TableSchema {
  private let fields: [JSONValue]

  /// From a `metaData` action; nil where it can't be read.
  init?(_ metadata: JSONValue) {
    guard let text = metadata["schemaString"]?.string, let schema = try? JSONValue.parse(text),
      let fields = schema["fields"]?.array
    else { return nil }
    self.fields = fields
  }

  var names: [String] { fields.compactMap { $0["name"]?.string } }

  func field(_ name: String) -> JSONValue? {
    fields.last { $0["name"]?.string.map { $0.utf8.elementsEqual(name.utf8) } ?? false }
  }
}

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
    guard let schema = TableSchema(metadata) else { throw ActionError("its schema can't be read") }
    var columns: [Column] = []
    for name in names {
      guard let name = name.string, let field = schema.field(name) else {
        throw ActionError("its schema lacks a partition column")
      }
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
  case text, integer, float, double, decimal, boolean, timestamp, localTimestamp

  /// Of a field's `type` in the table's schema.
  init(_ type: JSONValue?) {
    switch type?.string ?? "" {
    case "long", "integer", "short", "byte": self = .integer
    case "float": self = .float
    case "double": self = .double
    case "boolean": self = .boolean
    case "timestamp": self = .timestamp
    case "timestamp_ntz": self = .localTimestamp
    case let name where name.hasPrefix("decimal"): self = .decimal
    default: self = .text
    }
  }

  /// Nil where the text is no value of that type. No text at all, and an empty one, is null.
  func json(_ text: String?) -> JSONValue? {
    guard let text, !text.isEmpty else { return .null }
    switch self {
    case .text: return .string(text)
    case .integer: return Int64(text).map { .number($0) }
    case .float: return Self.number(text, Float.init)
    case .double: return Self.number(text, Double.init)
    case .decimal:
      if case .number(let number)? = try? JSONValue.parse(text) { return .number(number) }
      return nil
    case .boolean: return text == "true" ? true : text == "false" ? false : nil
    case .timestamp: return Self.timestamp(text, isUTC: true)
    case .localTimestamp: return Self.timestamp(text, isUTC: false)
    }
  }

  /// The shortest digits that give the same value of that width; null for what JSON has no number for.
  private static func number<T: BinaryFloatingPoint & LosslessStringConvertible>(
    _ text: String, _ parse: (String) -> T?
  ) -> JSONValue? {
    guard let value = parse(text) else { return nil }
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
