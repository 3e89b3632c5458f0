import Failures
import Objects
import Seeded
import Synchronization
import Testing

@testable import Publishing

/// Kills, lost replies, other publishers and the collector, at each step of a publish.
///
/// The invariants of PROTOCOL.md that publishing answers for: what is current is whole, generations follow each other,
/// nothing that was acknowledged is lost, and a clean run from any state ends well.
/// Not tested here: kill -9 of real processes, power cuts.
@Suite struct FaultTests {
  /// A destination at generation 2, and the build of the third batch. It carries a segment over that was made on
  /// generation 1 and never published, as a batch that was overtaken leaves behind; its file lies there, too.
  struct Stage {
    let bench: Workbench
    let third: BuiltIndex

    init(_ place: Workbench.Place) throws {
      bench = try Workbench(place)
      let first = try bench.build(["a", "x"], at: minute(0))
      try bench.publish(first, after: .exactly(0))
      try bench.publish(try bench.build(["a", "x", "b"], at: minute(1), on: 1), after: .exactly(1))
      let left = try bench.build(["left"], on: 1)
      let name = left.manifest.segments[0].name
      _ = try bench.destination.place.store.write(
        bench.destination.place.key("segments/" + name), .file(path: "\(bench.work)/segments/\(name)"),
        if: .always)
      var manifest = try bench.build(["a", "x", "c"], at: minute(2), on: 2).manifest
      manifest.segments[0].name = first.manifest.segments[0].name
      manifest.segments += left.manifest.segments
      third = try BuiltIndex(
        first.location, manifest: manifest, files: first.files, stores: Stores())
    }

    static let before = Workbench.Contents(generation: 2, layers: [["segment a", "segment x", "segment b"]])
    static let after = Workbench.Contents(
      generation: 3, layers: [["segment a", "segment x", "segment c", "segment left"]])

    /// How many requests a publish of the third batch takes.
    static func length(_ place: Workbench.Place) throws -> Int {
      let stage = try Stage(place)
      let counter = Counter()
      let bench = stage.bench.through { counter.watch($0) }
      try bench.publish(stage.third, after: .exactly(2))
      return counter.count
    }
  }

  final class Counter: Sendable {
    private let store = Mutex<FaultyStore?>(nil)
    func watch(
      _ inner: any ObjectStore,
      fault: @escaping @Sendable (Int, Key, Bool) -> FaultyStore.Fault? = { _, _, _ in nil }
    ) -> FaultyStore {
      let faulty = FaultyStore(inner, fault: fault)
      store.withLock { $0 = faulty }
      return faulty
    }
    var count: Int { store.withLock { $0?.count ?? 0 } }
    var hurries: [Double] { store.withLock { $0?.hurries ?? [] } }
    var settled: [Key] { store.withLock { $0?.settled ?? [] } }
  }

  static let kinds: [FaultyStore.Fault] = [.killBefore, .killAfter]
  static let places: [Workbench.Place] = [.memory, .local]

  @Test(arguments: places, kinds)
  func `killed at any request, the index is old or new and whole, and a clean run completes it`(
    _ place: Workbench.Place, _ kind: FaultyStore.Fault
  ) throws {
    let length = try Stage.length(place)
    #expect(length >= 6)
    for victim in 1...length {
      let stage = try Stage(place)
      let killed = failure {
        try stage.bench.through { FaultyStore($0, fault: { number, _, _ in number == victim ? kind : nil }) }
          .publish(stage.third, after: .exactly(2))
      }
      #expect(killed != nil, "request \(victim)")
      let seen = try #require(try stage.bench.contents())
      #expect(seen == Stage.before || seen == Stage.after, "request \(victim)")
      try stage.bench.collect(keep: 1)
      let again = try stage.bench.publish(stage.third, after: .exactly(2))
      #expect(again.generation == 3 && again.isSuperseded == (seen == Stage.after), "request \(victim)")
      try stage.bench.collect(keep: 1)
      #expect(try stage.bench.contents() == Stage.after, "request \(victim)")
      #expect(try stage.bench.destination.history().prefix(2).map(\.number) == [3, 2])
    }
  }

