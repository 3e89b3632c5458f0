#if PostgreSQL
internal import Bytes
package import Failures
internal import Objects
package import Partitions
internal import Postgres

/// Watermarks in a PostgreSQL database. A connection that breaks is made again, for as long as the patience lasts.
package final class PostgresStore: WatermarkStore {
  private let url: String
  /// Seconds.
  private let patience: Double
  /// Takes what is being waited for; nil when that is over.
  private let waiting: (String?) -> Void
  private var session: Session?

  /// The store in a database; nil where it has no tables of ours. Nothing is created.
  package init?(
    existing url: String, patience: Double, waiting: @escaping (String?) -> Void = { _ in }
  ) throws(Failure) {
    (self.url, self.patience, self.waiting) = (url, patience, waiting)
    let found = try version()
    if found == 0 { return nil }
    if found < PostgresSchema.version { try complete() }
  }

  /// The store in a database; its tables are made where they are missing.
  package init(
    creating url: String, patience: Double, waiting: @escaping (String?) -> Void = { _ in }
  ) throws(Failure) {
    (self.url, self.patience, self.waiting) = (url, patience, waiting)
    if try version() < PostgresSchema.version { try complete() }
  }

  private func version() throws(Failure) -> Int {
    try insist { (attempt) throws(Setback) in
      try PostgresSchema.found(in: attempt.session, timeout: attempt.timeout)
    }
  }

  private func complete() throws(Failure) {
    try insist { (attempt) throws(Setback) in
      try PostgresSchema.complete(in: attempt.session, timeout: attempt.timeout)
    }
  }

  package func watermark(_ name: WatermarkName) throws(Failure) -> Watermark? {
    try read(Self.watermark(name)) { (row) throws(Failure) in try Watermark(row: row) }.first
  }

  package func watermarks(
    below prefix: String = "", unmoved recently: Recently? = nil
  ) throws(Failure) -> [Watermark] {
    let query = Query(
      """
      SELECT \(Watermark.columns) FROM freshet_watermark WHERE starts_with(name, $1)
      AND ($2::text IS NULL OR at COLLATE "C" NOT BETWEEN $2 AND $3) ORDER BY name COLLATE "C"
      """, [prefix, recently?.start.description, recently?.end.description])
    return try read(query) { (row) throws(Failure) in try Watermark(row: row) }
  }

  package func moves(of name: WatermarkName, limit: Int?) throws(Failure) -> [Move] {
    let query = Query(
      "SELECT \(Move.columns) FROM freshet_log WHERE name = $1 ORDER BY seq DESC LIMIT $2::bigint",
      [name.text, limit.map(String.init)])
    return try read(query) { (row) throws(Failure) in try Move(row: row) }
  }

  package func lease(_ name: WatermarkName) throws(Failure) -> Lease? {
    try read(Self.lease(name)) { (row) throws(Failure) in try Lease(row: row) }.first
  }

  package func markIdle(_ name: WatermarkName, at now: Instant) throws(Failure) {
    let query = Query(
      """
      UPDATE freshet_watermark SET idle = $2 WHERE name = $1
      AND (idle IS NULL OR idle COLLATE "C" NOT BETWEEN $3 AND $4)
      """, [name.text, now.description, (now - 59).description, (now + 59).description])
    try insist { (attempt) throws(Setback) in
      _ = try attempt.session.run([query], timeout: attempt.timeout)
    }
  }

  // A move, in two round trips. The row is locked before the log is read, so that both are of one moment, and stays locked
  // until COMMIT. Where there is no row yet there is nothing to lock: then of two that make it the second fails, by the
  // primary key, and looks again.
  //
  // Where the connection breaks at COMMIT, the move may have been made, or may still be about to be: the server's process
  // goes on for a while. The next attempt waits for its lock, and then looks for the commit id in the log. Should the old
  // process still come after that, the commit id, unique in the log, stops it: no move is made twice.

  package func change(
    _ name: WatermarkName, _ decide: (Present) throws(Failure) -> Move?
  ) throws(Failure) {
    let commit = RandomID.draw()
    var (wasSent, isInDoubt) = (false, false)
    do throws(Setback) {
      try insistently { (attempt) throws(Setback) in
        guard let present = try attempt.present(name, unless: wasSent ? commit : nil) else { return }
        // Whoever had the row locked is done with it.
        if present.watermark != nil { isInDoubt = false }
        guard let move = try final({ () throws(Failure) in try decide(present) }) else {
          try attempt.end()
          return
        }
        wasSent = true
        let watermark = Self.write(move.watermark(name), name, isThere: present.watermark != nil)
        do throws(Setback) { try attempt.commit([watermark, Self.insert(move, name, commit)]) } catch {
          if error.isLost { isInDoubt = true }
          throw error
        }
      }
    } catch {
      throw isInDoubt ? error.failure.inDoubt(name) : error.failure
    }
  }

  /// A lease is known by its holder, its fence and its time: so one that was written is recognized. It may be an older one,
  /// which the server had made after we had looked for it; then the newest, which is what was decided, takes its place.
  package func changeLease(
    _ name: WatermarkName, _ decide: (Lease?, StoreTime) throws(Failure) -> Lease?
  ) throws(Failure) {
    var sent: [Lease] = []
    try insist { (attempt) throws(Setback) in
      let (present, time) = try attempt.lease(name)
      if let present, present == sent.last { return try attempt.end() }
      let isOurs = present.map(sent.contains) ?? false
      let decided = try isOurs ? sent.last : final { () throws(Failure) in try decide(present, time) }
      guard let lease = decided else { return try attempt.end() }
      sent.append(lease)
      try attempt.commit([Self.write(lease, isThere: present != nil)])
    }
  }

  /// Attempts it until it succeeds, or fails for good, or the patience is over. A session that failed is given up, and its
  /// transaction with it.
  private func insistently<Value>(
    _ body: (PostgresAttempt) throws(Setback) -> Value
  ) throws(Setback) -> Value {
    var insistence = Insistence(for: .seconds(patience))
    defer { waiting(nil) }
    while true {
      // However short the patience is, a busy server takes its time.
      let timeout = max(insistence.left, 5)
      do throws(Setback) {
        return try body(PostgresAttempt(session: try connected(timeout), timeout: timeout))
      } catch {
        session = nil
        guard error.mayPass, insistence.pause() else { throw error }
        waiting(error.failure.reason)
      }
    }
  }

  private func connected(_ timeout: Double) throws(Setback) -> Session {
    if let session { return session }
    CoreFile.forbid()
    let new = try Session(url, timeout: timeout)
    session = new
    return new
  }

  private func insist<Value>(_ body: (PostgresAttempt) throws(Setback) -> Value) throws(Failure) -> Value {
    do throws(Setback) { return try insistently(body) } catch { throw error.failure }
  }

  private func read<Value>(
    _ query: Query, _ value: (PostgresRow) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    try insist { (attempt) throws(Setback) in
      guard let answer = try attempt.session.run([query], timeout: attempt.timeout).last else { return [] }
      return try attempt.values(answer, value)
    }
  }
}
#endif
