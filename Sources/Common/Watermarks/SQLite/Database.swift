internal import CSQLite
internal import Failures

/// One connection to an SQLite file, closed when its owner goes.
struct Database: ~Copyable {
  private let handle: OpaquePointer
  let path: String

  private init(owning handle: OpaquePointer, path: String) {
    self.handle = handle
    self.path = path
  }

  /// Opens a file that exists, for writing where it may be written.
  ///
  /// - A name such as `:memory:` or `file:...` means a file of that name, and nothing more.
  /// - Somebody else's lock is waited for, five seconds.
  /// - `synchronous=EXTRA` is FULL and a sync of the directory too: with a rollback journal the commit is the
  ///   removal of the journal, and only that makes it durable.
  static func open(_ path: String) throws(Failure) -> Database {
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(path.hasPrefix("/") ? path : "./" + path, &opened, SQLITE_OPEN_READWRITE, nil)
    guard code == SQLITE_OK, let opened else {
      sqlite3_close_v2(opened)
      throw Failure(sqlite: code, cannot: "use", path, in: "open")
    }
    let database = Database(owning: opened, path: path)
    sqlite3_extended_result_codes(opened, 1)
    sqlite3_busy_timeout(opened, 5000)
    try database.run("PRAGMA synchronous=EXTRA")
    try database.run("PRAGMA cell_size_check=ON")
    try database.run("PRAGMA trusted_schema=OFF")
    return database
  }

  deinit { sqlite3_close_v2(handle) }

  /// A statement with its values, not yet stepped.
  borrowing func prepare(_ sql: String, _ values: [ColumnValue] = []) throws(Failure) -> Statement {
    var prepared: OpaquePointer?
    let code = sqlite3_prepare_v2(handle, sql, -1, &prepared, nil)
    guard code == SQLITE_OK, let prepared else {
      throw Failure(sqlite: sqlite3_extended_errcode(handle), cannot: "use", path, in: sql)
    }
    let statement = Statement(owning: prepared, sql: sql, path: path)
    try statement.bind(values)
    return statement
  }

  /// A statement whose rows, if any, do not matter.
  borrowing func run(_ sql: String, _ values: [ColumnValue] = []) throws(Failure) {
    let statement = try prepare(sql, values)
    while try statement.step() {}
  }

  /// The first column of the first row as a number; 0 where there is no row.
  borrowing func number(_ sql: String) throws(Failure) -> Int {
    let statement = try prepare(sql)
    return try statement.step() ? try statement.integer(0) ?? 0 : 0
  }

  /// All of `body`, or nothing of it. The lock for writing is taken at once, so that what `body` reads is what
  /// its writes are based on. A kill in between leaves a journal, which the next to open the file rolls back.
  borrowing func transaction(_ body: () throws(Failure) -> Void) throws(Failure) {
    try run("BEGIN IMMEDIATE")
    do throws(Failure) {
      try body()
      try run("COMMIT")
    } catch {
      // SQLite has rolled back by itself after some errors; then there is nothing left to do.
      try? run("ROLLBACK")
      throw error
    }
  }
}
