internal import CPostgres
internal import Failures
internal import Glibc

/// A statement and its parameters, `$1` and on, in text; nil is NULL.
package struct Query {
  package var sql: String
  package var values: [String?]

  package init(_ sql: String, _ values: [String?] = []) {
    self.sql = sql
    self.values = values
  }
}

/// One connection to a database, closed with its last reference. Whatever fails, the session is of no use any more.
package final class Session {
  private let libpq: Libpq
  private let handle: OpaquePointer
  /// `the database wm at db.example`, for a message: never the user, nor the password.
  package let place: String

  private var table: CPostgres { libpq.table.pointee }
  private var isBroken: Bool { table.status(handle) != CONNECTION_OK }

  /// `url` as libpq takes it; what it does not say is said by the PG* variables, which libpq reads.
  ///
  /// `timeout` is in seconds, for each address that libpq tries. A server that vanished without a word is noticed after 15 s.
  package init(_ url: String, timeout: Double) throws(Setback) {
    libpq = try Libpq.load()
    try libpq.check(url)
    var settings = [
      ("fallback_application_name", "freshet"), ("keepalives_idle", "5"), ("keepalives_interval", "5"),
      ("keepalives_count", "2"), ("tcp_user_timeout", "15000"),
    ]
    if getenv("PGCONNECT_TIMEOUT") == nil {
      settings.append(("connect_timeout", String(Int(min(max(timeout, 2), 10)))))
    }
    // What comes later counts.
    settings += [("dbname", url), ("client_encoding", "UTF8")]
    guard let opened = libpq.connect(settings) else {
      throw Setback(Failure(.unavailable, cannot: "use", "PostgreSQL", because: "out of memory"))
    }
    handle = opened
    place = libpq.place(opened)
    if isBroken { try connectVerbosely() }
    _ = table.setNoticeReceiver(handle, { _, _ in }, nil)
    guard table.setnonblocking(handle, 1) == 0, table.enterPipelineMode(handle) == 1 else {
      throw lost(libpq.words(handle))
    }
  }

  deinit { libpq.table.pointee.finish(handle) }

  /// Why a connection failed is told by its SQLSTATE, which libpq says only in a verbose message; and verbosity is set on a
  /// connection that is there. So it is tried once more.
  private func connectVerbosely() throws(Setback) {
    let first = libpq.words(handle)
    _ = table.setErrorVerbosity(handle, Int32(PQERRORS_VERBOSE))
    table.reset(handle)
    guard isBroken else { return }
    // Nothing more is said of settings that were wrong already.
    let words = libpq.words(handle)
    throw Setback(refused: place, words.isEmpty ? first : words)
  }

  /// Runs statements in one round trip. The first that fails ends it, and those behind it are not run. Outside of BEGIN they
  /// are one transaction.
  package func run(_ queries: [Query], timeout: Double) throws(Setback) -> [Answer] {
    for query in queries { try send(query) }
    guard table.pipelineSync(handle) == 1 else { throw lost(libpq.words(handle)) }
    let deadline = ContinuousClock.now + .seconds(timeout)
    var answers: [Answer] = []
    while let answer = try next(deadline) {
      guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(answer.status) else {
        throw try failed(answer, in: queries[min(answers.count, queries.count - 1)], deadline)
      }
      answers.append(answer)
    }
    return answers
  }

  /// COMMIT can be answered by ROLLBACK, which is no error to the server.
  package func commit(_ queries: [Query], timeout: Double) throws(Setback) {
    guard try run(queries + [Query("COMMIT")], timeout: timeout).last?.command == "COMMIT" else {
      throw Setback(place, state: "40000", "the transaction was rolled back")
    }
  }

  private func send(_ query: Query) throws(Setback) {
    guard !query.values.contains(where: { $0?.utf8.contains(0) ?? false }) else {
      throw Setback(
        Failure(.usage, cannot: "write to", place, because: "a text has a NUL, which PostgreSQL can't hold"))
    }
    let values = query.values.map { $0.map { UnsafePointer(strdup($0)) } ?? nil }
    defer { for value in values { free(UnsafeMutableRawPointer(mutating: value)) } }
    let count = Int32(values.count)
    guard table.sendQueryParams(handle, query.sql, count, nil, values, nil, nil, 0) == 1 else {
      throw lost(libpq.words(handle))
    }
  }

  /// The next statement's answer; nil when all have been answered.
  private func next(_ deadline: ContinuousClock.Instant) throws(Setback) -> Answer? {
    // Behind each answer there is a NULL.
    for _ in 0..<2 {
      try wait(deadline)
      if let result = table.getResult(handle) {
        let answer = Answer(owning: result, libpq)
        return answer.status == PGRES_PIPELINE_SYNC ? nil : answer
      }
    }
    throw lost(isBroken ? libpq.words(handle) : "the server stopped answering")
  }

  /// Until `getResult` need not wait.
  private func wait(_ deadline: ContinuousClock.Instant) throws(Setback) {
    while true {
      let unsent = table.flush(handle)
      guard unsent >= 0 else { throw lost(libpq.words(handle)) }
      if table.isBusy(handle) == 0 { return }
      let left = max(0, (deadline - .now) / .milliseconds(1))
      var watched = pollfd(
        fd: table.socket(handle), events: Int16(unsent > 0 ? POLLIN | POLLOUT : POLLIN), revents: 0)
      let ready = poll(&watched, 1, Int32(min(left.rounded(.up), 1e9)))
      if ready == 0 { throw lost("the server does not answer") }
      if ready < 0 && errno == EINTR { continue }
      guard ready > 0, table.consumeInput(handle) == 1 else { throw lost(libpq.words(handle)) }
    }
  }

  /// What the server said before it closed the connection is the reason of that.
  private func failed(
    _ answer: Answer, in query: Query, _ deadline: ContinuousClock.Instant
  ) throws(Setback) -> Setback {
    // No state: libpq itself found the connection broken.
    guard answer.state.utf8.count == 5 else { return lost(libpq.words(handle)) }
    let statement = Failure.beginning(of: query.sql)
    var setback = Setback(place, state: answer.state, "\(answer.message), in '\(statement)'")
    do throws(Setback) { while try next(deadline) != nil {} } catch { setback.isLost = true }
    return setback
  }

  private func lost(_ words: String) -> Setback {
    let line = words.split(whereSeparator: \.isNewline).first.map(String.init)
    return Setback(lost: place, line ?? "the connection broke")
  }
}

