import Bytes
import Failures
import Glibc
import Lines
import Objects
import Segments
import Testing

@testable import Publishing

/// What one publish does to a destination, on every store.
///
/// Not tested here: power cuts (what is durable is LocalStore's), S3 where the environment names no bucket.
@Suite struct PublisherTests {
  static let places = Workbench.Place.all

  @Test(arguments: places)
  func `generations follow each other, and files that stay are not sent again`(_ place: Workbench.Place)
    throws
  {
    let bench = try Workbench(place)
    #expect(try bench.contents() == nil)
    let first = try bench.publish(try bench.build(["a", "b"], at: minute(0)), after: .exactly(0))
    guard case .published(let one, uploaded: 3) = first else { throw Failure(.software, "\(first)") }
    let second = try bench.publish(
      try bench.build(["a", "b", "c"], at: minute(5), on: 1), after: .exactly(1))
    guard case .published(let two, uploaded: 1) = second else { throw Failure(.software, "\(second)") }
    #expect(one.number == 1 && two.number == 2 && one.lineage == two.lineage && two.batch == 2)
    #expect(two.parent == one.fileName && two.position == minute(5))
    #expect(try bench.contents() == .init(generation: 2, layers: [["segment a", "segment b", "segment c"]]))
    #expect(try bench.keys().filter { $0.hasPrefix(".probe/") } == [])
    #expect(try bench.destination.history().map(\.number) == [2, 1])
  }

