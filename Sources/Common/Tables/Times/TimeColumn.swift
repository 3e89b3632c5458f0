internal import Failures
internal import JSON

/// The column that `--time-column` names.
enum TimeColumn {
  /// 66 where the table has no such column, 65 where it is none of times.
  static func check(_ name: String, _ schema: TableSchema?, of table: String) throws(Failure) {
    guard let schema else {
      throw Failure(.badData, cannot: "list", table, because: "its schema can't be read")
    }
    guard let field = schema.field(name) else {
      let other = schema.names.first { $0.lowercased() == name.lowercased() }
      throw Failure(
        .noInput, cannot: "find the column '\(name)'", "in \(table)",
        because: other.map { "it has '\($0)'" } ?? "its schema has no such column")
    }
    let type = field["type"]?.string
    guard ["date", "timestamp", "timestamp_ntz"].contains(type) else {
      throw Failure(
        .badData, cannot: "list", table,
        because:
          "its column '\(name)' is of the type \(type ?? "\(field["type"]?["type"]?.string ?? "?")"), and not date, timestamp or timestamp_ntz"
      )
    }
  }
}
