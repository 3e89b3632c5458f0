internal import CSQLite
package import Failures
package import Partitions

/// Watermarks in one SQLite file.
package final class SQLiteStore: WatermarkStore {
  private let database: Database
  /// Of an older version, and only read so far.
  private var isOld = false

  /// The store in a file; nil where there is no file, or one without tables yet. Nothing is created, nor brought to this
  /// version before something is written: whoever reads may have no right to write.
  package init?(existing path: String) throws(Failure) {
    guard try StoreFile.check(path) else { return nil }
    database = try Database.open(path)
    let found = try Schema.found(in: database)
    if found == 0 { return nil }
    isOld = found < Schema.version
    if isOld { try Schema.disguise(database) }
  }

  /// The store in a file, which is made where it is missing.
  package init(creating path: String) throws(Failure) {
    try StoreFile.create(path)
    database = try Database.open(path)
    try Schema.complete(in: database)
  }

  private func update() throws(Failure) {
    if isOld { try Schema.update(database) }
    isOld = false
  }

  package func watermark(_ name: WatermarkName) throws(Failure) -> Watermark? {
    let row = try database.prepare(
      "SELECT \(Watermark.columns) FROM watermark WHERE name = ?", [.text(name.text)])
    if try row.step() { return try Watermark(row: row) }
    try confirm(noneOf: name, in: "watermark")
    return nil
  }

  /// Where the index has no such row, the table must not have it either. Of a damaged file nothing else would be noticed only
  /// there: what the index has is held against the table by SQLite itself.
  private func confirm(noneOf name: WatermarkName, in table: String) throws(Failure) {
    let sql = "SELECT 1 FROM \(table) NOT INDEXED WHERE name = ?"
    if try database.prepare(sql, [.text(name.text)]).step() {
      throw Failure(sqlite: SQLITE_CORRUPT, cannot: "use", database.path, in: sql)
    }
  }

  package func watermarks(
    below prefix: String = "", unmoved recently: Recently? = nil
  ) throws(Failure) -> [Watermark] {
    let rows = try database.prepare(
      """
      SELECT \(Watermark.columns) FROM watermark WHERE substr(name, 1, length(?1)) = ?1
      AND (?2 IS NULL OR at NOT BETWEEN ?2 AND ?3) ORDER BY name
      """, [.text(prefix), .init(recently?.start.description), .init(recently?.end.description)])
    var all: [Watermark] = []
    while try rows.step() { all.append(try Watermark(row: rows)) }
    return all
  }

  package func moves(of name: WatermarkName, limit: Int?) throws(Failure) -> [Move] {
    let rows = try database.prepare(
      "SELECT \(Move.columns) FROM log WHERE name = ? ORDER BY seq DESC LIMIT ?",
      [.text(name.text), .integer(limit ?? -1)])
    var moves: [Move] = []
    while try rows.step() { moves.append(try Move(row: rows)) }
    return moves
  }

  package func change(
    _ name: WatermarkName, _ decide: (Present) throws(Failure) -> Move?
  ) throws(Failure) {
    try update()
    var isChanged = false
    try database.transaction { () throws(Failure) in
      let present = Present(watermark: try watermark(name), lastMove: try lastMove(name))
      if let move = try decide(present) {
        try write(move, name)
        isChanged = true
      }
    }
    // "Already" is said of what is durable: whoever wrote it may have died between the journal's removal, which is the commit,
    // and the directory's sync.
    if !isChanged { try StoreFile.settle(database.path) }
  }

  private func write(_ move: Move, _ name: WatermarkName) throws(Failure) {
    if let watermark = move.watermark(name) {
      try database.run(
        "REPLACE INTO watermark (\(Watermark.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", watermark.values)
    } else {
      try database.run("DELETE FROM watermark WHERE name = ?", [.text(name.text)])
    }
    let values = move.values(name)
    let places = Array(repeating: "?", count: values.count).joined(separator: ", ")
    try database.run("INSERT INTO log (\(Move.columns)) VALUES (\(places))", values)
  }

  package func markIdle(_ name: WatermarkName, at now: Instant) throws(Failure) {
    guard let watermark = try watermark(name), !watermark.isNoted(idleAt: now) else { return }
    try update()
    try database.run(
      "UPDATE watermark SET idle = ? WHERE name = ?", [.text(now.description), .text(name.text)])
  }

  package func lease(_ name: WatermarkName) throws(Failure) -> Lease? {
    let row = try database.prepare(
      "SELECT \(Lease.columns) FROM lease WHERE name = ?", [.text(name.text)])
    if try row.step() { return try Lease(row: row) }
    try confirm(noneOf: name, in: "lease")
    return nil
  }

  package func changeLease(
    _ name: WatermarkName, _ decide: (Lease?, StoreTime) throws(Failure) -> Lease?
  ) throws(Failure) {
    try update()
    try database.transaction { () throws(Failure) in
      guard let lease = try decide(try lease(name), MachineClock.now) else { return }
      try database.run("REPLACE INTO lease (\(Lease.columns)) VALUES (?, ?, ?, ?, ?, ?)", lease.values)
    }
  }

  private func lastMove(_ name: WatermarkName) throws(Failure) -> Move? {
    let rows = try database.prepare(
      """
      SELECT \(Move.columns) FROM log WHERE name = ? AND action IN ('advance', 'set')
      AND from_position IS NOT to_position
      AND NOT EXISTS (SELECT 1 FROM log AS later WHERE later.undoes = log.seq) ORDER BY seq DESC LIMIT 1
      """, [.text(name.text)])
    return try rows.step() ? try Move(row: rows) : nil
  }
}