  @Test(arguments: places)
  func `a batch that was overtaken prints the winner's receipt and changes nothing`(_ place: Workbench.Place)
    throws
  {
    let bench = try Workbench(place)
    let theirs = Receipt("slice", ["to": minute(5), "generation": "0"])
    try bench.publish(try bench.build(["theirs"], at: minute(5)), after: .exactly(0), receipts: [theirs])
    let keys = try bench.keys()
    let outcome = try bench.publish(
      try bench.build(["ours"], at: minute(5)), after: .exactly(0),
      receipts: [Receipt("slice", ["to": "ours"])])
    #expect(try bench.keys() == keys)
    let batch = try #require(outcome.batch(at: bench.destination.location))
    #expect(outcome.isSuperseded && batch.receipts.first == theirs)
    #expect(
      batch.receipt("published")?["generation"] == "1" && batch.receipt("published")?["to"] == minute(5))
    #expect(batch.receipt("published")?["superseded"] == "1")
  }

  /// What the slice says of the watermark, and the published one's hash; whether there is nothing to publish.
  static let again: [(String, Int, String, Bool)] = [
    (minute(5), 1, "s", true), (minute(0), 1, "s", false), (minute(5), 1, "t", false),
  ]

  @Test(arguments: places, again)
  func `what is published already, at the watermark, is not published again`(
    _ place: Workbench.Place, _ row: (after: String, generation: Int, slice: String, isUnchanged: Bool)
  ) throws {
    let bench = try Workbench(place)
    try bench.publish(
      try bench.build(["b"], at: minute(5), slice: row.slice), after: .exactly(0))
    let keys = try bench.keys()
    // By another pipe, whose segments are cut otherwise.
    let again = try bench.build(["a"], at: minute(5), on: 1, slice: "s")
    let receipts = [Receipt("slice", ["after": row.after, "generation": "1"])]
    let outcome = try bench.publish(again, after: .exactly(row.generation), receipts: receipts)
    #expect(outcome.isUnchanged == row.isUnchanged && outcome.isPublished != row.isUnchanged)
    #expect(try (bench.keys() == keys) == row.isUnchanged)
    #expect((outcome.batch(at: bench.destination.location) == nil) == row.isUnchanged)
    // A person, who publishes by hand, gets a generation.
    #expect(try bench.publish(again, after: .current, receipts: receipts).isPublished)
    // Another pipe's is overtaken by that, and not taken for published.
    #expect(try bench.publish(again, after: .exactly(row.generation), receipts: receipts).isSuperseded)
  }

  @Test func `word is left beside the build of a slice of what it was published as`() throws {
    let bench = try Workbench(.local)
    for (built, isLeft) in [
      (try bench.build(["a"], at: minute(5), slice: "s"), true),
      (try bench.build(["b"], at: minute(5)), false),
    ] {
      let outcome = try bench.publish(built, after: .current)
      let word = try #require(outcome.word(at: bench.destination.location, after: .current))
      built.leaveWord(word)
      let left = try LocalStore(root: bench.work).read(Key("builds/\(built.manifest.id).published"))
      #expect(left?.bytes == (isLeft ? Array((word.text + "\n").utf8) : nil))
    }
  }

  @Test func `the word has the generation that the watermark stands at, whatever bases came since`() throws {
    let bench = try Workbench(.memory)
    let built = try bench.build(["a"], at: minute(5), from: minute(0), slice: "s")
    func word() throws -> Receipt? {
      let receipts = [Receipt("slice", ["after": minute(5)])]
      let outcome = try bench.publish(built, after: .exactly(1), receipts: receipts)
      #expect(outcome.isUnchanged)
      return outcome.word(at: bench.destination.location, after: .exactly(1))
    }
    try bench.publish(built, after: .exactly(0))
    #expect(try word()?["generation"] == "1")
    try bench.publish(try bench.build(["base"], at: minute(0)), after: .current, base: true)
    #expect(try word()?["generation"] == "1")
    #expect(try bench.contents()?.generation == 2)
  }

  @Test(arguments: places, [0, 1])
  func `what is published already has to be there, and a person can force it back`(
    _ place: Workbench.Place, _ lost: Int
  ) throws {
    let bench = try Workbench(place)
    let built = try bench.build(["a"], at: minute(5), slice: "s")
    try bench.publish(built, after: .exactly(0))
    try bench.publish(try bench.build(["base"], at: minute(0)), after: .current, base: true)
    let receipts = [Receipt("slice", ["after": minute(5)])]
    let counter = FaultTests.Counter()
    let watched = bench.through { counter.watch($0) }
    #expect(try watched.publish(built, after: .exactly(1), receipts: receipts).isUnchanged)
    // In a store: the pointer, the manifest, and one listing.
    if place != .local { #expect(counter.count == 3) }
    let file = try #require(try bench.destination.current()?.generation.indexes.reversed()[lost].segments[0])
    try bench.destination.place.store.remove(bench.destination.place.key("segments/" + file.name))
    let keys = try bench.keys()
    let refusal = failure { try bench.publish(built, after: .exactly(1), receipts: receipts) }
    #expect(refusal?.exit == .badData && refusal?.message.contains(file.name) == true)
    #expect(try bench.keys() == keys)
    let forced = failure {
      try bench.publish(built, after: .exactly(1), receipts: receipts) { $0.force = true }
    }
    // The base's file is not in the build.
    #expect(forced?.exit == (lost == 0 ? nil : .noInput))
    if lost == 0 {
      #expect(try bench.contents() == .init(generation: 3, layers: [["segment base"], ["segment a"]]))
    }
  }

  @Test func `a file that goes while it is looked at is missing`() throws {
    let bench = try Workbench(.memory)
    try bench.publish(try bench.build(["a"], at: minute(0)), after: .exactly(0))
    let name = try #require(try bench.destination.current()?.generation.delta?.index.segments[0].name)
    let key = bench.destination.place.key("segments/" + name)
    // Written to behind its manifest, so that it is read.
    _ = try bench.destination.place.store.write(key, .bytes(Array("segment a".utf8)), if: .always)
    let next = try bench.build(["a", "b"], at: minute(5), on: 1)
    let slow = bench.through { store in
      FaultyStore(
        store,
        fault: { _, asked, _ in
          if asked == key { try? store.remove(key) }
          return nil
        })
    }
    let refusal = failure { try slow.publish(next, after: .exactly(1)) }
    #expect(refusal?.exit == .badData && refusal?.message.contains(name) == true)
    #expect(try bench.destination.current()?.generation.number == 1)
  }

  @Test func `where a person published by hand, our own slice goes with the receipt`() throws {
    let bench = try Workbench(.memory)
    try bench.publish(try bench.build(["by hand"], at: minute(5)), after: .current)
    let outcome = try bench.publish(
      try bench.build(["ours"], at: minute(5)), after: .exactly(0),
      receipts: [Receipt("slice", ["to": "ours"])])
    #expect(
      outcome.batch(at: bench.destination.location)?.receipts.map(\.word) == ["slice", "index", "published"])
  }

  @Test(arguments: places)
  func `a destination that was reset is refused with both numbers, and force goes on`(
    _ place: Workbench.Place
  ) throws {
    let bench = try Workbench(place)
    let built = try bench.build(["a"], at: minute(0), on: 7)
    let error = failure { try bench.publish(built, after: .exactly(7)) }
    #expect(
      error?.exit == .badData && error?.message.contains("at generation 0, and the watermark at 7") == true)
    #expect(try bench.keys() == [])
    let outcome = try bench.publish(built, after: .exactly(7)) { $0.force = true }
    guard case .published(let generation, _) = outcome else { throw Failure(.software, "\(outcome)") }
    #expect(generation.number == 1 && generation.forced?.contains("watermark at 7") == true)
    #expect(try bench.contents()?.layers == [["segment a"]])
  }

  @Test(arguments: places)
  func `a guard changes nothing, and force says so in the generation`(_ place: Workbench.Place) throws {
    let bench = try Workbench(place)
    try bench.publish(try bench.build(["a", "b", "c"], at: minute(0)), after: .exactly(0))
    let keys = try bench.keys()
    let small = try bench.build(["a"], at: minute(5), on: 1)
    let error = failure { try bench.publish(small, after: .exactly(1)) }
    #expect(error?.exit == .refused && error?.message.contains("from 3 to 1 document,") == true)
    #expect(try bench.keys() == keys)
    #expect(
      try bench.publish(small, after: .exactly(1)) {
        $0.dryRun = true; $0.force = true
      } == .rehearsed)
    #expect(try bench.keys() == keys)
    try bench.publish(small, after: .exactly(1)) { $0.force = true }
    #expect(try bench.destination.current()?.generation.forced?.contains("shrink from 3 to 1") == true)
  }

  @Test(arguments: places)
  func `a rehearsal asks, and writes nothing, whatever it would be`(_ place: Workbench.Place) throws {
    let bench = try Workbench(place)
    let counter = FaultTests.Counter()
    let writes = FaultTests.Box(left: 0)
    let watched = bench.through { inner in
      counter.watch(inner, fault: { _, _, isWrite in isWrite && !writes.take() ? .killBefore : nil })
    }
    func rehearse(
      _ change: Change, _ files: IndexFiles, after parent: Parent, behind faster: Int? = nil
    ) throws {
      var order = Publisher.Order(after: parent)
      (order.dryRun, order.force) = (true, true)
      order.gate = Gate("exit 1")
      let keys = try bench.keys()
      let outcome = try Publisher(watched.destination) { _ in }.publish(
        change, from: files, receipts: [], order)
      if case .superseded(let generation, _) = outcome {
        #expect(generation.number == faster)
      } else {
        #expect(outcome == .rehearsed && faster == nil)
      }
      #expect(try bench.keys() == keys)
    }
    let built = try bench.build(["a", "b"], at: minute(0))
    try rehearse(.delta(built.manifest), built.files, after: .exactly(0))
    if place == .local { #expect(access(bench.work + "/dest", F_OK) != 0) }
    try bench.publish(built, after: .exactly(0))
    try bench.publish(try bench.build(["c"], at: minute(1), on: 1), after: .exactly(1)) { $0.force = true }
    try rehearse(.delta(built.manifest), built.files, after: .current)
    try rehearse(.base(built.manifest), built.files, after: .current)
    try rehearse(.delta(built.manifest), built.files, after: .exactly(1), behind: 2)
    let first = try #require(try bench.destination.history().last)
    try rehearse(.rollback(first), .of(watched.destination), after: .current)
    _ = try Garbage(watched.destination, keep: 0, grace: 0).find(now: Int64(time(nil)) + 60)
    #expect(counter.count > 0 && counter.settled == [])
  }

  @Test(arguments: places, [true, false])
  func `a generation that has lost a file gets no successor, until a person forces it`(
    _ place: Workbench.Place, _ isMissing: Bool
  ) throws {
    let bench = try Workbench(place)
    try bench.publish(try bench.build(["a", "b"], at: minute(0)), after: .exactly(0))
    let lost = try #require(try bench.destination.current()?.generation.delta?.index.segments[0])
    let key = bench.destination.place.key("segments/" + lost.name)
    try bench.destination.place.store.remove(key)
    if !isMissing { _ = try bench.destination.place.store.write(key, .bytes([1]), if: .always) }
    let keys = try bench.keys()
    let next = try bench.build(["a", "b", "c"], at: minute(5), on: 1)
    let error = failure { try bench.publish(next, after: .exactly(1)) }
    #expect(error?.exit == .badData && error?.message.contains(lost.name) == true)
    #expect(try bench.keys() == keys)
    // What is not taken over does not matter.
    let other = try bench.build(["b", "d"], at: minute(5), on: 1)
    try bench.publish(other, after: .exactly(1))
    #expect(try bench.contents()?.layers == [["segment b", "segment d"]])
    try bench.publish(next, after: .exactly(2)) { $0.force = true }
    #expect(try bench.contents()?.layers == [["segment a", "segment b", "segment c"]])
  }

  @Test(arguments: places, ["b", "segments/", "cut"])
  func `a damaged build is refused, and nothing becomes visible`(_ place: Workbench.Place, _ kind: String)
    throws
  {
    let bench = try Workbench(place)
    let built = try bench.build(["a", "b"], at: minute(0))
    let file = Key("segments/" + built.manifest.segments[1].name)
    let work = LocalStore(root: bench.work)
    switch kind {
    case "b": _ = try work.write(file, .bytes(Array("segment x".utf8)), if: .always)
    case "cut": _ = try work.write(file, .bytes(Array("segment".utf8)), if: .always)
    default: try work.remove(file)
    }
    let error = failure { try bench.publish(built, after: .exactly(0)) }
    #expect(error?.exit == (kind == "segments/" ? .noInput : .badData))
    #expect(error?.message.contains(built.manifest.segments[1].name) == true)
    #expect(try bench.contents() == nil)
  }

  @Test(arguments: places)
  func `a base goes below the delta, takes its place, or is refused`(_ place: Workbench.Place) throws {
    let bench = try Workbench(place)
    try bench.publish(try bench.build(["base"], at: minute(0)), after: .current, base: true)
    // A base alone has superseded no batch.
    try bench.publish(try bench.build(["delta"], at: minute(10), from: minute(0)), after: .exactly(0))
    #expect(try bench.contents() == .init(generation: 2, layers: [["segment base"], ["segment delta"]]))
    try bench.publish(try bench.build(["newer"], at: minute(5)), after: .current, base: true)
    #expect(try bench.contents() == .init(generation: 3, layers: [["segment newer"], ["segment delta"]]))
    try bench.publish(try bench.build(["delta2"], at: minute(15), from: minute(5), on: 2), after: .exactly(2))
    #expect(try bench.contents() == .init(generation: 4, layers: [["segment newer"], ["segment delta2"]]))
    let gap = try bench.build(["gap"], at: minute(20), from: minute(6), on: 4)
    #expect(failure { try bench.publish(gap, after: .exactly(4)) }?.exit == .refused)
    try bench.publish(try bench.build(["all"], at: minute(15)), after: .current, base: true)
    #expect(try bench.contents() == .init(generation: 5, layers: [["segment all"]]))
    #expect(try bench.destination.current()?.generation.position == minute(15))
  }

  @Test(arguments: places)
  func `a rollback publishes the old content again, under names that no collector takes`(
    _ place: Workbench.Place
  ) throws {
    let bench = try Workbench(place)
    for number in 0..<4 {
      try bench.publish(
        try bench.build(["\(number)", "same"], at: minute(number), on: number), after: .exactly(number))
    }
    let history = try bench.destination.history()
    #expect(history.map(\.number) == [4, 3, 2, 1])
    let outcome = try Publisher(bench.destination) { _ in }.publish(
      .rollback(history[3]), from: .of(bench.destination), receipts: [], .init(after: .current))
    guard case .published(let generation, uploaded: 1) = outcome else {
      throw Failure(.software, "\(outcome)")
    }
    #expect(generation.rollback == 1 && generation.position == minute(0) && generation.batch == 5)
    #expect(try bench.contents() == .init(generation: 5, layers: [["segment 0", "segment same"]]))
    try bench.collect()
    #expect(try bench.contents() == .init(generation: 5, layers: [["segment 0", "segment same"]]))
    #expect(outcome.batch(at: bench.destination.location)?.receipt("published")?["rollback"] == "1")
  }

  @Test(arguments: places)
  func `the collector takes what no kept generation names, and nothing else`(_ place: Workbench.Place) throws
  {
    let bench = try Workbench(place)
    for number in 0..<5 {
      try bench.publish(
        try bench.build(["\(number)"], at: minute(number), on: number), after: .exactly(number))
    }
    #expect(try Garbage(bench.destination, keep: 0, grace: 3600).find(now: 3000) == [])
    let removed = try bench.collect(keep: 2)
    #expect(removed.count == 4 && Set(removed).count == 4)
    #expect(try bench.keys().count == 1 + 3 + 3)
    #expect(try bench.destination.history().map(\.number) == [5, 4, 3])
    #expect(try bench.collect(keep: 2) == [])
    try bench.collect(keep: 0)
    #expect(try bench.keys().count == 3)
    #expect(try bench.contents() == .init(generation: 5, layers: [["segment 4"]]))
  }

  @Test func `what a killed writer left behind in a directory is collected`() throws {
    let bench = try Workbench(.local)
    try bench.publish(try bench.build(["a"]), after: .exactly(0))
    let path = bench.work + "/dest/segments/.tmp-left"
    _ = try LocalStore(root: bench.work + "/dest/segments").write("left", .bytes([1]), if: .always)
    #expect(rename(bench.work + "/dest/segments/left", path) == 0)
    #expect(try bench.collect() == [])
    #expect(try bench.collect(after: 3700) == ["segments/.tmp-left"])
    #expect(access(path, F_OK) != 0)
  }

  @Test(arguments: ["exit 0", "exit 3", "kill -9 $$"])
  func `the gate sees the new index before the swap`(_ command: String) throws {
    let bench = try Workbench(.local)
    let built = try bench.build(["a"], at: minute(0))
    let script = "test -f \"$FRESHET_INDEX\" && test ! -e \"$FRESHET_DEST/CURRENT\" && \(command)"
    let error = failure { try bench.publish(built, after: .exactly(0)) { $0.gate = Gate(script) } }
    #expect(error?.exit == (command == "exit 0" ? nil : .refused))
    #expect((try bench.contents() != nil) == (command == "exit 0"))
  }

  @Test(arguments: LyingStore.Lie.allCases)
  func `a store that does not keep its conditions is refused`(_ lie: LyingStore.Lie) throws {
    let bench = try Workbench(.memory) { _ in LyingStore(lie) }
    let built = try bench.build(["a"], at: minute(0))
    let error = failure { try bench.publish(built, after: .exactly(0)) }
    #expect(error?.exit == .configuration && error?.message.contains("the rule that") == true, "\(lie)")
    #expect(try bench.contents() == nil)
    // A person may say that nobody else writes, and has to say so each time.
    try bench.publish(built, after: .exactly(0)) { $0.unsafeSingleWriter = true }
    #expect(failure { try bench.publish(built, after: .exactly(1)) }?.exit == .configuration)
    try bench.publish(built, after: .exactly(1)) { $0.unsafeSingleWriter = true }
    #expect(try bench.contents()?.generation == 2)
  }

  @Test(arguments: places)
  func `a destination with a damaged pointer is never published to`(_ place: Workbench.Place) throws {
    let bench = try Workbench(place)
    let built = try bench.build(["a"], at: minute(0))
    try bench.publish(built, after: .exactly(0))
    let key = bench.destination.place.key("CURRENT")
    var bytes = try #require(try bench.destination.place.store.read(key)).bytes
    bytes[20] ^= 4
    _ = try bench.destination.place.store.write(key, .bytes(bytes), if: .always)
    #expect(failure { try bench.publish(built, after: .exactly(1)) { $0.force = true } }?.exit == .badData)
    #expect(try bench.destination.place.store.read(key)?.bytes == bytes)
  }
}

extension Generation {
  var fileName: String { Self.fileName(number, sha256: SHA256.hex(bytes)) }
}
