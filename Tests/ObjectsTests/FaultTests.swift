import Failures
import HTTP
import Loopback
import Seeded
import Testing
import Threads

@testable import Objects

/// The matrix: each operation of the S3 store, under each fault that can happen to it, at its first request, at the one
/// in the middle of three, and at every one: 909 cells, each with what comes of it and how many requests that takes, as the
/// server counts them. The quick size takes every ninth.
///
/// Not tested here: bodies of objects that break on their way, and uploads in parts, which have suites of their own. Refused
/// connections and unknown hosts stand beside the matrix, since no server can answer with them.
@Suite struct FaultTests {
  @Test func `Every operation under every fault`() throws {
    #expect(FaultCell.all.count == 909)
    let step = Sample.rounds(quick: 9, full: 1, long: 1)
    let cells = FaultCell.all.enumerated().filter { $0.offset % step == 0 }.map(\.element)
    let stage = FaultStage(cells)
    let server = try Loopback { connection, _ in stage.serve(connection) }
    let wrong = parallelMap(count: cells.count, threads: 48) { stage.complaint(about: $0, at: server.url) }
    #expect(wrong.compactMap(\.self) == [])
  }

  private func store(
    _ url: String, patience: Double, base: Double = 0.001,
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> S3Store {
    var settings = StoreSettings()
    settings.patience = patience
    settings.leastIdle = 0.5
    settings.note = note
    return try FaultStage.store(at: url, bucket: "b", settings, base: base)
  }

  @Test func `Nobody listens: tried again, and said so`() throws {
    let store = try store("http://127.0.0.1:\(try Loopback.deadPort())", patience: 0.05)
    let found = try #require(error { try store.list(ListRequest(prefix: "")) })
    #expect(found.exit == .tryAgain && found.reason.hasPrefix("nothing answers at 127.0.0.1:"))
    #expect(found.reason.contains("; gave up after \(store.requests) attempt"))
  }

  @Test func `A host that was never heard of is a mistyped one`() throws {
    // Too long a name to ask anybody for.
    let host = String(repeating: "x", count: 64) + ".invalid"
    let store = try store("http://\(host)", patience: 60)
    #expect(
      error { try store.list(ListRequest(prefix: "")) } == .io(.unavailable, "there is no host \(host)"))
    #expect(store.requests == 1)
  }

  @Test func `A pause that the store asks for is kept, and not begun where it is too long`() throws {
    let busy = FaultCell.answer(503, "SlowDown", "Retry-After: 0.3\r\n")
    let log = Log()
    let server = try Loopback.answering([busy, FaultCell.good(.list)], log: log)
    let start = ContinuousClock.now
    #expect(try store(server.url, patience: 5).list(ListRequest(prefix: "")).objects.count == 1)
    #expect(ContinuousClock.now - start >= .milliseconds(280))
    #expect(log.requests.count == 2)
    let long = try Loopback.answering([FaultCell.answer(503, "SlowDown", "Retry-After: 120\r\n")])
    #expect(
      error { try store(long.url, patience: 60).list(ListRequest(prefix: "")) }
        == .unavailable(
          "the store can't answer now (503 SlowDown); gave up after 1 attempt in 0 s, since the store asks for a pause"
            + " of 120 s"))
  }

  @Test func `The pause holds for what did not fail itself, a conditional write too`() throws {
    let log = Log()
    let answers = [
      FaultCell.answer(503, "SlowDown", "Retry-After: 0.3\r\n"),
      FaultCell.answer(503, "SlowDown", "Retry-After: 0.3\r\n"), FaultCell.good(.list),
    ]
    let store = try store(try Loopback.answering(answers, log: log).url, patience: 5)
    let start = ContinuousClock.now
    for _ in 0..<2 {
      #expect(error { try store.write("k", .bytes([1]), if: .absent) }?.exit == .tryAgain)
    }
    #expect(ContinuousClock.now - start >= .milliseconds(280))
    _ = try store.list(ListRequest(prefix: ""))
    #expect(ContinuousClock.now - start >= .milliseconds(580))
    #expect(log.requests.count == 3)
  }

  @Test func `Who has less patience than the store asks for does not ask`() throws {
    let log = Log()
    let busy = FaultCell.answer(503, "SlowDown", "Retry-After: 120\r\n")
    let store = try store(try Loopback.answering([busy], log: log).url, patience: 60)
    for condition in [WriteCondition.absent, .absent, .always] {
      #expect(error { try store.write("k", .bytes([1]), if: condition) }?.exit == .tryAgain)
    }
    #expect(log.requests.count == 1)
  }

  @Test func `A pause that comes with an answer that stays is nobody's`() throws {
    let gone = FaultCell.answer(404, "NoSuchKey", "Retry-After: 86400\r\n")
    let answers = [gone, FaultCell.answer(500, "InternalError"), FaultCell.good(.list)]
    let store = try store(try Loopback.answering(answers).url, patience: 5)
    #expect(error { try store.open("k", tag: nil) } == .notFound(.object))
    #expect(try store.list(ListRequest(prefix: "")).objects.count == 1)
  }

  @Test(arguments: [(1260, "21 minutes behind"), (-1260, "21 minutes ahead of"), (900_000, "10 days behind")])
  func `A clock that is wrong is said once, and the store's is used from then on`(_ row: (Int64, String))
    throws
  {
    let notes = Notes()
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        _ = log.add(request)
        let now = AWSTime.now() + row.0
        let isRight = request.header("x-amz-date").map { abs((Stamp.seconds($0) ?? 0) - now) < 60 } == true
        let date = "Date: \(HTTPDate.text(now))\r\n"
        connection.send(isRight ? FaultCell.good(.list) : FaultCell.answer(403, "RequestTimeTooSkewed", date))
      }
    }
    let store = try store(server.url, patience: 5) { notes.add($0) }
    for _ in 0..<3 { #expect(try store.list(ListRequest(prefix: "")).objects.count == 1) }
    #expect(log.requests.count == 4)
    #expect(
      notes.lines == ["the clock of this machine is \(row.1) the store's; requests are signed by the store's"]
    )
  }

  @Test func `While it waits it says why, and then that it waits no more`() throws {
    let notes = Notes()
    let server = try Loopback.answering([FaultCell.answer(500, "InternalError"), FaultCell.good(.list)])
    var settings = StoreSettings()
    settings.waiting = { notes.add($0 ?? "over") }
    let store = try FaultStage.store(at: server.url, bucket: "b", settings, base: 0.001)
    _ = try store.list(ListRequest(prefix: ""))
    #expect(notes.lines == ["the store can't answer now (500 InternalError); trying again", "over"])
  }

  @Test func `Pauses grow to their cap, and are drawn from all of the range`() {
    let retries = Retries(patience: 60)
    #expect((1...8).map(retries.longestPause) == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5])
    #expect(retries.longestPause(after: .max) == 5)
  }
}
