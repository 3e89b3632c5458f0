#if PostgreSQL
internal import Failures
internal import Postgres

/// One row of an answer.
struct PostgresRow: Row {
  let answer: Answer
  let index: Int
  /// What the database is called in a message.
  let place: String

  func integer(_ column: Int) throws(Failure) -> Int? {
    guard let text = try text(column) else { return nil }
    guard let number = Int(text) else { throw wrong(column, "is no whole number") }
    return number
  }

  func text(_ column: Int) throws(Failure) -> String? {
    guard let bytes = answer.bytes(index, column) else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw wrong(column, "is not UTF-8") }
    return text
  }

  func wrong(_ column: Int, _ what: String) -> Failure {
    let name = answer.name(ofColumn: column)
    return Failure(
      .badData, cannot: "read", place, because: "the column \(name) \(what); mend it with psql(1)")
  }
}

extension ColumnValue {
  /// As a parameter.
  var parameter: String? {
    switch self {
    case .null: nil
    case .integer(let number): String(number)
    case .text(let text): text
    }
  }
}
#endif
