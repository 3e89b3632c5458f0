import CSQLite
import Failures
import Foundation
import Partitions
import Testing

@testable import Watermarks

/// What can happen to the file. Not tested: file systems over a network and power cuts, which a test machine has not;
/// modes, other users and kills (Tests/Transcripts/wm.t).
@Suite struct SQLiteTests {
  let scratch: Scratch
  let ads: WatermarkName

  init() throws {
    scratch = try Scratch()
    ads = try WatermarkName("ads")
  }

  @Test func `reading creates nothing`() throws {
    #expect(try SQLiteStore(existing: scratch.database) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  @Test func `at rest it is one file, in the rollback journal's mode`() throws {
    let store = try SQLiteStore(creating: scratch.database)
    _ = try store.advance(ads, by: published(5, 3), signed())
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["wm.db"])
    let database = try Database.open(scratch.database)
    #expect(try database.number("PRAGMA synchronous") == 3)
    #expect(
      try database.number("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'delete'") == 1)
  }

  @Test(arguments: [":memory:", "file:x?mode=memory", "with 'quotes' and ?", "-x"])
  func `a file's name is only a name`(_ name: String) throws {
    let path = scratch.path + "/" + name
    _ = try SQLiteStore(creating: path).advance(ads, by: published(5, 3), signed())
    #expect(try SQLiteStore(existing: path)?.watermark(ads)?.generation == 3)
  }

  @Test func `what is no regular file is refused`() throws {
    try FileManager.default.createDirectory(atPath: scratch.database, withIntermediateDirectories: false)
    _ = try SQLiteStore(creating: scratch.path + "/real.db")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/link.db", withDestinationPath: scratch.path + "/real.db")
    mkfifo(scratch.path + "/fifo.db", 0o600)
    for name in ["wm.db", "link.db", "fifo.db"] {
      let failure = #expect(throws: Failure.self) { try SQLiteStore(creating: scratch.path + "/" + name) }
      #expect(failure?.exit == .badData)
      #expect(failure?.message.hasSuffix("it is not a regular file") == true)
    }
  }

  @Test func `an empty file, as a kill leaves it, becomes a store`() throws {
    #expect(FileManager.default.createFile(atPath: scratch.database, contents: Data()))
    #expect(try SQLiteStore(existing: scratch.database) == nil)
    #expect(try SQLiteStore(creating: scratch.database).watermarks().isEmpty)
  }

  @Test func `a store of version 1 gets what version 2 has more, and keeps the rest`() throws {
    _ = try SQLiteStore(creating: scratch.database).set(
      ads, to: Position(time: at(5), generation: 3), signed())
    try execute(
      "DROP TABLE lease; ALTER TABLE watermark DROP COLUMN idle; ALTER TABLE log DROP COLUMN late; PRAGMA user_version=1"
    )
    let before = FileManager.default.contents(atPath: scratch.database)
    let store = try #require(try SQLiteStore(existing: scratch.database))
    let nobody = try WatermarkName("nobody")
    #expect(try store.watermark(ads)?.generation == 3 && store.watermark(nobody) == nil)
    #expect(try store.watermarks().map(\.name) == [ads])
    #expect(try store.moves(of: ads, limit: nil).count == 1)
    #expect(try store.lease(ads) == nil)
    try store.markIdle(nobody, at: at(9))
    #expect(FileManager.default.contents(atPath: scratch.database) == before, "reading wrote")
    try store.markIdle(ads, at: at(9))
    #expect(try store.watermark(ads)?.idle == at(9))
    guard case .taken = try store.take(ads, holder: "a", length: 1, now: at(9)) else {
      Issue.record("the lease of a new table is held")
      return
    }
  }

  @Test(arguments: [
    ("CREATE TABLE bookmarks (x)", "it is a database of something else"),
    ("PRAGMA user_version=1; CREATE TABLE watermark (x)", "it is a database of something else"),
    (
      "CREATE TABLE watermark (x); PRAGMA application_id=\(Schema.application); PRAGMA user_version=7",
      "its tables are of version 7, and this freshet knows version 2"
    ),
  ])
  func `another database is refused`(_ sql: String, _ reason: String) throws {
    try execute(sql)
    for open in [{ _ = try SQLiteStore(creating: $0) }, { _ = try SQLiteStore(existing: $0) }] {
      let failure = #expect(throws: Failure.self) { try open(scratch.database) }
      #expect(failure?.exit == .badData)
      #expect(failure?.message.hasSuffix(reason) == true)
    }
  }

  @Test(arguments: [
    "position = 'yesterday'", "position = 7", "position = x'00'", "generation = -1", "generation = 'many'",
    "generation = 1.5", "name = '-x'", "at = ''", "who = x'FF'", "lineage = x'00'",
    "who = CAST(x'FF' AS TEXT)",
  ])
  func `a row that a person got wrong is named, not trusted`(_ change: String) throws {
    let store = try SQLiteStore(creating: scratch.database)
    _ = try store.advance(ads, by: published(5, 3), signed())
    try execute("UPDATE watermark SET \(change)")
    let failure = #expect(throws: Failure.self) { try store.watermarks() }
    #expect(failure?.exit == .badData)
    #expect(failure?.message.contains("the column \(change.prefix { $0 != " " }) ") == true)
  }

  @Test func `a lock that nobody lets go is 75`() throws {
    let store = try SQLiteStore(creating: scratch.database)
    let other = try Database.open(scratch.database)
    try other.run("BEGIN EXCLUSIVE")
    let failure = #expect(throws: Failure.self) { try store.advance(ads, by: published(5, 3), signed()) }
    #expect(failure?.exit == .tryAgain)
    #expect(
      failure?.message.hasSuffix(
        "another process holds it, and longer than 5 s: see fuser \(scratch.database)") == true)
    try other.run("ROLLBACK")
    #expect(try store.advance(ads, by: published(5, 3), signed()).watermark.generation == 3)
  }

  @Test func `a lock that is let go is waited for`() throws {
    let store = try SQLiteStore(creating: scratch.database)
    let path = scratch.database
    let held = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let other = try? Database.open(path)
      try? other?.run("BEGIN EXCLUSIVE")
      held.signal()
      usleep(300_000)
      try? other?.run("ROLLBACK")
    }
    held.wait()
    #expect(try store.advance(ads, by: published(5, 3), signed()).watermark.generation == 3)
  }

  /// By hand, in the sqlite3 shell: what they changed is what the receipt is held against.
  @Test func `a person's transaction is waited for, and counts`() throws {
    let store = try SQLiteStore(creating: scratch.database)
    _ = try store.advance(ads, by: published(5, 3), signed())
    let path = scratch.database
    let held = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let person = try? Database.open(path)
      try? person?.run("BEGIN IMMEDIATE")
      try? person?.run("UPDATE watermark SET generation = 9")
      held.signal()
      usleep(300_000)
      try? person?.run("COMMIT")
    }
    held.wait()
    guard case .already(let watermark) = try store.advance(ads, by: published(10, 4), signed()) else {
      Issue.record("the person's word was written over")
      return
    }
    #expect(watermark.generation == 9)
  }

  /// A transaction that had begun to overwrite the file when it was killed: the file and its journal, copied.
  @Test func `a hot journal is rolled back by the next to open the file`() throws {
    let store = try SQLiteStore(creating: scratch.database)
    _ = try store.advance(ads, by: published(5, 3), signed())
    let other = try Database.open(scratch.database)
    try other.run("PRAGMA cache_size=1")
    try other.run("BEGIN IMMEDIATE")
    try other.run("UPDATE watermark SET generation = 99, position = '2030-01-01T00:00:00Z'")
    for n in 0..<2000 {
      try other.run("INSERT INTO log (name, at, action, who) VALUES ('x', 'y', 'z', ?)", [.integer(n)])
    }
    let copy = scratch.path + "/copy.db"
    try FileManager.default.copyItem(atPath: scratch.database, toPath: copy)
    try FileManager.default.copyItem(atPath: scratch.database + "-journal", toPath: copy + "-journal")
    #expect(try Data(contentsOf: URL(filePath: copy)).range(of: Data("2030-01-01T00:00:00Z".utf8)) != nil)
    try other.run("ROLLBACK")
    let recovered = try #require(try SQLiteStore(existing: copy))
    #expect(try recovered.watermark(ads)?.standing == position(5, 3))
    #expect(try recovered.moves(of: try WatermarkName("x"), limit: nil).isEmpty)
    #expect(!FileManager.default.fileExists(atPath: copy + "-journal"))
  }

  @Test func `a file that is no database, or one cut short, is 65 and says what to do`() throws {
    try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: scratch.database))
    let garbage = #expect(throws: Failure.self) { try SQLiteStore(creating: scratch.database) }
    #expect(garbage?.exit == .badData)
    #expect(garbage?.message.contains("sqlite3 \(scratch.database) .recover") == true)
  }

  /// No crash and no wrong answer: each page in turn, overwritten with noise, zeros or another page of the file.
  @Test func `damage to any page is found, or does not matter`() throws {
    let store = try SQLiteStore(creating: scratch.database)
    for n in 1...400 { _ = try store.advance(ads, by: published(Int64(n), n), signed()) }
    let moves = try store.moves(of: ads, limit: nil)
    let whole = try Data(contentsOf: URL(filePath: scratch.database))
    let pages = whole.count / 4096
    #expect(pages > 15)
    var refused = 0
    for page in 0..<pages {
      let noise = Data((0..<4096).map { _ in UInt8.random(in: 0...255) })
      let other = whole.subdata(in: (pages - 1 - page) * 4096..<(pages - page) * 4096)
      for damage in [noise, Data(count: 4096), other] where damage != whole[page * 4096..<(page + 1) * 4096] {
        var bytes = whole
        bytes.replaceSubrange(page * 4096..<(page + 1) * 4096, with: damage)
        try bytes.write(to: URL(filePath: scratch.database))
        if let failure = use(scratch.database, after: moves) {
          refused += 1
          #expect(failure.exit == .badData, "\(failure)")
        }
      }
    }
    #expect(refused > pages)
  }

  /// What stopped the use of a damaged store; what it did answer has to be right.
  private func use(_ path: String, after moves: [Move]) -> Failure? {
    do throws(Failure) {
      let damaged = try SQLiteStore(creating: path)
      #expect(try damaged.watermark(ads)?.standing == position(400, 400))
      let found = try damaged.moves(of: ads, limit: nil)
      #expect(Set(found.map(\.sequence)).isSubset(of: Set(moves.map(\.sequence))))
      _ = try damaged.advance(ads, by: published(401, 401), signed())
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    (SQLITE_BUSY, Exit.tryAgain), (SQLITE_LOCKED, .tryAgain), (SQLITE_CORRUPT, .badData),
    (SQLITE_NOTADB, .badData),
    (SQLITE_READONLY, .permission), (SQLITE_PERM, .permission), (SQLITE_FULL, .io), (SQLITE_IOERR, .io),
    (SQLITE_IOERR | 1 << 8, .io), (SQLITE_READONLY | 6 << 8, .permission), (SQLITE_CANTOPEN, .cannotCreate),
    (SQLITE_NOMEM, .unavailable), (SQLITE_MISUSE, .software), (SQLITE_CONSTRAINT, .software),
  ])
  func `each of SQLite's answers has its exit code`(_ code: Int32, _ exit: Exit) {
    #expect(Exit(sqlite: code) == exit)
  }

  @Test func `an error names the statement and the code, never a value`() throws {
    let database = try Database.open(try created())
    let failure = #expect(throws: Failure.self) {
      try database.run("INSERT INTO watermark (name) VALUES (?)", [.text("secret")])
    }
    #expect(failure?.message.contains("in 'INSERT INTO watermark (name) VALUES (?)'") == true)
    #expect(failure?.message.contains("SQLite 1299") == true)
    #expect(failure?.message.contains("secret") == false)
  }

  private func created() throws -> String {
    _ = try SQLiteStore(creating: scratch.database)
    return scratch.database
  }

  /// By a connection that is not ours.
  private func execute(_ sql: String) throws {
    var handle: OpaquePointer?
    defer { sqlite3_close_v2(handle) }
    try #require(sqlite3_open(scratch.database, &handle) == SQLITE_OK)
    try #require(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK)
  }
}