  @Test(arguments: places, [FaultyStore.Fault.loseReply, .loseRequest])
  func `a swap of which the reply is lost is committed once`(
    _ place: Workbench.Place, _ kind: FaultyStore.Fault
  ) throws {
    for losses in 1...3 {
      let stage = try Stage(place)
      let box = Box(left: losses)
      let outcome = try stage.bench.through {
        FaultyStore($0, fault: { _, key, writes in isSwap(key, writes) && box.take() ? kind : nil })
      }.publish(stage.third, after: .exactly(2))
      #expect(outcome.isPublished && outcome.generation == 3)
      #expect(try stage.bench.contents() == Stage.after)
      #expect(try stage.bench.destination.pointer()?.pointer.commits.map(\.generation) == [1, 2, 3])
    }
  }

  final class Box: Sendable {
    private let left: Mutex<Int>
    init(left: Int) { self.left = Mutex(left) }
    func take() -> Bool {
      left.withLock { left in
        left -= 1
        return left >= 0
      }
    }
  }

  @Test func `what others wrote is made durable before it is relied on`() throws {
    let stage = try Stage(.local)
    let counter = Counter()
    let bench = stage.bench.through { counter.watch($0) }
    try bench.publish(stage.third, after: .exactly(2))
    #expect(counter.settled == [])
    #expect(try bench.publish(stage.third, after: .exactly(2)).isSuperseded)
    #expect(counter.settled == ["CURRENT"])
    // A segment that a killed run left under the very name that is needed.
    let fourth = try bench.build(["fourth"], on: 3)
    let key = Key("segments/" + fourth.manifest.segments[0].name)
    _ = try bench.destination.place.store.write(key, .bytes(Array("segment fourth".utf8)), if: .always)
    guard case .published(_, uploaded: 0) = try bench.publish(fourth, after: .exactly(3), { $0.force = true })
    else {
      throw Failure(.software, "it was sent again")
    }
    #expect(counter.settled == ["CURRENT", key])
  }

  /// Its objects can't be read to their end, as where the store's own checksum tells that they are damaged.
  private struct DamagedStore: ObjectStore {
    final class Body: ObjectBody {
      var error: StoreError? { .unavailable("what came does not fit its checksum, sha256") }
      func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        throw Failure(.tryAgain, "damaged")
      }
    }