extension Libpq {
  fileprivate func connect(_ settings: [(name: String, value: String)]) -> OpaquePointer? {
    let texts = settings.map { (strdup($0.name), strdup($0.value)) }
    defer {
      for (name, value) in texts {
        free(name)
        free(value)
      }
    }
    let names = texts.map { UnsafePointer($0.0) } + [nil]
    let values = texts.map { UnsafePointer($0.1) } + [nil]
    return table.pointee.connectdbParams(names, values, 1)
  }

  fileprivate func place(_ handle: OpaquePointer) -> String {
    let database = table.pointee.db(handle).map { String(cString: $0) } ?? ""
    let host = table.pointee.host(handle).map { String(cString: $0) } ?? ""
    let user = table.pointee.user(handle).map { String(cString: $0) } ?? ""
    // A database that nobody named is called as the user.
    let subject = database.isEmpty || database == user ? "the database" : "the database \(database)"
    return host.isEmpty ? subject : "\(subject) at \(host)"
  }

  /// What libpq says of the connection, without the names that a message must not tell.
  fileprivate func words(_ handle: OpaquePointer) -> String {
    var words = table.pointee.errorMessage(handle).map { String(cString: $0) } ?? ""
    if let user = table.pointee.user(handle).map({ String(cString: $0) }), !user.isEmpty {
      words = words.replacing("\"\(user)\"", with: "\"...\"")
    }
    if let password = table.pointee.pass(handle).map({ String(cString: $0) }), !password.isEmpty {
      words = words.replacing(password, with: "...")
    }
    return words
  }
}
