#if PostgreSQL
internal import Partitions
internal import Postgres

extension PostgresStore {
  static func watermark(_ name: WatermarkName) -> Query {
    Query("SELECT \(Watermark.columns) FROM freshet_watermark WHERE name = $1", [name.text])
  }

  static func lease(_ name: WatermarkName) -> Query {
    Query("SELECT \(Lease.columns) FROM freshet_lease WHERE name = $1", [name.text])
  }

  static func lastMove(_ name: WatermarkName) -> Query {
    Query(
      """
      SELECT \(Move.columns) FROM freshet_log WHERE name = $1 AND action IN ('advance', 'set')
      AND from_position IS DISTINCT FROM to_position
      AND NOT EXISTS (SELECT 1 FROM freshet_log AS later WHERE later.undoes = freshet_log.seq)
      ORDER BY seq DESC LIMIT 1
      """, [name.text])
  }

  static func write(_ watermark: Watermark?, _ name: WatermarkName, isThere: Bool) -> Query {
    guard let watermark else { return Query("DELETE FROM freshet_watermark WHERE name = $1", [name.text]) }
    return write("freshet_watermark", Watermark.columns, watermark.values, isThere: isThere)
  }

  static func write(_ lease: Lease, isThere: Bool) -> Query {
    write("freshet_lease", Lease.columns, lease.values, isThere: isThere)
  }

  /// The log's own number is the server's to give.
  static func insert(_ move: Move, _ name: WatermarkName, _ commit: String) -> Query {
    let columns = Move.columns.replacing("seq, ", with: "", maxReplacements: 1) + ", commit_id"
    let values = move.values(name).dropFirst() + [.text(commit)]
    return write("freshet_log", columns, Array(values), isThere: false)
  }

  /// A row that is there is locked, and one that was not must not be there yet: so no INSERT OR UPDATE. The first column is
  /// the key.
  private static func write(
    _ table: String, _ columns: String, _ values: [ColumnValue], isThere: Bool
  ) -> Query {
    let places = (1...values.count).map { "$\($0)" }.joined(separator: ", ")
    let parameters = values.map(\.parameter)
    return isThere
      ? Query("UPDATE \(table) SET (\(columns)) = (\(places)) WHERE name = $1", parameters)
      : Query("INSERT INTO \(table) (\(columns)) VALUES (\(places))", parameters)
  }
}
#endif
