import Bytes
import Failures
import Fields
import Foundation
import Lines
import Objects
import Seeded
import Synchronization
import Testing

@testable import Deltas
@testable import Segments

/// Shards whose work directories live in a store: machine by machine, with what damages or loses any of its objects.
/// Not tested here: processes that are killed, S3 (Tests/Pipes/76-state, s3-state), what a fed build makes of it.
@Suite struct StoredTests {
  private let one = IncrementalTests()

  private func fields() throws -> Fields {
    try Fields.parse(Array(FoldPropertyTests.files[2].joined(separator: "\n").utf8), name: "test")
  }

  private func place(_ store: any ObjectStore) -> StateStore {
    StateStore(StorePlace(.local(path: Array("state".utf8)), store: store, key: Key("state")))
  }

  /// One shard, as delta-build builds it; and what it had to say.
  private func build(
    _ shard: String, of input: BuildInput, in work: Place, _ store: any ObjectStore, last: String?,
    threads: Int = 1
  ) throws -> (receipt: Receipt, notes: [String]) {
    let build = try one.build(
      fields(), in: work, shard: try #require(Shard(shard)), threads: threads)
    let stored = StoredWork(build, in: place(store), jobs: threads)
    var notes: [String] = []
    try stored.fetch(last) { notes.append($0) }
    if case .built(let receipt) = build.standing(of: input) { return (try stored.send(receipt), notes) }
    return (try stored.send(try build.run(input)), notes)
  }

  private func beginning(
    _ input: BuildInput, _ store: any ObjectStore, shards: Int, skipBad: Int = 0
  ) throws -> Batch? {
    let reading = SliceReading(
      fields: try fields(), stores: Stores(), skipBad: skipBad, threads: 1, jobs: 1)
    return try StoredBeginning(place(store), reading, shards: shards, jobs: 2).run(input)
  }

  private func join(
    _ receipts: [Receipt], _ input: BuildInput, _ store: any ObjectStore, after last: String?
  ) throws -> Batch {
    let shards = try receipts.enumerated().map { number, receipt in
      try BuiltShard(
        Batch(receipts: input.receipts + [receipt]), name: "receipt \(number)", in: place(store))
    }
    return try Join(shards).run(in: place(store), after: last, patience: .zero, jobs: 2)
  }

  private struct Producing {
    var producer: IncrementalTests.Producer
    let place: Place

    init(_ fields: Fields, _ seed: UInt64, objects: Int) throws {
      place = try Place()
      producer = IncrementalTests.Producer(place: place, fields: fields, random: SeededRandom(seed))
      producer.names = 30
      try producer.append(objects)
    }
  }

  // MARK: - Machines

  @Test(arguments: [2, 1, 3].prefix(Sample.rounds(quick: 2, full: 3, long: 3)))
  func `any machine goes on from what another one left`(_ count: Int) throws {
    var producing = try Producing(fields(), UInt64(count), objects: 10)
    let directory = try Place()
    for store in [MemoryStore(), LocalStore(root: directory.path)] as [any ObjectStore] {
      let (home, homes) = (MemoryStore(), try (0..<count).map { _ in try Place() })
      var machines = try (0..<2).map { _ in try (0..<count).map { _ in try Place() } }
      var (id, homeStates, segments) = (String?.none, [String?](repeating: nil, count: count), 0)
      for batch in 0..<Sample.rounds(quick: 6, full: 12, long: 40) {
        let input = try one.input(producing.producer.objects, generation: batch)
        let whole = try Place()
        _ = try one.build(fields(), in: whole).run(input)
        let begun = try #require(try beginning(input, store, shards: count))
        #expect(begun.receipts[0]["id"] == id ?? "none")
        var receipts: [Receipt] = []
        for number in 0..<count {
          let shard = "\(number + 1)/\(count)"
          let last = begun.receipts[number + 1]["state"]
          let machine = producing.producer.random.next() % 2 == 0 ? 0 : 1
          // Now and then one is lost.
          if batch % 5 == 4 { machines[machine][number] = try Place() }
          let built = try build(
            shard, of: input, in: machines[machine][number], store, last: last == "none" ? nil : last,
            threads: 1 + batch % 3)
          #expect(built.notes == [])
          receipts.append(built.receipt)
          // The same on one machine, all the time.
          let alone = try build(shard, of: input, in: homes[number], home, last: homeStates[number])
          #expect(alone.receipt["state"] == built.receipt["state"])
          homeStates[number] = alone.receipt["state"]
        }
        let printed = try join(receipts, input, store, after: id)
        let index = try #require(printed.receipt("index"))
        id = index["id"]
        #expect(index["location"] == "state/builds/\(id ?? "").json")
        #expect(try content(of: index, store) == one.content(whole), "batch \(batch)")
        segments = max(segments, Int(index["segments"] ?? "") ?? 0)
        _ = try StateCleaning(place(store), grace: 0, jobs: 2).run()
        try producing.producer.step()
      }
      #expect(segments > count, "no shard was built on its last one")
    }
  }

  /// The index that a receipt names, read from the store.
  private func content(of index: Receipt, _ store: any ObjectStore) throws -> IncrementalTests.Content {
    let place = place(store)
    let work = try Place()
    let manifest = try place.manifest(try #require(index["id"]))
    try install(manifest, from: place, in: WorkDirectory(work.path))
    return try one.content(work)
  }

  private func install(_ manifest: IndexManifest, from place: StateStore, in directory: WorkDirectory) throws
  {
    for name in manifest.segments.flatMap({ [$0.name] + ($0.live.map { [$0.name] } ?? []) }) {
      let found = try #require(try place.read("segments/" + name))
      try directory.segments.write(name, found.bytes)
    }
    let head = StateHead(
      build: manifest.id, generation: 0, touched: 0, bad: 0, late: nil, shard: nil, format: "")
    try directory.install(.init(manifest: manifest, head: head, runs: [], keys: []))
  }

  @Test func `what a shard leaves is a function of the slice and the last state`() throws {
    let producing = try Producing(fields(), 7, objects: 30)
    let objects = producing.producer.objects
    let first = try one.input(Array(objects.prefix(25)), generation: 1)
    let second = try one.input(objects, generation: 2)
    var hashes: Set<String?> = []
    for (threads, isFresh) in [(1, false), (4, true), (3, false)] {
      let store = MemoryStore()
      let work = try Place()
      let last = try build("1/2", of: first, in: work, store, last: nil, threads: threads).receipt["state"]
      let then = try build(
        "1/2", of: second, in: isFresh ? Place() : work, store, last: last, threads: threads)
      // Once more, on the machine that has it all, and elsewhere.
      for place in [work, try Place()] {
        let again = try build("1/2", of: second, in: place, store, last: last, threads: threads)
        #expect(again.receipt == then.receipt)
      }
      // A work directory that went another way has no say.
      _ = try build("2/2", of: second, in: work, store, last: nil)
      #expect(try build("1/2", of: second, in: work, store, last: last).receipt == then.receipt)
      // From its own outcome nothing is built.
      let retry = try build("1/2", of: second, in: Place(), store, last: then.receipt["state"])
      #expect(retry.receipt == then.receipt)
      hashes.insert(then.receipt["state"])
    }
    #expect(hashes.count == 1)
  }

  // MARK: - Damage

  private enum Damage: CaseIterable { case removed, cut, flipped, exchanged }

  @Test func `what is missing or damaged in the store makes a build begin from nothing, and no wrong one`()
    throws
  {
    let producing = try Producing(fields(), 3, objects: 8)
    let first = try one.input(Array(producing.producer.objects.prefix(7)), generation: 1)
    let second = try one.input(producing.producer.objects, generation: 2)
    let (home, work) = (MemoryStore(), try Place())
    let last = try #require(try build("1/2", of: first, in: work, home, last: nil).receipt["state"])
    let expected = try one.content(work)
    let keys = try keys(of: home)
    #expect(keys.count >= 7 + 3 + 1)
    for (number, key) in keys.enumerated() {
      for (kind, damage) in Damage.allCases.enumerated() where Sample.picks(number + kind, of: 4) {
        let (store, other) = (try copy(of: home), try copy(of: home))
        for store in [store, other] { try Self.harm(key, in: store, damage, other: keys.first { $0 != key }) }
        // Where all is at hand nothing is missed, but for what says what it is.
        let near = try build("1/2", of: second, in: work, store, last: last)
        let isDescription = ["states", "builds"].contains { key.description.contains($0) }
        #expect(near.notes.isEmpty != isDescription, "\(key) \(damage)")
        let distant = try Place()
        let far = try build("1/2", of: second, in: distant, other, last: last)
        #expect(far.notes.count == 1)
        #expect(try one.content(distant) == one.content(work), "\(key) \(damage)")
        #expect(near.receipt["documents"] == far.receipt["documents"])
        // Then all is there that the next one needs.
        #expect(try build("1/2", of: second, in: Place(), other, last: far.receipt["state"]).notes == [])
        _ = try build("1/2", of: first, in: work, home, last: nil)
        #expect(try one.content(work) == expected)
      }
    }
  }

  private static func harm(_ key: Key, in store: MemoryStore, _ damage: Damage, other: Key?) throws {
    var bytes = try store.read(key)?.bytes ?? []
    switch damage {
    case .removed: return try store.remove(key)
    case .cut: bytes.removeLast(2)
    case .flipped: bytes[bytes.count / 2] ^= 1
    case .exchanged: bytes = try store.read(other ?? key)?.bytes ?? []
    }
    _ = try store.write(key, .bytes(bytes), if: .always)
  }

  private func keys(of store: any ObjectStore) throws -> [Key] {
    try store.list(ListRequest(prefix: Key("state/"))).objects.map(\.key)
  }

  private func copy(of store: MemoryStore) throws -> MemoryStore {
    let copy = MemoryStore()
    for key in try keys(of: store) {
      _ = try copy.write(key, .bytes(try store.read(key)?.bytes ?? []), if: .always)
    }
    return copy
  }

  /// A shard of which every record is fed, or none where there is a last one; of no records.
  private func feed(
    _ shard: String, of input: BuildInput, in work: Place, _ store: any ObjectStore, last: String?
  ) throws -> Receipt {
    let build = try one.build(fields(), in: work, shard: try #require(Shard(shard)))
    let stored = StoredWork(build, in: place(store), jobs: 2, isFed: true)
    try stored.fetch(last)
    return try stored.send(try build.run(input, fed: try Feeding(build, input).finish()))
  }

  /// Else it would be one without the records that nobody feeds again.
  @Test func `what is fed begins from nothing only where a driver was told`() throws {
    let producing = try Producing(fields(), 3, objects: 4)
    let first = try one.input(Array(producing.producer.objects.prefix(3)), generation: 1)
    let second = try one.input(producing.producer.objects, generation: 2)
    let home = MemoryStore()
    let receipts = try (1...2).map { try feed("\($0)/2", of: first, in: Place(), home, last: nil) }
    _ = try join(receipts, first, home, after: nil)
    let told = try #require(try beginning(second, home, shards: 2))
    #expect(told.receipts.dropFirst().map { $0["state"] } == receipts.map { $0["state"] })
    #expect(told.objects == Array(second.objects.suffix(1)))
    var lost = 0
    for key in try keys(of: home) {
      for damage in Damage.allCases {
        let store = try copy(of: home)
        try Self.harm(key, in: store, damage, other: try keys(of: home).first { $0 != key })
        do {
          for number in 1...2 {
            _ = try feed("\(number)/2", of: second, in: Place(), store, last: receipts[number - 1]["state"])
          }
        } catch let failure as Failure {
          #expect(failure.exit == .tryAgain, "\(key): \(failure.message)")
          lost += 1
          let next = try #require(try beginning(second, store, shards: 2))
          #expect(next.receipts.dropFirst().map { $0["state"] } == ["none", "none"])
          #expect(next.objects == second.objects)
        }
      }
    }
    #expect(lost > 4 * Damage.allCases.count)
    // A state of the other kind.
    let read = try build("1/2", of: first, in: Place(), home, last: nil).receipt["state"]
    do {
      _ = try feed("1/2", of: second, in: Place(), home, last: read)
      Issue.record("it went on from what was read")
    } catch let failure as Failure { #expect(failure.exit == .configuration) }
    #expect(try build("1/2", of: second, in: Place(), home, last: receipts[0]["state"]).notes.count == 1)
  }

  // MARK: - Faults

  @Test(arguments: FailingStore.Fault.allCases)
  private func `whichever request fails, the next attempt leaves the same`(_ fault: FailingStore.Fault) throws
  {
    let producing = try Producing(fields(), 5, objects: 6)
    let first = try one.input(Array(producing.producer.objects.prefix(4)), generation: 1)
    let second = try one.input(producing.producer.objects, generation: 2)
    let home = MemoryStore()
    let states = try (1...2).map {
      try #require(try build("\($0)/2", of: first, in: Place(), home, last: nil).receipt["state"])
    }
    let firstReceipts = try (1...2).map {
      try build("\($0)/2", of: first, in: Place(), home, last: nil).receipt
    }
    let id = try #require(try join(firstReceipts, first, home, after: nil).receipt("index")?["id"])
    func batch(_ store: any ObjectStore, _ work: [Place]) throws -> Batch {
      let receipts = try (1...2).map {
        try build("\($0)/2", of: second, in: work[$0 - 1], store, last: states[$0 - 1]).receipt
      }
      let printed = try join(receipts, second, store, after: id)
      _ = try StateCleaning(place(store), grace: 0, jobs: 1).run()
      return printed
    }
    let clean = FailingStore(try copy(of: home))
    let wanted = try batch(clean, [Place(), Place()])
    let rest = try Set(keys(of: clean))
    for number in 1...clean.count where Sample.picks(number, of: 5) {
      let (store, work) = (try copy(of: home), [try Place(), try Place()])
      do {
        #expect(try batch(FailingStore(store, (number, fault)), work) == wanted)
      } catch let failure as Failure {
        #expect(failure.exit == .tryAgain || failure.reason == "killed", "\(number): \(failure.message)")
      }
      // No pointer leads to what isn't there, whatever was done.
      let last = try #require(try place(store).lastJoin())
      let joined = try place(store).joined(last.id)
      for state in try #require(joined).states {
        let files = try place(store).state(state).files
        for file in files { #expect(try store.info(Key("state/" + file.object))?.bytes == Int64(file.bytes)) }
      }
      #expect(try batch(store, [work[0], Place()]) == wanted, "request \(number)")
      #expect(try Set(keys(of: store)) == rest, "request \(number)")
    }
  }

  // MARK: - Joining

  @Test func `of two joins that follow one build, one is made`() throws {
    let producing = try Producing(fields(), 9, objects: 6)
    let store = MemoryStore()
    let inputs = try (4...6).map {
      try one.input(Array(producing.producer.objects.prefix($0)), generation: $0)
    }
    let receipts = try inputs.map { input in
      try (1...2).map { try build("\($0)/2", of: input, in: Place(), store, last: nil).receipt }
    }
    let first = try join(receipts[0], inputs[0], store, after: nil).receipt("index")?["id"]
    let second = try join(receipts[1], inputs[1], store, after: first)
    #expect(throws: Failure.self) { try join(receipts[2], inputs[2], store, after: first) }
    #expect(try place(store).lastJoin()?.id == second.receipt("index")?["id"])
    // Whoever made it may make it again.
    #expect(try join(receipts[1], inputs[1], store, after: first) == second)
    #expect(try place(store).lastJoin()?.previous == first)
    // A damaged pointer is as good as none, and is replaced.
    _ = try store.write(Key("state/last"), .bytes([0x23]), if: .always)
    #expect(try beginning(inputs[1], store, shards: 2)?.receipts[0]["id"] == "none")
    _ = try join(receipts[2], inputs[2], store, after: nil)
    #expect(try place(store).lastJoin()?.previous == nil)
  }

  @Test func `only receipts of states that are there are joined`() throws {
    let producing = try Producing(fields(), 9, objects: 4)
    let input = try one.input(producing.producer.objects, generation: 1)
    let store = MemoryStore()
    let receipts = try (1...2).map { try build("\($0)/2", of: input, in: Place(), store, last: nil).receipt }
    #expect(throws: Failure.self) { try join([receipts[0]], input, store, after: nil) }
    #expect(throws: Failure.self) { try join([receipts[0], receipts[0]], input, store, after: nil) }
    var exchanged = Receipt("index")
    for field in receipts[0].fields {
      exchanged.append(field.key, (field.key == "state" ? receipts[1] : receipts[0])[field.key] ?? "")
    }
    #expect(throws: Failure.self) { try join([exchanged, receipts[1]], input, store, after: nil) }
    // The cleaning of another driver, which is not of this batch.
    for key in try keys(of: store) where ["states/", "builds/"].contains(where: key.description.contains) {
      let store = try copy(of: store)
      try store.remove(key)
      do {
        _ = try join(receipts, input, store, after: nil)
        Issue.record("joined without \(key)")
      } catch let failure as Failure { #expect(failure.exit == .tryAgain) }
      #expect(try place(store).lastJoin() == nil)
    }
  }

  /// Where machines are of two versions the state of the one is not the other's to remove.
  @Test func `the state of another version is left to that one`() throws {
    let producing = try Producing(fields(), 3, objects: 3)
    let input = try one.input(producing.producer.objects, generation: 1)
    let store = MemoryStore()
    let hash = try #require(try feed("1/1", of: input, in: Place(), store, last: nil)["state"])
    let sealed = try #require(
      SealedLines(
        try store.read(Key("state/states/\(hash).state"))?.bytes ?? [], "state", format: StoredState.version))
    var head = Receipt("state")
    for field in sealed.head.fields {
      head.append(
        field.key, field.key == "engine" ? "\(StateHead.engine + 1)" : sealed.head[field.key] ?? "")
    }
    let other = Array(SealedLines.text(head, sealed.lines.map { String(decoding: $0, as: UTF8.self) }).utf8)
    let key = Key("state/states/\(SHA256.hex(other)).state")
    _ = try store.write(key, .bytes(other), if: .always)
    do {
      _ = try feed("1/1", of: input, in: Place(), store, last: SHA256.hex(other))
      Issue.record("it went on from it")
    } catch let failure as Failure { #expect(failure.exit == .configuration) }
    #expect(try store.read(key)?.bytes == other)
    let joined = JoinedShards(build: hash, generation: 1, bad: 0, format: "", states: [SHA256.hex(other)])
    _ = try store.write(Key("state/builds/\(hash).shards"), .bytes(joined.bytes), if: .always)
    _ = try store.write(Key("state/last"), .bytes(LastJoin(id: hash, previous: nil).bytes), if: .always)
    #expect(try StateCleaning(place(store), grace: 0, jobs: 1).run() == 0)
    // Its own driver goes on; ours begins from nothing.
    #expect(try beginning(input, store, shards: 1)?.objects == input.objects)
    #expect(try build("1/1", of: input, in: Place(), store, last: SHA256.hex(other)).notes.count == 1)
  }

  /// Answers the first request for each object with another object.
  private final class ConfusedStore: ObjectStore {
    private let inner: MemoryStore
    private let other: Key
    private let asked = Mutex<Set<String>>([])

    init(_ inner: MemoryStore, other: Key) { (self.inner, self.other) = (inner, other) }

    func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
      let isFirst = asked.withLock { $0.insert(key.description).inserted }
      let isFile = ["runs", "keys", "segments"].contains { key.description.contains($0) }
      return try inner.open(isFirst && isFile ? other : key, tag: tag)
    }

    func list(_ request: ListRequest) throws(StoreError) -> ListPage { try inner.list(request) }
    func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try inner.info(key) }
    func remove(_ key: Key) throws(StoreError) { try inner.remove(key) }
    var requests: Int { 0 }

    func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
      try inner.write(key, contents, if: condition)
    }
  }

  @Test func `what is damaged on its way is fetched once more`() throws {
    let producing = try Producing(fields(), 3, objects: 3)
    let input = try one.input(producing.producer.objects, generation: 1)
    let store = MemoryStore()
    let hash = try #require(try feed("1/1", of: input, in: Place(), store, last: nil)["state"])
    let confused = ConfusedStore(store, other: Key("state/states/\(hash).state"))
    let expected = try feed("1/1", of: input, in: Place(), store, last: hash)
    #expect(try feed("1/1", of: input, in: Place(), confused, last: hash) == expected)
  }

  // MARK: - Ahead of the builds

  @Test func `a driver is told what is new, and nothing where the slice is published`() throws {
    let producing = try Producing(fields(), 4, objects: 6)
    let objects = producing.producer.objects
    let first = try one.input(Array(objects.prefix(4)), generation: 1)
    let second = try one.input(Array(objects.dropFirst()), generation: 1)
    let store = MemoryStore()
    let none = Batch(
      receipts: [Receipt("last", ["id": "none"])]
        + ["1", "2"].map { Receipt("shard", ["number": $0, "state": "none"]) },
      objects: first.objects)
    #expect(try beginning(first, store, shards: 2) == none)
    let receipts = try (1...2).map { try build("\($0)/2", of: first, in: Place(), store, last: nil).receipt }
    let id = try #require(try join(receipts, first, store, after: nil).receipt("index")?["id"])
    let told = try #require(try beginning(second, store, shards: 2))
    #expect(told.receipts.map { $0["state"] } == [nil] + receipts.map { $0["state"] })
    #expect(told.objects == Array(objects.suffix(2)))
    #expect(try beginning(first, store, shards: 2)?.objects == [])
    // Another number of shards can't go on from it; the pointer is followed all the same.
    let other = try #require(try beginning(second, store, shards: 3))
    #expect(
      other.receipts[0]["id"] == id && other.receipts[1]["state"] == "none" && other.objects == second.objects
    )
    // Published, at the watermark that the slice began with.
    let slice = Receipt(
      "slice",
      [
        "after": "1970-01-02T01:00:00Z", "from": "1970-01-01T00:00:00Z", "to": "1970-01-02T01:00:00Z",
        "generation": "5",
      ])
    let input = try #require(try BuildInput(Batch(receipts: [slice], objects: first.objects)))
    #expect(try beginning(input, store, shards: 2)?.objects == [])
    for (generation, isPublished) in [("4", false), ("5", true)] {
      let word = "#published\tgeneration=\(generation)\tto=1970-01-02T01:00:00Z\n"
      _ = try store.write(Key("state/builds/\(id).published"), .bytes(Array(word.utf8)), if: .always)
      #expect(try (beginning(input, store, shards: 2) == nil) == isPublished)
      #expect(try (beginning(input, store, shards: 3) == nil) == false)
    }
    // Of a state that is damaged nothing is told.
    for key in try keys(of: store) where key.description.contains("\(receipts[0]["state"] ?? "")") {
      try store.remove(key)
    }
    #expect(try beginning(input, store, shards: 2)?.objects == first.objects)
  }

  // MARK: - Cleaning

  @Test func `the last two builds are kept, what is published, and what is young`() throws {
    var producing = try Producing(fields(), 6, objects: 6)
    let directory = try Place()
    let store = LocalStore(root: directory.path)
    var (id, kept, states) = (String?.none, [[String]](), [String?](repeating: nil, count: 2))
    for batch in 0..<4 {
      let input = try one.input(producing.producer.objects, generation: batch)
      let receipts = try (1...2).map { number in
        try build("\(number)/2", of: input, in: Place(), store, last: states[number - 1]).receipt
      }
      states = receipts.map { $0["state"] }
      id = try join(receipts, input, store, after: id).receipt("index")?["id"]
      kept.append([id ?? ""] + receipts.compactMap { $0["state"] } + receipts.compactMap { $0["id"] })
      #expect(try StateCleaning(place(store), grace: 3600, jobs: 2).run() == 0)
      try producing.producer.append(1)
      producing.producer.objects.removeFirst()
    }
    // The watermark of the last batch stands at the first build.
    for (batch, generation) in [(0, 3), (1, 2)] {
      let word = Array("#published\tgeneration=\(generation)\n".utf8)
      _ = try store.write(Key("state/builds/\(kept[batch][0]).published"), .bytes(word), if: .always)
    }
    let before = try keys(of: store)
    _ = try store.write(Key("state/runs/mine.txt"), .bytes([1]), if: .always)
    _ = try store.write(Key("state/notes"), .bytes([1]), if: .always)
    let removed = try StateCleaning(place(store), grace: 0, jobs: 2).run()
    let after = try keys(of: store).map(\.description)
    #expect(removed > 0 && after.count == before.count + 2 - removed)
    #expect(after.contains("state/runs/mine.txt") && after.contains("state/notes"))
    for (number, names) in kept.enumerated() {
      for name in names {
        #expect(after.contains { $0.contains(name) } == (number >= 2 || name == kept[0][0]))
      }
    }
    for segment in try place(store).manifest(kept[0][0]).segments {
      #expect(after.contains("state/segments/" + segment.name))
    }
    #expect(try StateCleaning(place(store), grace: 0, jobs: 2).run() == 0)
    // Where it can't be told what is needed, all of it is.
    try store.remove(Key("state/states/\(states[0] ?? "").state"))
    let input = try one.input(producing.producer.objects, generation: 9)
    _ = try build("1/2", of: input, in: Place(), store, last: nil)
    #expect(try StateCleaning(place(store), grace: 0, jobs: 2).run() == 0)
  }

  // MARK: - The files

  @Test func `no byte of a file is changed unnoticed`() throws {
    let hash = String(repeating: "a", count: 64)
    let file = StoredState.File(
      name: "runs/\(String(repeating: "0", count: 32)).run", bytes: 5, sha256: hash, bad: 1)
    let segment = StoredState.File(
      name: "segments/7-\(hash.prefix(32)).seg", bytes: 9, sha256: hash, bad: 0)
    let head = StateHead(
      build: hash, generation: 7, touched: 2, bad: 1, late: 3, shard: Shard("2/8"),
      format: "format=csv")
    let state = StoredState(head: head, isFed: true, files: [file, segment])
    #expect(StoredState(state.bytes) == state)
    #expect(file.object == "runs/\(hash.prefix(32)).run" && segment.object == segment.name)
    let joined = JoinedShards(build: hash, generation: 7, bad: 0, format: "", states: [hash, hash])
    #expect(JoinedShards(joined.bytes) == joined)
    let last = LastJoin(id: hash, previous: nil)
    #expect(LastJoin(last.bytes) == last)
    #expect(LastJoin(LastJoin(id: hash, previous: hash).bytes)?.previous == hash)
    for place in state.bytes.indices { #expect(StoredState(Self.flipped(state.bytes, place)) == nil) }
    for place in joined.bytes.indices { #expect(JoinedShards(Self.flipped(joined.bytes, place)) == nil) }
    for place in last.bytes.indices { #expect(LastJoin(Self.flipped(last.bytes, place)) == nil) }
    for length in 0..<state.bytes.count { #expect(StoredState(Array(state.bytes.prefix(length))) == nil) }
  }

  private static func flipped(_ bytes: [UInt8], _ place: Int) -> [UInt8] {
    var bytes = bytes
    bytes[place] ^= 1
    return bytes
  }

  @Test(arguments: [
    "runs/../../../etc/passwd", "runs/x.run", "../state", "state", "lock", "keys/", "segments/1-.seg",
    "segments/1-\(String(repeating: "b", count: 32)).seg", "runs/\(String(repeating: "a", count: 32)).keys",
    "builds/\(String(repeating: "a", count: 64)).json",
  ]) func `a state names no file but those of a work directory`(_ name: String) throws {
    let hash = String(repeating: "a", count: 64)
    let file = StoredState.File(name: name, bytes: 5, sha256: hash, bad: 0)
    let head = StateHead(
      build: hash, generation: 7, touched: 2, bad: 1, late: nil, shard: .whole, format: "")
    let state = StoredState(head: head, isFed: false, files: [file])
    #expect(StoredState(state.bytes) == nil)
  }
}

extension Sample {
  /// One of so many where there is little time; else all.
  fileprivate static func picks(_ number: Int, of many: Int) -> Bool {
    number % rounds(quick: many, full: 1, long: 1) == 0
  }
}