    let inner: any ObjectStore
    func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
      let object = try inner.open(key, tag: tag)
      return OpenObject(tag: object.tag, bytes: object.bytes, body: Body())
    }
    func list(_ request: ListRequest) throws(StoreError) -> ListPage { try inner.list(request) }
    func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
      try inner.write(key, contents, if: condition)
    }
    func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try inner.info(key) }
    func remove(_ key: Key) throws(StoreError) { try inner.remove(key) }
    var requests: Int { 0 }
  }

  @Test func `a leftover that the store finds damaged is written over`() throws {
    let bench = try Workbench(.memory)
    let built = try bench.build(["a"])
    let key = bench.destination.place.key("segments/" + built.manifest.segments[0].name)
    _ = try bench.destination.place.store.write(key, .bytes(Array("segment x".utf8)), if: .always)
    let damaged = bench.through { DamagedStore(inner: $0) }
    let upload = Upload(
      destination: damaged.destination, source: built.files, published: [], stamp: 0, isRepeated: true)
    #expect(try upload.send(upload.plan(built.manifest).transfers) == 1)
    #expect(try bench.destination.place.store.read(key)?.bytes == Array("segment a".utf8))
  }

  @Test func `a store that never answers ends in 75, without a receipt`() throws {
    let stage = try Stage(.memory)
    let counter = Counter()
    let error = failure {
      try stage.bench.through {
        counter.watch($0, fault: { _, key, writes in isSwap(key, writes) ? .loseRequest : nil })
      }.publish(stage.third, after: .exactly(2)) { $0.patience = .milliseconds(50) }
    }
    #expect(error?.exit == .tryAgain)
    // The store's own patience is bounded by what is left.
    let hurries = counter.hurries
    #expect(hurries.count > 1 && hurries == hurries.sorted(by: >) && hurries.allSatisfy { $0 <= 0.05 })
    #expect(try stage.bench.contents() == Stage.before)
  }

  @Test func `a pointer that is deleted under way is not begun anew`() throws {
    let stage = try Stage(.memory)
    let inner = stage.bench.destination.place.store
    let key = stage.bench.destination.place.key("CURRENT")
    let error = failure {
      try stage.bench.through { FaultyStore($0, before: { if $0 == 3 { try? inner.remove(key) } }) }
        .publish(stage.third, after: .current)
    }
    #expect(error?.exit == .badData && error?.message.contains("deleted") == true)
    #expect(try inner.info(key) == nil)
  }

  @Test(arguments: places)
  func `another batch that gets through at any request wins, and is whole`(_ place: Workbench.Place) throws {
    for moment in 1...(try Stage.length(place)) {
      let stage = try Stage(place)
      let bench = stage.bench
      let other = try bench.build(["a", "x", "other"], at: minute(2), on: 2)
      let outcome = try bench.through {
        FaultyStore($0, before: { if $0 == moment { _ = try? bench.publish(other, after: .exactly(2)) } })
      }.publish(stage.third, after: .exactly(2))
      #expect(outcome.isSuperseded && outcome.generation == 3, "request \(moment)")
      #expect(
        try bench.contents()?.layers == [["segment a", "segment x", "segment other"]], "request \(moment)")
    }
  }

  @Test(arguments: places)
  func `a base that gets through at any request does not cost the batch`(_ place: Workbench.Place) throws {
    for moment in 1...(try Stage.length(place)) {
      let stage = try Stage(place)
      let bench = stage.bench
      let base = try bench.build(["base"], at: minute(0))
      let outcome = try bench.through {
        FaultyStore(
          $0, before: { if $0 == moment { _ = try? bench.publish(base, after: .current, base: true) } })
      }.publish(stage.third, after: .exactly(2))
      #expect(outcome.isPublished && outcome.generation == 4, "request \(moment)")
      #expect(try bench.contents()?.layers == [["segment base"]] + Stage.after.layers, "request \(moment)")
    }
  }

  @Test(arguments: places)
  func `a base that batches overtake is sent once`(_ place: Workbench.Place) throws {
    let bench = try Workbench(place)
    let first = try bench.publish(try bench.build(["d0"], at: minute(1)), after: .exactly(0))
    let box = Box(left: 3)
    let slow = bench.through { inner in
      FaultyStore(
        inner,
        fault: { _, key, writes in
          guard isSwap(key, writes), box.take(), let current = try? bench.destination.current() else {
            return nil
          }
          let number = current.generation.number
          guard let delta = try? bench.build(["d\(number)"], at: minute(1), on: number) else { return nil }
          _ = try? bench.publish(delta, after: .exactly(number))
          return nil
        })
    }
    let outcome = try slow.publish(try bench.build(["big"], at: minute(0)), after: .current, base: true)
    guard case .published(let generation, uploaded: 1) = outcome else {
      throw Failure(.software, "\(outcome)")
    }
    #expect(first.generation == 1 && generation.number == 5)
    #expect(try bench.contents()?.layers == [["segment big"], ["segment d3"]])
    try bench.collect()
    #expect(try bench.contents()?.layers == [["segment big"], ["segment d3"]])
  }

  @Test(arguments: places)
  func `a collector at any request of a publish takes nothing that is needed`(_ place: Workbench.Place) throws
  {
    for moment in 1...(try Stage.length(place)) {
      let stage = try Stage(place)
      let bench = stage.bench
      try bench.through { FaultyStore($0, before: { if $0 == moment { _ = try? bench.collect() } }) }
        .publish(stage.third, after: .exactly(2))
      #expect(try bench.contents() == Stage.after, "request \(moment)")
    }
  }

  @Test(arguments: places)
  func `publishes at any request of a collector lose nothing`(_ place: Workbench.Place) throws {
    for moment in 1... {
      let stage = try Stage(place)
      let bench = stage.bench
      let counter = Counter()
      let slow = bench.through { inner in
        FaultyStore(
          counter.watch(inner),
          before: { number in
            guard number == moment else { return }
            _ = try? bench.publish(stage.third, after: .exactly(2))
            guard let older = try? bench.destination.history().last else { return }
            _ = try? Publisher(bench.destination) { _ in }.publish(
              .rollback(older), from: .of(bench.destination), receipts: [], .init(after: .current))
          })
      }
      try slow.collect()
      if counter.count < moment {
        #expect(moment > 4)
        break
      }
      // The collector may have been faster than the rollback, and then it was refused.
      let seen = try #require(try bench.contents(), "request \(moment)")
      #expect(seen.generation == 3 || seen.generation == 4, "request \(moment)")
    }
  }

  @Test(arguments: Workbench.Place.all)
  func `publishers at once: generations follow each other, and each acknowledged one is there`(
    _ place: Workbench.Place
  ) throws {
    let bench = try Workbench(place)
    let writers = 6
    // 100,000 publishes in the long run.
    let many = Sample.rounds(quick: 12, full: 40, long: 100_000 / writers)
    let rounds = place == .s3 ? Sample.rounds(quick: 3, full: 3, long: 100) : many
    let acknowledged = Mutex<[Int: String]>([:])
    let failed = Mutex<[String]>([])
    runThreads(writers) { writer in
      var generation = 0
      for round in 0..<rounds {
        do {
          let name = "w\(writer)r\(round)"
          let built = try bench.build([name], at: minute(0), on: generation)
          let outcome = try bench.publish(built, after: .exactly(generation))
          if case .published(let published, _) = outcome {
            acknowledged.withLock { $0[published.number] = name }
            if published.number != generation + 1 {
              failed.withLock { $0.append("skipped: \(published.number)") }
            }
          }
          generation = outcome.generation ?? generation
        } catch { failed.withLock { $0.append("\(error)") } }
      }
    }
    #expect(failed.withLock { $0 } == [])
    let history = try bench.destination.history()
    let names = acknowledged.withLock { $0 }
    #expect(history.map(\.number) == Array((1...history.count).reversed()))
    #expect(history.count == names.count && history.count >= rounds)
    for generation in history {
      let content = Array("segment \(names[generation.number] ?? "?")".utf8)
      #expect(generation.delta?.index.segments.map(\.bytes) == [content.count])
      #expect(generation.delta?.index.segments.map(\.sha256) == [digest(content)])
    }
    #expect(try bench.contents()?.layers == [["segment \(names[history.count] ?? "?")"]])
  }

  @Test(arguments: places)
  func `bases by hand and batches at once: every one gets in`(_ place: Workbench.Place) throws {
    let bench = try Workbench(place)
    let failed = Mutex<[String]>([])
    runThreads(3) { writer in
      do {
        for round in 0..<6 {
          if writer == 0 {
            let current = try bench.destination.current()?.generation.number ?? 0
            try bench.publish(
              try bench.build(["d\(round)"], at: minute(9), on: current), after: .exactly(current))
          } else {
            try bench.publish(
              try bench.build(["b\(writer).\(round)"], at: minute(1)), after: .current, base: true)
          }
          _ = try bench.contents()
        }
      } catch { failed.withLock { $0.append("\(error)") } }
    }
    #expect(failed.withLock { $0 } == [])
    #expect(try bench.contents()?.generation == 18)
  }
}

private func isSwap(_ key: Key, _ writes: Bool) -> Bool {
  writes && key.bytes.reversed().starts(with: "TNERRUC".utf8)
}
