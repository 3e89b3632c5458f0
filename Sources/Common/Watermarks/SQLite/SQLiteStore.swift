package import Failures

/// Watermarks in one SQLite file.
package final class SQLiteStore: WatermarkStore {
  private let database: Database

  /// The store in a file; nil where there is no file, or one without tables yet. Nothing is created.
  package init?(existing path: String) throws(Failure) {
    guard try StoreFile.check(path) else { return nil }
    database = try Database.open(path)
    guard try Schema.exists(in: database) else { return nil }
  }

  /// The store in a file, which is made where it is missing.
  package init(creating path: String) throws(Failure) {
    try StoreFile.create(path)
    database = try Database.open(path)
    try Schema.create(in: database)
  }

  package func watermark(_ name: WatermarkName) throws(Failure) -> Watermark? {
    let row = try database.prepare(
      "SELECT \(Watermark.columns) FROM watermark WHERE name = ?", [.text(name.text)])
    return try row.step() ? try Watermark(row: row) : nil
  }

  package func watermarks() throws(Failure) -> [Watermark] {
    let rows = try database.prepare("SELECT \(Watermark.columns) FROM watermark ORDER BY name")
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
    try database.transaction { () throws(Failure) in
      let present = Present(watermark: try watermark(name), lastMove: try lastMove(name))
      if let move = try decide(present) { try write(move, name) }
    }
  }

  private func write(_ move: Move, _ name: WatermarkName) throws(Failure) {
    if let watermark = move.watermark(name) {
      try database.run(
        "REPLACE INTO watermark (\(Watermark.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", watermark.values)
    } else {
      try database.run("DELETE FROM watermark WHERE name = ?", [.text(name.text)])
    }
    let values = move.values(name)
    let places = Array(repeating: "?", count: values.count).joined(separator: ", ")
    try database.run("INSERT INTO log (\(Move.columns)) VALUES (\(places))", values)
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
