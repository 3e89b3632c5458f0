internal import Failures

// The file, for a person with the sqlite3 shell:
//
//     watermark   name, position, generation, lineage, slice, fence, who, at, idle   one row a name
//     log         seq, name, at, action, from_..., to_..., what the receipts told    one row a move, never changed
//     lease       name, fence, holder, taken, epoch, until                           one row a name, never removed
//
// `until` counts milliseconds of the boot `epoch` (MachineClock).
// Times are RFC 3339 in UTC, spans seconds. `user_version` is the version of the tables, `application_id` tells
// that they are freshet's. The journal is SQLite's default, a rollback journal: at rest the store is one file that
// can be copied, and a reader needs no second one. A batch writes two rows, so nobody waits for anybody long.
enum Schema {
  static let version = 2
  /// "frsh"
  static let application = 0x6672_7368

  /// What leads from each version to the next, from none on.
  private static let steps = [first, second]

  private static let first = [
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
  ]

  private static let second = [
    "ALTER TABLE watermark ADD COLUMN idle TEXT",
    "ALTER TABLE log ADD COLUMN late INTEGER",
    """
    CREATE TABLE lease (
      name TEXT PRIMARY KEY NOT NULL, fence INTEGER NOT NULL, holder TEXT NOT NULL, taken TEXT NOT NULL,
      epoch TEXT NOT NULL, until INTEGER NOT NULL)
    """,
  ]

  /// What a reader of the first version has in front of its tables: they look as if they were of this one.
  private static let views = [
    ("watermark", "SELECT *, NULL AS idle FROM main.watermark"),
    ("log", "SELECT *, NULL AS late FROM main.log"),
    (
      "lease",
      "SELECT '' AS name, 0 AS fence, '' AS holder, '' AS taken, '' AS epoch, 0 AS until WHERE false"
    ),
  ]

  /// Nobody else sees it, and the file stays as it is.
  static func disguise(_ database: borrowing Database) throws(Failure) {
    try database.run("PRAGMA temp_store=MEMORY")
    for (name, sql) in views { try database.run("CREATE TEMP VIEW \(name) AS \(sql)") }
  }

  /// Brings a disguised one to this version.
  static func update(_ database: borrowing Database) throws(Failure) {
    for (name, _) in views { try database.run("DROP VIEW temp.\(name)") }
    try complete(in: database)
  }

  /// The version of the tables that are there; 0 for a file with none, which a kill leaves behind.
  static func found(in database: borrowing Database) throws(Failure) -> Int {
    if try database.number("SELECT count(*) FROM sqlite_master") == 0 { return 0 }
    guard try database.number("PRAGMA application_id") == application else {
      throw Failure(.badData, cannot: "use", database.path, because: "it is a database of something else")
    }
    let found = try database.number("PRAGMA user_version")
    guard (1...version).contains(found) else {
      throw Failure(
        .badData, cannot: "use", database.path,
        because: "its tables are of version \(found), and this freshet knows version \(version)")
    }
    return found
  }

  /// Makes the tables, or brings them to this version. Of several processes at once, one does.
  static func complete(in database: borrowing Database) throws(Failure) {
    if try found(in: database) == version { return }
    try database.transaction { () throws(Failure) in
      for sql in steps[try found(in: database)...].joined() { try database.run(sql) }
      try database.run("PRAGMA user_version=\(version)")
    }
  }
}
