#if PostgreSQL
internal import Failures
internal import Objects
internal import Partitions
internal import Postgres

/// One try, on a session that works so far. A Setback gives up the session, and with it its transaction.
struct PostgresAttempt {
  let session: Session
  /// Seconds for each round trip.
  let timeout: Double

  /// Begins a transaction and locks the watermark; nil, and no transaction, where the log has that commit already.
  func present(_ name: WatermarkName, unless commit: String?) throws(Setback) -> Present? {
    var watermark = PostgresStore.watermark(name)
    watermark.sql += " FOR UPDATE"
    let done = Query("SELECT 1 FROM freshet_log WHERE commit_id = $1", [commit])
    let answers = try begin([watermark, PostgresStore.lastMove(name), done])
    if answers[2].rows > 0 {
      try end()
      return nil
    }
    return Present(
      watermark: try values(answers[0]) { (row) throws(Failure) in try Watermark(row: row) }.first,
      lastMove: try values(answers[1]) { (row) throws(Failure) in try Move(row: row) }.first)
  }

  /// Begins a transaction and locks the lease; and the server's clock, once it is locked.
  func lease(_ name: WatermarkName) throws(Setback) -> (Lease?, StoreTime) {
    var lease = PostgresStore.lease(name)
    lease.sql += " FOR UPDATE"
    let clock = Query("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS clock")
    let answers = try begin([lease, clock])
    let times = try values(answers[1]) { (row) throws(Failure) in Int64(try row.integer(0) ?? 0) }
    return (
      try values(answers[0]) { (row) throws(Failure) in try Lease(row: row) }.first,
      StoreTime(milliseconds: times.first ?? 0)
    )
  }

  /// The answers to the queries, as many as those.
  private func begin(_ queries: [Query]) throws(Setback) -> [Answer] {
    let first = PostgresTransaction.begin(timeout)
    let answers = try session.run(first + queries, timeout: timeout)
    guard answers.count == first.count + queries.count else {
      throw Setback(Failure(.software, cannot: "use", session.place, because: "an answer is missing"))
    }
    return Array(answers[first.count...])
  }

  func commit(_ queries: [Query]) throws(Setback) { try session.commit(queries, timeout: timeout) }

  /// Ends a transaction that has changed nothing.
  func end() throws(Setback) { _ = try session.run([Query("ROLLBACK")], timeout: timeout) }

  func values<Value>(
    _ answer: Answer, _ value: (PostgresRow) throws(Failure) -> Value
  ) throws(Setback) -> [Value] {
    var values: [Value] = []
    for index in 0..<answer.rows {
      let row = PostgresRow(answer: answer, index: index, place: session.place)
      values.append(try final { () throws(Failure) in try value(row) })
    }
    return values
  }
}

/// What another try would not change.
func final<Value>(_ body: () throws(Failure) -> Value) throws(Setback) -> Value {
  do throws(Failure) { return try body() } catch { throw Setback(error) }
}

extension Failure {
  /// Of a move that was sent, and not answered before the patience was over.
  func inDoubt(_ name: WatermarkName) -> Failure {
    Failure(exit, "\(message); whether \(name) was moved is not known: see wm log \(name)")
  }
}
#endif
