import Failures
import Foundation
import Partitions
import Testing

@testable import Postgres
@testable import Watermarks

private let isThere = PostgresServer.url != nil

/// What can happen to a database. Not tested here: connections that break at every byte, a server that is killed, a
/// replica, through the executables (Tests/Pipes/25-postgres); TLS, Kerberos and whatever else libpq does to log in.
@Suite(.enabled(if: isThere, "no PostgreSQL: FRESHET_TEST_POSTGRES is not set, see Tests/Pipes/postgres"))
struct PostgresTests {
  let scratch: Scratch
  let ads: WatermarkName

  init() throws {
    scratch = try Scratch()
    ads = try WatermarkName("ads")
  }

  private var schema: String { PostgresServer.schema(scratch) }

  private func store(_ more: String = "", patience: Double = 20) throws -> PostgresStore {
    try PostgresStore(creating: try PostgresServer.url(scratch, more), patience: patience)
  }

  @Test func `reading creates nothing`() throws {
    #expect(try PostgresStore(existing: try PostgresServer.url(scratch), patience: 5) == nil)
    let tables = try PostgresServer.run("SELECT count(*) FROM pg_tables WHERE schemaname = '\(schema)'")
    #expect(tables.last?.text(0, 0) == "0")
  }

  @Test func `sixteen make the tables at once`() async throws {
    let (scratch, ads) = (scratch, ads)
    let url = try PostgresServer.url(scratch)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for n in 1...16 {
        group.addTask {
          _ = try PostgresStore(creating: url, patience: 20).advance(ads, by: published(0, n), signed())
        }
      }
      try await group.waitForAll()
    }
    #expect(try store().watermark(ads)?.generation == 16)
  }

  @Test(arguments: [
    "DELETE FROM freshet_version", "UPDATE freshet_version SET version = 7",
    "INSERT INTO freshet_version VALUES (1)", "ALTER TABLE freshet_version RENAME version TO other",
    "ALTER TABLE freshet_watermark RENAME position TO other", "DROP TABLE freshet_watermark",
    "ALTER TABLE freshet_log DROP COLUMN commit_id",
  ])
  func `tables that are not ours are refused`(_ change: String) throws {
    _ = try store().advance(ads, by: published(5, 3), signed())
    try PostgresServer.run("SET search_path = \(schema)", change)
    let failure = #expect(throws: Failure.self) {
      try store(patience: 1).advance(ads, by: published(10, 4), signed())
    }
    #expect(failure?.exit == .badData)
  }

  @Test(arguments: [
    "position = 'yesterday'", "generation = -1", "name = '-x'", "at = ''", "idle = 'never'", "position = ''",
  ])
  func `a row that a person got wrong is named, not trusted`(_ change: String) throws {
    let store = try store()
    _ = try store.advance(ads, by: published(5, 3), signed())
    try PostgresServer.run("UPDATE \(schema).freshet_watermark SET \(change)")
    let failure = #expect(throws: Failure.self) { try store.watermarks() }
    #expect(failure?.exit == .badData)
    #expect(failure?.message.contains("the column \(change.prefix { $0 != " " }) ") == true)
  }

  @Test func `a column that a person made another type is read as it is, or named`() throws {
    let store = try store()
    _ = try store.advance(ads, by: published(5, 3), signed())
    try PostgresServer.run(
      "ALTER TABLE \(schema).freshet_watermark ALTER generation TYPE text",
      "UPDATE \(schema).freshet_watermark SET generation = 'many'")
    let failure = #expect(throws: Failure.self) { try store.watermark(ads) }
    #expect(failure?.message.contains("the column generation is no whole number") == true)
  }

  @Test func `a text with a NUL is refused, not cut short`() throws {
    let failure = #expect(throws: Failure.self) {
      try store().advance(ads, by: published(5, 3), signed(why: "a\0b"))
    }
    #expect(failure?.exit == .usage)
    #expect(try store().watermark(ads) == nil)
  }

  @Test func `a connection that was ended is made again`() throws {
    let store = try store("&application_name=\(schema)")
    for n in 1...5 {
      _ = try store.advance(ads, by: published(Int64(n), n), signed())
      try PostgresServer.run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '\(schema)'")
    }
    #expect(try store.moves(of: ads, limit: nil).count == 5)
  }

  /// By hand, in psql: what they changed is what the receipt is held against.
  @Test func `a person's transaction is waited for, and counts`() throws {
    let store = try store()
    _ = try store.advance(ads, by: published(5, 3), signed())
    nonisolated(unsafe) let person = try Session(try #require(PostgresServer.url), timeout: 5)
    let update = Query("UPDATE \(schema).freshet_watermark SET generation = 9")
    _ = try person.run([Query("BEGIN"), update], timeout: 5)
    Thread.detachNewThread {
      usleep(200_000)
      _ = try? person.run([Query("COMMIT")], timeout: 5)
    }
    guard case .already(let watermark) = try store.advance(ads, by: published(10, 4), signed()) else {
      Issue.record("the person's word was written over")
      return
    }
    #expect(watermark.generation == 9)
  }

  @Test func `a row that a person makes and one that we make are not both made`() throws {
    let store = try store()
    nonisolated(unsafe) let person = try Session(try #require(PostgresServer.url), timeout: 5)
    let insert = Query(
      "INSERT INTO \(schema).freshet_watermark VALUES ('ads', $1, 9, NULL, NULL, NULL, 'me', $1)",
      [at(20).description])
    _ = try person.run([Query("BEGIN"), insert], timeout: 5)
    Thread.detachNewThread {
      usleep(200_000)
      _ = try? person.run([Query("COMMIT")], timeout: 5)
    }
    #expect(try store.advance(ads, by: published(10, 4), signed()).watermark.generation == 9)
    #expect(try store.moves(of: ads, limit: nil).isEmpty)
  }

  @Test func `a lock that nobody lets go is 75, and says so`() throws {
    _ = try store().advance(ads, by: published(5, 3), signed())
    nonisolated(unsafe) let person = try Session(try #require(PostgresServer.url), timeout: 5)
    let lock = Query("SELECT * FROM \(schema).freshet_watermark FOR UPDATE")
    _ = try person.run([Query("BEGIN"), lock], timeout: 5)
    let impatient = try store(patience: 0)
    let failure = #expect(throws: Failure.self) { try impatient.advance(ads, by: published(10, 4), signed()) }
    #expect(failure?.exit == .tryAgain)
    #expect(failure?.message.hasSuffix("another transaction holds it") == true)
    _ = try person.run([Query("ROLLBACK")], timeout: 5)
    #expect(try impatient.advance(ads, by: published(10, 4), signed()).watermark.generation == 4)
  }

  /// The connection breaks while the move is made, and then another's lock is in the way until we are tired of it.
  @Test func `a move whose answer was lost stays in doubt, whatever comes then`() throws {
    let store = try store(patience: 2)
    _ = try store.advance(ads, by: published(5, 3), signed())
    try PostgresServer.run(
      "SET search_path = \(schema)",
      """
      CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_sleep(0.5), pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$
      """,
      "CREATE TRIGGER break_off BEFORE INSERT ON freshet_log FOR EACH ROW EXECUTE FUNCTION break_off()")
    nonisolated(unsafe) let person = try Session(try #require(PostgresServer.url), timeout: 5)
    let lock = Query("SELECT * FROM \(schema).freshet_watermark FOR UPDATE")
    Thread.detachNewThread {
      usleep(200_000)
      _ = try? person.run([Query("BEGIN"), lock], timeout: 5)
    }
    let failure = #expect(throws: Failure.self) { try store.advance(ads, by: published(10, 4), signed()) }
    #expect(failure?.exit == .tryAgain)
    #expect(failure?.message.contains("another transaction holds it") == true)
    #expect(failure?.message.hasSuffix("whether ads was moved is not known: see wm log ads") == true)
    _ = try person.run([Query("ROLLBACK")], timeout: 5)
  }

  @Test(arguments: ["serializable", "repeatable%20read"])
  func `whatever isolation the database has by default, nothing is lost`(_ isolation: String) async throws {
    let (scratch, ads) = (scratch, ads)
    let url = try PostgresServer.url(scratch, "%20-cdefault_transaction_isolation%3D" + isolation)
      .replacing("repeatable%20read", with: "repeatable%5C%20read")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for p in 0..<4 {
        group.addTask {
          let store = try PostgresStore(creating: url, patience: 20)
          for n in 1...25 { _ = try store.set(ads, to: position(Int64(p * 25 + n), n), signed()) }
        }
      }
      try await group.waitForAll()
    }
    let moves = try PostgresStore(creating: url, patience: 20).moves(of: ads, limit: nil).reversed()
    #expect(moves.count == 100)
    #expect(moves.dropFirst().map(\.from) == moves.dropLast().map(\.to))
  }

  @Test(arguments: [("off", "on"), ("on", "on"), ("local", "local"), ("remote_apply", "remote_apply")])
  func `a commit is durable, and no less than the server would have it`(_ setting: String, _ used: String)
    throws
  {
    let url = try PostgresServer.url(scratch, "%20-csynchronous_commit%3D\(setting)")
    let session = try Session(url, timeout: 5)
    let answers = try session.run(
      PostgresTransaction.begin(5) + [Query("SHOW synchronous_commit")], timeout: 5)
    #expect(answers.last?.text(0, 0) == used)
  }

  @Test func `a server that is read only is said to be`() throws {
    _ = try store().advance(ads, by: published(5, 3), signed())
    let readOnly = try store("%20-cdefault_transaction_read_only%3Don")
    #expect(try readOnly.watermark(ads)?.generation == 3)
    let failure = #expect(throws: Failure.self) { try readOnly.advance(ads, by: published(10, 4), signed()) }
    #expect(failure?.exit == .configuration)
    #expect(failure?.message.contains("name the primary") == true)
  }

  @Test func `a lease counts by the server's clock`() throws {
    let store = try store()
    guard case .taken(let lease) = try store.take(ads, holder: "a", length: 60_000, now: at(0)) else {
      Issue.record("the first lease is held")
      return
    }
    let clock = try PostgresServer.run("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint")
    let left = lease.until.milliseconds - (Int64(clock.last?.text(0, 0) ?? "") ?? 0)
    #expect(lease.until.epoch.isEmpty && left > 0 && left <= 60_000)
  }

  /// A server that nobody is at; a folder; a name; a password that cuts the address in the wrong place.
  @Test(arguments: [
    ("postgres://user:canary@127.0.0.1:1/db", Exit.tryAgain),
    ("postgres://user:canary@%2Fnowhere/db", .tryAgain),
    ("postgres://user:can@ary@host/db", .configuration), ("postgres://user:can/ary@host/db", .configuration),
    ("postgres://user:canary@host/db?nothing=1", .configuration),
    ("postgres://user:canary@host/db?sslmode=none", .configuration),
    ("postgres:///?service=none", .configuration),
  ])
  func `an address that leads nowhere`(_ url: String, _ exit: Exit) {
    let failure = #expect(throws: Failure.self) { try PostgresStore(creating: url, patience: 0) }
    #expect(failure?.exit == exit)
    for secret in ["canary", "can@", "ary@", "user"] { #expect(failure?.message.contains(secret) == false) }
  }

  @Test(arguments: [("nobody", "28000", Exit.permission), ("tester", "3D000", .noInput)])
  func `a server that refuses`(_ user: String, _ state: String, _ exit: Exit) throws {
    let host = try #require(PostgresServer.url?.split(separator: "@").last?.split(separator: "/").first)
    let failure = #expect(throws: Failure.self) {
      try PostgresStore(creating: "postgres://\(user):canary@\(host)/nowhere", patience: 5)
    }
    #expect(failure?.exit == exit)
    #expect(failure?.message.contains("(PostgreSQL \(state))") == true)
    #expect(failure?.message.contains("canary") == false && failure?.message.contains("\"nobody\"") == false)
  }
}

/// What needs no server.
@Suite struct PostgresWordsTests {
  @Test(arguments: [
    ("postgres://u:p@h/d", true), ("postgresql://u:p@h/d", true), ("postgres://h/d?password=p", true),
    ("postgres://h/d?user=u&pass%77ord=p", true), ("postgres://h/d?sslpassword=p", true),
    ("postgres://u:p/q@h/d", true), ("postgres://u:p?q@h/d", true), ("postgres://h/d?%=p", true),
    ("postgres://u@h:5432/d", false), ("postgres://h:5432/d", false), ("postgres://", false),
    ("postgres://u@[::1]:5432/d?sslmode=require", false), ("sqlite:a:b@c", false), ("s3://a:b@c", false),
  ])
  func `an address with a password`(_ text: String, _ holds: Bool) {
    #expect(StoreAddress.holdsPassword(text) == holds)
  }

  @Test(arguments: [
    ("57P03", Exit.tryAgain, true), ("53300", .tryAgain, true), ("08006", .tryAgain, true),
    ("40001", .tryAgain, true),
    ("40P01", .tryAgain, true), ("57P01", .tryAgain, true), ("23505", .tryAgain, true),
    ("55P03", .tryAgain, false),
    ("57014", .tryAgain, false), ("25006", .configuration, false), ("3D000", .noInput, false),
    ("28P01", .permission, false), ("42501", .permission, false), ("42P01", .badData, false),
    ("22P02", .badData, false), ("23502", .badData, false), ("53100", .io, false), ("XX001", .io, false),
    ("3F000", .configuration, false), ("0A000", .configuration, false),
  ])
  func `each of the server's answers has its exit code`(_ state: String, _ exit: Exit, _ mayPass: Bool) {
    let setback = Setback("the database", state: state, "why")
    #expect(setback.failure.exit == exit && setback.mayPass == mayPass)
  }

  @Test(arguments: [(0.0, "1000"), (61, "60000"), (2_592_000, "2147483000"), (1e15, "2147483000")])
  func `however long the patience, the server is given a number it takes`(_ seconds: Double, _ limit: String)
  {
    #expect(PostgresTransaction.begin(seconds).last?.values.last == limit)
  }

  static let socket = "connection to server on socket \"/run/.s.PGSQL.5432\" failed: "
  static let host = "connection to server at \"db\" (10.0.0.7), port 5432 failed: "

  @Test(arguments: [
    (
      host
        + "FATAL:  57P03: the database system is starting up\nLOCATION:  ProcessStartupPacket, postmaster.c:2368\n",
      Exit.tryAgain, true, "the database system is starting up (PostgreSQL 57P03)"
    ),
    (
      host + "FATAL:  28P01: falsches Passwort\n", .permission, false,
      "falsches Passwort (PostgreSQL 28P01); see the user's name, and for the password PGPASSFILE"
    ),
    (
      socket + "No such file or directory\n\tIs the server running?\n", .tryAgain, true,
      socket + "No such file or directory"
    ),
    (socket + "Permission denied\n", .permission, false, socket + "Permission denied"),
    (
      host + "fe_sendauth: no password supplied\n", .permission, false,
      host + "fe_sendauth: no password supplied; write it into the file that PGPASSFILE names, or ~/.pgpass"
    ),
    (
      host + "server does not support SSL, but SSL was required\n", .configuration, false,
      host + "server does not support SSL, but SSL was required"
    ),
    (
      host + "Connection refused\n" + socket + "FATAL:  28000: no\n", .tryAgain, true,
      host + "Connection refused; no (PostgreSQL 28000); see the user's name, and for the password PGPASSFILE"
    ),
    (
      "definition of service \"x\" not found\n", .configuration, false,
      "definition of service \"x\" not found"
    ),
    ("", .tryAgain, true, "the connection failed"),
  ])
  func `why a connection was refused`(_ words: String, _ exit: Exit, _ mayPass: Bool, _ reason: String) {
    let setback = Setback(refused: "the database", words)
    #expect(setback.failure == Failure(exit, cannot: "use", "the database", because: reason))
    #expect(setback.mayPass == mayPass && !setback.isLost)
  }
}
