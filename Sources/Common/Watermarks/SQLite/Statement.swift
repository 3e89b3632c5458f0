internal import CSQLite
internal import Failures

/// A prepared statement, finalized when its owner goes. Columns count from 0.
struct Statement: ~Copyable, Row {
  private let handle: OpaquePointer
  private let sql: String
  private let path: String

  init(owning handle: OpaquePointer, sql: String, path: String) {
    self.handle = handle
    self.sql = sql
    self.path = path
  }

  deinit { sqlite3_finalize(handle) }

  borrowing func bind(_ values: [ColumnValue]) throws(Failure) {
    for (offset, value) in values.enumerated() {
      let place = Int32(offset + 1)
      let code =
        switch value {
        case .null: sqlite3_bind_null(handle, place)
        case .integer(let number): sqlite3_bind_int64(handle, place, Int64(number))
        case .text(let text): sqlite3_bind_text(handle, place, text, Int32(text.utf8.count), Self.copied)
        }
      guard code == SQLITE_OK else { throw Failure(sqlite: code, cannot: "use", path, in: sql) }
    }
  }

  /// SQLITE_TRANSIENT, a cast in C: the text is SQLite's to copy, before the call returns.
  private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

  /// True where there is a row, false after the last.
  borrowing func step() throws(Failure) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw Failure(sqlite: code, cannot: "use", path, in: sql)
    }
  }

  /// Nil for NULL; 65 for anything but a number, for a person may have written it.
  borrowing func integer(_ column: Int) throws(Failure) -> Int? {
    switch sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_NULL: return nil
    case SQLITE_INTEGER: return Int(sqlite3_column_int64(handle, Int32(column)))
    default: throw wrong(column, "is no whole number")
    }
  }

  /// Nil for NULL; 65 for anything but text in UTF-8.
  borrowing func text(_ column: Int) throws(Failure) -> String? {
    switch sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_NULL: return nil
    case SQLITE_TEXT:
      let bytes = UnsafeBufferPointer(
        start: sqlite3_column_text(handle, Int32(column)),
        count: Int(sqlite3_column_bytes(handle, Int32(column))))
      guard let text = String(validating: bytes, as: UTF8.self) else { throw wrong(column, "is not UTF-8") }
      return text
    default: throw wrong(column, "is no text")
    }
  }

  /// What a column holds is not what it must hold. The value itself is not said.
  borrowing func wrong(_ column: Int, _ what: String) -> Failure {
    let name = sqlite3_column_name(handle, Int32(column)).map { String(cString: $0) } ?? String(column)
    return Failure(
      .badData, cannot: "read", path, because: "the column \(name) \(what); mend it with sqlite3(1)")
  }
}
