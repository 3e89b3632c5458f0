internal import CPostgres

/// What the server answered to one statement: rows, or none. Rows and columns count from 0.
package final class Answer {
  private let table: UnsafePointer<CPostgres>
  private let handle: OpaquePointer

  init(owning handle: OpaquePointer, _ libpq: Libpq) {
    table = libpq.table
    self.handle = handle
  }

  deinit { table.pointee.clear(handle) }

  package var rows: Int { max(0, Int(table.pointee.ntuples(handle))) }

  package func name(ofColumn column: Int) -> String {
    table.pointee.fname(handle, Int32(column)).map { String(cString: $0) } ?? String(column)
  }

  /// Nil for NULL, and where there is no such row or column.
  package func bytes(_ row: Int, _ column: Int) -> UnsafeBufferPointer<UInt8>? {
    guard row < rows, table.pointee.getisnull(handle, Int32(row), Int32(column)) == 0,
      let value = table.pointee.getvalue(handle, Int32(row), Int32(column))
    else { return nil }
    let count = Int(table.pointee.getlength(handle, Int32(row), Int32(column)))
    return UnsafeBufferPointer(
      start: UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), count: count)
  }

  /// Nil also for what is not UTF-8.
  package func text(_ row: Int, _ column: Int) -> String? {
    bytes(row, column).flatMap { String(validating: $0, as: UTF8.self) }
  }

  var status: Int { Int(table.pointee.resultStatus(handle)) }
  /// `COMMIT`, `UPDATE 1`
  var command: String? { table.pointee.cmdStatus(handle).map { String(cString: $0) } }

  var state: String { field(PG_DIAG_SQLSTATE) ?? "" }
  var message: String { field(PG_DIAG_MESSAGE_PRIMARY) ?? "error" }

  private func field(_ code: Int) -> String? {
    table.pointee.resultErrorField(handle, Int32(code)).map { String(cString: $0) }
  }
}
