import Failures
import Objects
import Partitions
import Seeded
import Synchronization
import Testing
import Threads
import Watermarks

/// Watermarks in a bucket whose store loses requests and replies, carries out what its sender has given up, and refuses
/// what it should not; and whose writers are killed. Each move is made once, or not at all where that was said.
/// Not tested here: real servers (StoreTests, Pipes/s3-watermarks), stores that lie (ObjectStoreTests).
@Suite struct ObjectFaultTests {
  let scratch: Scratch
  let ads: WatermarkName

  init() throws {
    scratch = try Scratch()
    ads = try WatermarkName("ads")
  }

  /// Something that one process does to a name that has so many moves.
  struct Work: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var moves = 3
    let run: @Sendable (ObjectWatermarkStore, WatermarkName) throws(Failure) -> Void
  }

  static let mark = "the move in question"

  private static let advance: @Sendable (ObjectWatermarkStore, WatermarkName) throws(Failure) -> Void = {
    (store, name) throws(Failure) in
    _ = try store.advance(name, by: published(50, 500), signed(why: mark))
  }

  static let works = [
    Work(testDescription: "the first advance of a store", moves: 0, run: advance),
    Work(testDescription: "an advance", run: advance),
    Work(testDescription: "an advance that writes a piece", moves: 32, run: advance),
    Work(testDescription: "a set") { (store, name) throws(Failure) in
      _ = try store.set(name, to: position(50, nil), signed(why: mark))
    },
    Work(testDescription: "a rewind") { (store, name) throws(Failure) in
      _ = try store.rewind(name, signed(why: mark))
    },
    Work(testDescription: "a rewind to a move in a piece", moves: 36) { (store, name) throws(Failure) in
      _ = try store.rewind(name, signed(why: mark))
    },
    Work(testDescription: "a removal") { (store, name) throws(Failure) in
      try store.remove(name, signed(why: mark))
    },
  ]

  /// What is in the store of a name with so many moves. Of 36 all but the first two keep the position.
  private func prepared(_ work: Work) throws -> [(key: Key, bytes: [UInt8])] {
    try Self.ready.withLock { ready in
      if let objects = ready[work.moves] { return objects }
      let objects = try prepare(work)
      ready[work.moves] = objects
      return objects
    }
  }

  private static let ready = Mutex<[Int: [(key: Key, bytes: [UInt8])]]>([:])

  private func prepare(_ work: Work) throws -> [(key: Key, bytes: [UInt8])] {
    let scratch = try Scratch()
    let store = scratch.objectStore()
    for n in 0..<work.moves {
      let minute = work.moves == 36 ? min(Int64(n), 1) : Int64(n % 40)
      _ = try store.advance(ads, by: published(minute, n + 1), signed(why: String(n)))
    }
    return try scratch.objects.list(ListRequest(prefix: "")).objects.map { object in
      (object.key, try #require(try scratch.objects.read(object.key)).bytes)
    }
  }

  private func scratch(_ objects: [(key: Key, bytes: [UInt8])]) throws -> Scratch {
    let scratch = try Scratch()
    for (key, bytes) in objects { _ = try scratch.objects.write(key, .bytes(bytes), if: .absent) }
    return scratch
  }

  /// The log of the name: contiguous, each move from where the one before went. How often the move in question is in it.
  @discardableResult
  private func check(_ scratch: Scratch, _ context: String) throws -> Int {
    let store = scratch.objectStore()
    let moves = try store.moves(of: ads, limit: nil).reversed() as [Move]
    #expect(
      moves.map(\.sequence) == Array(1...max(moves.count, 1)).prefix(moves.count).map(\.self), "\(context)")
    #expect(moves.first?.from == nil, "\(context)")
    #expect(moves.dropFirst().map(\.from) == moves.dropLast().map(\.to), "\(context)")
    #expect(try store.watermark(ads)?.standing == moves.last?.to, "\(context)")
    return moves.count { $0.signature.why == Self.mark }
  }

  /// The requests that a work makes, each; the quick run takes every third.
  private func victims(_ work: Work, _ objects: [(key: Key, bytes: [UInt8])]) throws -> StrideThrough<Int> {
    let scratch = try scratch(objects)
    let store = UnsteadyStore(scratch.objects)
    try work.run(scratch.objectStore(through: store), ads)
    return stride(from: 1, through: store.requests, by: Sample.rounds(quick: 3, full: 1, long: 1))
  }

  static let faults: [UnsteadyStore.Fault] =
    [.loseRequest, .loseReply, .late(1), .late(1000), .refuse]
    + [.late(2), .late(3), .late(5)].prefix(Sample.rounds(quick: 0, full: 3, long: 3))

  @Test(arguments: works, faults)
  func `whatever happens to a request, a move that is told is made once`(
    _ work: Work, _ fault: UnsteadyStore.Fault
  ) throws {
    let objects = try prepared(work)
    for victim in try victims(work, objects) {
      let scratch = try scratch(objects)
      let store = UnsteadyStore(scratch.objects) { $0.number == victim ? fault : nil }
      try work.run(scratch.objectStore(through: store), ads)
      store.deliver()
      #expect(try check(scratch, "request \(victim)") == 1, "request \(victim)")
    }
  }

  @Test(arguments: works, faults)
  func `without patience a move is made once, or at most once where that is left open`(
    _ work: Work, _ fault: UnsteadyStore.Fault
  ) throws {
    let objects = try prepared(work)
    for victim in try victims(work, objects) {
      let scratch = try scratch(objects)
      let store = UnsteadyStore(scratch.objects) { $0.number >= victim ? $0.suffers(fault) : nil }
      let failure = failure {
        try work.run(scratch.objectStore(through: store, patience: .zero), ads)
      }
      store.deliver()
      let count = try check(scratch, "request \(victim)")
      #expect(failure == nil ? count == 1 : count <= 1, "request \(victim)")
      #expect(failure == nil || failure?.exit == .tryAgain, "request \(victim): \(failure?.message ?? "")")
    }
  }

  @Test(arguments: works, [.killBefore, .killAfter] as [UnsteadyStore.Fault])
  func `killed at any request, the log is whole, and whoever comes next goes on`(
    _ work: Work, _ fault: UnsteadyStore.Fault
  ) throws {
    let objects = try prepared(work)
    for victim in try victims(work, objects) {
      let scratch = try scratch(objects)
      let store = UnsteadyStore(scratch.objects) { $0.number == victim ? fault : nil }
      #expect(throws: Failure.self) { try work.run(scratch.objectStore(through: store), ads) }
      #expect(try check(scratch, "request \(victim)") <= 1, "request \(victim)")
      for n in 0..<(work.moves == 32 ? 18 : 2) {
        _ = try scratch.objectStore().advance(ads, by: published(55, 600 + n), signed(why: "after"))
      }
      try check(scratch, "request \(victim), and more moves")
    }
  }

  @Test(arguments: [2, 4])
  func `of several at once each move is made once, through faults of every kind`(_ writers: Int) throws {
    let rounds = Sample.rounds(quick: 8, full: 60, long: 2000)
    let (scratch, ads) = (scratch, ads)
    let told = Mutex<(made: [String], open: [String])>(([], []))
    _ = try scratch.objectStore().set(ads, to: position(0, 0), signed(why: "first"))
    let stores = (0..<writers).map { writer in
      let random = Mutex(SeededRandom(UInt64(writer)))
      return UnsteadyStore(scratch.objects) { request in
        let dice = random.withLock { $0.next() % 100 }
        switch dice {
        case 0..<6: return .loseRequest
        case 6..<12: return .loseReply
        case 12..<20: return request.writes ? .late(Int(dice) % 7 + 1) : nil
        case 20..<26: return .refuse
        default: return nil
        }
      }
    }
    let failures = parallelMap(count: writers, threads: writers) { (writer) -> [String] in
      (0..<rounds).compactMap { round in
        let patience: Duration = round % 5 == 0 ? .zero : .seconds(60)
        let store = scratch.objectStore(through: stores[writer], patience: patience)
        let why = "\(writer)/\(round)"
        do throws(Failure) {
          _ = try store.set(ads, to: position(Int64(round % 50), nil), signed(why: why))
          told.withLock { $0.made.append(why) }
        } catch {
          guard error.exit == .tryAgain else { return error.message }
          told.withLock { $0.open.append(why) }
        }
        return nil
      }
    }
    #expect(failures.joined().isEmpty)
    for store in stores { store.deliver() }
    try check(scratch, "\(writers) writers")
    let (made, open) = told.withLock { $0 }
    let moves = try scratch.objectStore().moves(of: ads, limit: nil).compactMap(\.signature.why)
    #expect(Set(moves).count == moves.count)
    #expect(Set(made).isSubset(of: moves))
    #expect(Set(moves).isSubset(of: made + open + ["first"]))
    #expect(!made.isEmpty && !open.isEmpty)
  }

  @Test(arguments: faults) func `a lease that is told is had, and by one`(_ fault: UnsteadyStore.Fault) throws
  {
    for victim in 1...20 {
      let scratch = try Scratch()
      let store = UnsteadyStore(scratch.objects) { $0.number == victim ? fault : nil }
      let first = scratch.objectStore(through: store)
      let other = scratch.objectStore()
      guard case .taken(let lease) = try first.take(ads, holder: "a", length: 3_600_000, now: at(0)),
        case .held = try other.take(ads, holder: "b", length: 3_600_000, now: at(0))
      else {
        Issue.record("request \(victim): not taken, or twice")
        continue
      }
      #expect(try first.renew(FencingToken(lease: ads, fence: lease.fence), length: 7_200_000))
      try first.release(FencingToken(lease: ads, fence: lease.fence))
      store.deliver()
      guard case .taken(let next) = try other.take(ads, holder: "b", length: 1, now: at(0)) else {
        Issue.record("request \(victim): not released")
        continue
      }
      #expect(next.fence == lease.fence + 1, "request \(victim)")
    }
  }

  @Test func `a batch that found nothing to do is noted through faults, and never over a move`() throws {
    for fault in Self.faults {
      for victim in 1...2 {
        let scratch = try Scratch()
        _ = try scratch.objectStore().advance(ads, by: published(5, 3), signed())
        let store = UnsteadyStore(scratch.objects) { $0.number == victim ? fault : nil }
        try scratch.objectStore(through: store).markIdle(ads, at: at(40))
        #expect(try scratch.objectStore().watermark(ads)?.idle == at(40))
        _ = try scratch.objectStore().advance(ads, by: published(6, 4), signed(50))
        store.deliver()
        #expect(try scratch.objectStore().watermark(ads)?.generation == 4)
        #expect(try scratch.objectStore().watermark(ads)?.idle == nil)
      }
    }
  }
}

extension UnsteadyStore.Request {
  /// A store that refuses the probe again and again what it should grant is one that is not fit.
  fileprivate func suffers(_ fault: UnsteadyStore.Fault) -> UnsteadyStore.Fault? {
    fault == .refuse && key.description.contains(".probe/") ? nil : fault
  }
}

/// What the body fails with; nil where it does not.
func failure(_ body: () throws -> Void) -> Failure? {
  do {
    try body()
    return nil
  } catch { return error as? Failure ?? Failure(.software, "\(error)") }
}
