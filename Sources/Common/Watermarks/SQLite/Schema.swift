internal import Failures

// The file, for a person with the sqlite3 shell:
//
//     watermark   name, position, generation, lineage, slice, fence, who, at       one row a name
//     log         seq, name, at, action, from_..., to_..., what the receipts told  one row a move, never changed
//
// Times are RFC 3339 in UTC, spans seconds. `user_version` is the version of the tables, `application_id` tells
// that they are freshet's. The journal is SQLite's default, a rollback journal: at rest the store is one file that
// can be copied, and a reader needs no second one. A batch writes two rows, so nobody waits for anybody long.
enum Schema {
  static let version = 1
  /// "frsh"
  static let application = 0x6672_7368

  static let statements = [
    """
    CREATE TABLE watermark (
      name TEXT PRIMARY KEY NOT NULL, position TEXT NOT NULL, generation INTEGER NOT NULL, lineage TEXT,
      slice TEXT, fence INTEGER, who TEXT NOT NULL, at TEXT NOT NULL)
    """,
    """
    CREATE TABLE log (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, at TEXT NOT NULL, action TEXT NOT NULL,
      from_position TEXT, from_generation INTEGER, to_position TEXT, generation INTEGER, lineage TEXT,
      fence INTEGER, policy TEXT, skipped INTEGER, gap INTEGER, objects INTEGER, slice TEXT, index_id TEXT,
      every INTEGER, partition_end TEXT, listed TEXT, picked TEXT, built TEXT, published TEXT,
      undoes INTEGER, who TEXT NOT NULL, why TEXT)
    """,
    "CREATE INDEX log_name ON log (name, seq)",
    "CREATE INDEX log_undoes ON log (undoes) WHERE undoes IS NOT NULL",
    "PRAGMA application_id=\(application)",
    "PRAGMA user_version=\(version)",
  ]

  /// True where the tables are there and ours; false for a file with no tables, which a kill leaves behind.
  static func exists(in database: borrowing Database) throws(Failure) -> Bool {
    if try database.number("SELECT count(*) FROM sqlite_master") == 0 { return false }
    guard try database.number("PRAGMA application_id") == application else {
      throw Failure(.badData, cannot: "use", database.path, because: "it is a database of something else")
    }
    let found = try database.number("PRAGMA user_version")
    guard found == version else {
      throw Failure(
        .badData, cannot: "use", database.path,
        because: "its tables are of version \(found), and this freshet knows version \(version)")
    }
    return true
  }

  /// Makes the tables where they are missing. Of several processes at once, one does.
  static func create(in database: borrowing Database) throws(Failure) {
    if try exists(in: database) { return }
    try database.transaction { () throws(Failure) in
      if try !exists(in: database) { for sql in statements { try database.run(sql) } }
    }
  }
}
