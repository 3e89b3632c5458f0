import Bytes
import Failures
import Foundation
import Histories
import Lines
import Objects
import Publishing
import Seeded
import Synchronization
import Testing
import Threads

@testable import Changes
@testable import Serving

/// Publishing to a target that dies at any of its calls, is told other things by others, or has lost what it was told.
/// Not tested here: HTTP, and each kind of target (their own tests); several places at once (Tests/Transcripts).
@Suite struct TargetPublisherTests {
  static let fields = "id id\ng group\nt text\nn number\n"

  struct Told {
    var history: History
    let generations: [Generation]

    init(_ seed: UInt64, steps: Int = 8, fields: String = TargetPublisherTests.fields) throws {
      history = try History(fields, seed: seed)
      for step in 0..<steps { try history.step(base: step % 5 == 2) }
      let destination = try history.destination
      generations = try (1...steps).map { try #require(try destination.generation($0)) }
    }

    func offer(_ number: Int, receipts: [Receipt] = []) throws -> TargetOffer {
      TargetOffer(generations[number - 1], at: try history.destination.location, receipts: receipts)
    }

    func documents(_ number: Int) throws -> [String: String] {
      try Histories.documents(history.generations[number - 1])
    }

    func build(_ number: Int, after parent: Parent = .current) throws -> TargetOffer {
      let built = try BuiltIndex(history.builds[number - 1].location, stores: Stores())
      return TargetOffer(built, after: parent, receipts: [built.receipt])
    }
  }

  static func order(_ adjust: (inout TargetPublisher.Order) -> Void = { _ in }) -> TargetPublisher.Order {
    var order = TargetPublisher.Order()
    order.guards = Guards(maxShrink: 100)
    order.largestRequest = 300
    order.jobs = 3
    adjust(&order)
    return order
  }

  @discardableResult
  func publish(
    _ offer: TargetOffer, to target: any ServingTarget, notes: Notes = Notes(),
    _ adjust: (inout TargetPublisher.Order) -> Void = { _ in }
  ) throws -> TargetOutcome {
    try TargetPublisher(target, stores: Stores(), Self.order(adjust)) { notes.add($0) }.publish(offer)
  }

  final class Notes: @unchecked Sendable {
    private(set) var lines: [String] = []
    private let lock = NSLock()
    func add(_ line: String) { lock.withLock { lines.append(line) } }
  }

  func failure(_ body: () throws -> Void) -> Failure? {
    do {
      try body()
      return nil
    } catch { return error as? Failure }
  }

  @Test(arguments: 1...UInt64(Sample.rounds(quick: 2, full: 6, long: 60)))
  func `what a target has is what the published index shows`(_ seed: UInt64) throws {
    let told = try Told(seed)
    let server = MemoryTarget.Server()
    for number in 1...8 where number != 4 {
      let before = server.documents
      let outcome = try publish(try told.offer(number), to: MemoryTarget(server))
      let documents = try told.documents(number)
      #expect(server.documents == documents)
      guard case .published(let state, let sent) = outcome else { throw CocoaError(.featureUnsupported) }
      #expect(state == server.state && state.taken.generation == number && state.taking == nil)
      #expect(state.position == told.generations[number - 1].position && state.version == number)
      #expect(sent.adds == documents.count { before[$0.key] != $0.value })
      #expect(sent.deletes == before.keys.count { documents[$0] == nil })
      let receipt = try #require(outcome.receipt("published", of: "memory"))
      #expect(receipt["uploaded"] == "\(sent.adds + sent.deletes)" && receipt["generation"] == "\(number)")
      #expect(try publish(try told.offer(number), to: MemoryTarget(server)) == .there(state))
    }
    #expect(
      try publish(try told.offer(5), to: MemoryTarget(server)) == .superseded(try #require(server.state)))
    for request in server.with({ $0.requests }) {
      #expect(Set(request.map(\.group)).count == request.count)
      let bytes = request.flatMap(\.documents).reduce(0) { $0 + ($1.document?.count ?? 0) }
      #expect(request.count == 1 || bytes <= 300)
    }
  }

  /// Every call of a publish is the last one, before and after it has worked; then the same is published again, or the next.
  @Test(arguments: 1...UInt64(Sample.rounds(quick: 1, full: 4, long: 40)), [false, true])
  func `a publish that was killed is ended by the next`(_ seed: UInt64, _ asBase: Bool) throws {
    let told = try Told(seed + 100)
    for (first, second) in [(0, 2), (1, 3), (2, 3), (4, 6)] {
      var death = 0
      var lives = false
      while !lives {
        death += 1
        for (isAfter, next) in [(false, second), (true, second), (false, second + 1), (true, second + 1)] {
          let server = MemoryTarget.Server()
          if first > 0 { try publish(try told.offer(first), to: MemoryTarget(server)) }
          let dying = MemoryTarget(server, death: death, after: isAfter)
          lives = failure { try publish(try told.offer(second), to: dying) { $0.asBase = asBase } } == nil
          if lives { continue }
          let outcome = try publish(try told.offer(next), to: MemoryTarget(server))
          #expect(
            try server.documents == told.documents(next), "\(first), \(second), \(next): killed at \(death)")
          #expect(server.state?.taken.generation == next && server.state?.taking == nil)
          if case .superseded = outcome { Issue.record("superseded by itself") }
        }
      }
      #expect(death > 4)
    }
  }

  @Test func `killed again and again, it still ends right`() throws {
    let told = try Told(7)
    var random = SeededRandom(7)
    for _ in 0..<Sample.rounds(quick: 20, full: 100, long: 2000) {
      let server = MemoryTarget.Server()
      for number in 1...8 where Bool.random(using: &random) || number == 8 {
        for _ in 0..<Int.random(in: 0...2, using: &random) {
          let death = Int.random(in: 1...14, using: &random)
          let dying = MemoryTarget(server, death: death, after: Bool.random(using: &random))
          let asBase = Int.random(in: 0..<4, using: &random) == 0
          _ = failure { try publish(try told.offer(number), to: dying) { $0.asBase = asBase } }
        }
        if Bool.random(using: &random) || number == 8 {
          try publish(try told.offer(number), to: MemoryTarget(server))
          #expect(try server.documents == told.documents(number))
        }
      }
    }
  }

  @Test func `builds are numbered by the target, and laid over the base that it has`() throws {
    let told = try Told(11, steps: 9)
    let server = MemoryTarget.Server()
    func shown(_ number: Int, over base: Int?) throws -> [String: String] {
      let location = told.history.builds[number - 1].location
      let state =
        try base.map {
          try IndexState(location, over: told.history.builds[$0 - 1].location, stores: Stores())
        }
        ?? IndexState(location, stores: Stores())
      var documents: [String: String] = [:]
      try IndexChange(from: [], to: state).forEachGroup { group in
        for document in group.documents {
          documents[String(decoding: document.id, as: UTF8.self)] = document.document.map {
            String(decoding: $0, as: UTF8.self)
          }
        }
      }
      return documents
    }
    try publish(try told.build(9), to: MemoryTarget(server))
    #expect(try server.documents == shown(9, over: nil))
    #expect(try publish(try told.build(9), to: MemoryTarget(server)) == .unchanged)
    // The delta stays, and a base is not faster than a batch.
    try publish(try told.build(8), to: MemoryTarget(server)) { $0.asBase = true }
    #expect(try server.documents == shown(9, over: 8))
    #expect(server.state?.taken.generation == 2 && server.with { $0.alias } != "first")
    #expect(server.state?.batch == 1 && server.state?.position == told.generations[8].position)
    let lineage = server.state?.lineage
    #expect(
      try publish(try told.build(9, after: .exactly(1, lineage: lineage)), to: MemoryTarget(server))
        == .unchanged)
    try publish(try told.build(7, after: .exactly(1, lineage: lineage)), to: MemoryTarget(server)) {
      $0.force = true
    }
    #expect(try server.documents == shown(7, over: 8) && server.state?.batch == 3)
    try publish(try told.build(9, after: .exactly(3, lineage: lineage)), to: MemoryTarget(server))
    #expect(try server.documents == shown(9, over: 8))
    let late = try publish(try told.build(9, after: .exactly(3, lineage: nil)), to: MemoryTarget(server))
    #expect(late == .there(try #require(server.state)))
    #expect(
      try publish(try told.build(9, after: .exactly(4, lineage: nil)), to: MemoryTarget(server)) == .unchanged
    )
    let superseded = try publish(
      try told.build(8, after: .exactly(1, lineage: nil)), to: MemoryTarget(server))
    #expect(superseded == .superseded(try #require(server.state)))
    #expect(
      failure { try publish(try told.build(9, after: .exactly(7, lineage: nil)), to: MemoryTarget(server)) }?
        .exit == .badData)
    // What destinations published is another numbering.
    #expect(failure { try publish(try told.offer(8), to: MemoryTarget(server)) }?.exit == .badData)
  }

  @Test func `another lineage is refused, and forced it is right, whatever its numbers`() throws {
    let (told, other) = (try Told(12), try Told(13))
    let server = MemoryTarget.Server()
    try publish(try told.offer(8), to: MemoryTarget(server))
    #expect(failure { try publish(try other.offer(3), to: MemoryTarget(server)) }?.exit == .badData)
    #expect(try server.documents == told.documents(8))
    for death in 1...20 {
      _ = failure {
        try publish(try other.offer(3), to: MemoryTarget(server, death: death, after: true)) {
          $0.force = true
        }
      }
    }
    try publish(try other.offer(3), to: MemoryTarget(server)) { $0.force = true }
    #expect(try server.documents == other.documents(3))
    try publish(try other.offer(4), to: MemoryTarget(server))
    #expect(try server.documents == other.documents(4) && server.state?.version ?? 0 > 8)
  }

  @Test func `what a destination has published since it was restored is not taken for what was there`() throws
  {
    var history = try History(Self.fields, seed: 21)
    let server = MemoryTarget.Server()
    let files = FileManager.default
    let (place, copy) = (try history.destination.location.description, "\(history.place.path)/copy")
    func offer() throws -> TargetOffer {
      let destination = try history.destination
      let current = try #require(try destination.current()).generation
      return TargetOffer(current, at: destination.location, receipts: [])
    }
    func shown() throws -> [String: String] {
      try Histories.documents(try #require(Location(argument: place)))
    }
    for _ in 0..<3 { try history.step() }
    try publish(try offer(), to: MemoryTarget(server))
    try files.copyItem(atPath: place, toPath: copy)
    for _ in 0..<2 { try history.step() }
    try publish(try offer(), to: MemoryTarget(server))
    let lost = server.documents
    try files.removeItem(atPath: place)
    try files.moveItem(atPath: copy, toPath: place)
    // Generation 3, and then others of the numbers 4 and 5.
    for number in 3...5 {
      if number > 3 { try history.step() }
      #expect(try offer().published?.number == number)
      #expect(failure { try publish(try offer(), to: MemoryTarget(server)) }?.exit == .badData)
      #expect(server.documents == lost)
    }
    #expect(try shown() != lost)
    try publish(try offer(), to: MemoryTarget(server)) { $0.force = true }
    #expect(try server.documents == shown())
    try history.step()
    try publish(try offer(), to: MemoryTarget(server))
    #expect(try server.documents == shown())
  }

  @Test func `an old state that is another account's is as gone`() throws {
    let told = try Told(23, steps: 4)
    let server = MemoryTarget.Server()
    try publish(try told.offer(3), to: MemoryTarget(server))
    server.with { $0.collections["first"]?.state?.taken.index = ["s3://theirs/generations/3-x.json"] }
    let stores = Stores { $0 == "AWS_EC2_METADATA_DISABLED" ? "true" : nil }
    let notes = Notes()
    let publisher = TargetPublisher(MemoryTarget(server), stores: stores, Self.order()) { notes.add($0) }
    _ = try publisher.publish(try told.offer(4))
    #expect(try server.documents == told.documents(4))
    #expect(notes.lines.contains { $0.contains("credentials") }, "\(notes.lines)")
  }

  @Test func `a target ahead of a destination that was restored goes back by force`() throws {
    var history = try History(Self.fields, seed: 22)
    let server = MemoryTarget.Server()
    for _ in 0..<3 { try history.step() }
    let destination = try history.destination
    let older = try #require(try destination.current()).generation
    let pointer = try Data(contentsOf: URL(filePath: "\(destination.location)/CURRENT"))
    try history.step()
    let newer = try #require(try destination.current()).generation
    try publish(TargetOffer(newer, at: destination.location, receipts: []), to: MemoryTarget(server))
    try pointer.write(to: URL(filePath: "\(destination.location)/CURRENT"))
    let offer = TargetOffer(older, at: destination.location, receipts: [])
    #expect(failure { try publish(offer, to: MemoryTarget(server)) }?.exit == .badData)
    try publish(offer, to: MemoryTarget(server)) { $0.force = true }
    #expect(server.state?.taken.generation == 3)
    #expect(try server.documents == Histories.documents(destination.location))
  }

  @Test(arguments: [false, true])
  func `where the old state is gone the target is asked what it has`(_ isShared: Bool) throws {
    let told = try Told(14)
    let server = MemoryTarget.Server()
    if isShared {
      server.with { $0.collections["first"]?.documents[Array("theirs".utf8)] = Array("{}".utf8) }
    }
    try publish(try told.offer(4), to: MemoryTarget(server))
    #expect(server.state?.shared == isShared && (server.documents["theirs"] != nil) == isShared)
    try FileManager.default.removeItem(atPath: told.history.generations[3].description)
    let stray = Array("stray".utf8)
    server.with { $0.collections["first"]?.documents[stray] = Array("{}".utf8) }
    let notes = Notes()
    let refused = failure { try publish(try told.offer(6), to: MemoryTarget(server), notes: notes) }
    #expect(refused?.exit == (isShared ? .refused : nil))
    if isShared {
      try publish(try told.offer(6), to: MemoryTarget(server), notes: notes) { $0.force = true }
    }
    var expected = try told.documents(6)
    if isShared {
      let left = server.documents.filter { expected[$0.key] == nil }
      #expect(left["theirs"] == "{}" && left["stray"] == "{}")
      expected.merge(left) { $1 }
    }
    #expect(server.documents == expected)
    #expect(notes.lines.count == (isShared ? 4 : 1))
  }

  @Test func `documents of others do not count among those that may go`() throws {
    let told = try Told(15)
    let server = MemoryTarget.Server()
    server.with { content in
      for n in 0..<1000 {
        content.collections["first"]?.documents[Array("theirs\(n)".utf8)] = Array("{}".utf8)
      }
    }
    try publish(try told.offer(3), to: MemoryTarget(server))
    let gone = Set(try told.documents(3).keys).subtracting(try told.documents(5).keys)
    #expect(!gone.isEmpty)
    let refused = failure {
      try publish(try told.offer(5), to: MemoryTarget(server)) { $0.guards = Guards(maxShrink: 1) }
    }
    #expect(
      refused?.message.contains("\(gone.count) of its \(try told.documents(3).count) documents") == true)
    #expect(refused?.message.hasSuffix("more than 1% (--max-shrink; see --force)") == true)
  }

  @Test func `a generation goes on top of the one that is said alone`() throws {
    let told = try Told(15)
    let server = MemoryTarget.Server()
    func offer(_ number: Int, after: Int) throws -> TargetOffer {
      try told.offer(number).following(.exactly(after, lineage: nil))
    }
    #expect(failure { try publish(try offer(3, after: 1), to: MemoryTarget(server)) }?.exit == .badData)
    try publish(try offer(3, after: 0), to: MemoryTarget(server))
    let state = try #require(server.state)
    #expect(try publish(try offer(5, after: 2), to: MemoryTarget(server)) == .superseded(state))
    #expect(failure { try publish(try offer(5, after: 4), to: MemoryTarget(server)) }?.exit == .badData)
    try publish(try offer(5, after: 3), to: MemoryTarget(server))
    #expect(try server.documents == told.documents(5))
  }

  @Test func `guards refuse, and nothing is changed`() throws {
    let told = try Told(15)
    let server = MemoryTarget.Server()
    try publish(try told.offer(3), to: MemoryTarget(server))
    let (before, state) = (server.documents, server.state)
    #expect(try told.documents(3).count > 4)
    #expect(
      failure {
        try publish(try told.offer(5), to: MemoryTarget(server)) { $0.guards = Guards(maxShrink: 0) }
      }?.exit == .refused)
    #expect(
      failure {
        try publish(try told.offer(5), to: MemoryTarget(server)) {
          $0.guards = Guards(maxShrink: 100, minDocuments: 9999)
        }
      }?
      .exit == .refused)
    let notes = Notes()
    #expect(
      try publish(try told.offer(5), to: MemoryTarget(server), notes: notes) { $0.dryRun = true }
        == .rehearsed)
    #expect(notes.lines.count == 1 && server.documents == before && server.state == state)
    let forced = try publish(try told.offer(5), to: MemoryTarget(server)) {
      $0.guards = Guards(maxShrink: 0)
      $0.force = true
    }
    #expect(forced.receipt("published", of: "memory")?["force"] == "1")
    #expect(try server.documents == told.documents(5))
  }

  @Test(arguments: [false, true])
  func `how much was sent is told after each request`(_ asBase: Bool) throws {
    let told = try Told(18)
    let server = MemoryTarget.Server()
    for number in [3, 4] {
      let heard = Mutex<[(sent: Int, all: Int)]>([])
      var publisher = TargetPublisher(
        MemoryTarget(server), stores: Stores(), Self.order { $0.asBase = asBase }, note: { _ in })
      publisher.progress = { sent, all in heard.withLock { $0.append((sent, all)) } }
      let requests = server.with { $0.requests.count }
      guard case .published(_, let sent) = try publisher.publish(try told.offer(number)) else {
        throw CocoaError(.featureUnsupported)
      }
      let all = sent.adds + sent.deletes
      heard.withLock { heard in
        #expect(heard.count == server.with { $0.requests.count } - requests && heard.last?.sent == all)
        #expect(heard.allSatisfy { $0.all == all } && heard.map(\.sent) == heard.map(\.sent).sorted())
      }
    }
  }

  @Test func `what a target refuses is named, and counted; all the rest is there`() throws {
    let told = try Told(16)
    let all = try told.documents(3)
    let bad = Set(all.keys.sorted().prefix(3))
    let server = MemoryTarget.Server(bad: bad)
    let notes = Notes()
    let refused = failure {
      try publish(try told.offer(3), to: MemoryTarget(server), notes: notes) { $0.skipRefused = 2 }
    }
    #expect(refused?.exit == .refused && refused?.message.contains("3 documents") == true)
    #expect(Set(notes.lines) == Set(bad.map { "memory refused document \($0): bad" }))
    #expect(server.documents == all.filter { !bad.contains($0.key) } && server.state?.taking?.generation == 3)
    let outcome = try publish(try told.offer(3), to: MemoryTarget(server)) { $0.skipRefused = 3 }
    #expect(outcome.receipt("taken", of: "memory")?["rejected"] == "3")
    #expect(server.state?.taking == nil && server.state?.taken.generation == 3)
    let base = failure {
      try publish(try told.offer(4), to: MemoryTarget(server), notes: notes) { $0.asBase = true }
    }
    #expect(base?.exit == .refused && notes.lines.last?.contains("was made for this base") == true)
  }

  @Test func `whoever was overtaken does not say that its state is there`() throws {
    let told = try Told(17)
    let server = MemoryTarget.Server()
    try publish(try told.offer(2), to: MemoryTarget(server))
    let slow = MemoryTarget(server)
    slow.before = (4, { _ = try? self.publish(try told.offer(5), to: MemoryTarget(server)) })
    #expect(failure { try publish(try told.offer(4), to: slow) }?.exit == .tryAgain)
    #expect(server.state?.taken.generation == 5)
    #expect(failure { try publish(try told.offer(6), to: MemoryTarget(server, death: 5)) } != nil)
    // A generation that another has begun is not gone behind.
    #expect(server.state?.taking?.generation == 6)
    let older = failure { try publish(try told.offer(5), to: MemoryTarget(server)) }
    #expect(older == nil)
  }

  @Test(arguments: 4...7, [4, 5])
  func `what an overtaken publisher sends last is put right`(_ call: Int, _ next: Int) throws {
    let told = try Told(17)
    let server = MemoryTarget.Server()
    server.with { $0.mindsVersions = false }
    try publish(try told.offer(2), to: MemoryTarget(server))
    let slow = MemoryTarget(server)
    slow.before = (call, { _ = try? self.publish(try told.offer(5), to: MemoryTarget(server)) })
    #expect(failure { try publish(try told.offer(4), to: slow) }?.exit == .tryAgain)
    #expect(server.state?.taken.generation == 5 && server.state?.begun.map(\.generation) == [4])
    let sent = server.documents
    try publish(try told.offer(next), to: MemoryTarget(server)) { $0.dryRun = true }
    #expect(server.documents == sent)
    let again = try publish(try told.offer(next), to: MemoryTarget(server))
    let receipt = again.receipt("taken", of: "")
    #expect(receipt?["superseded"] == (next < 5 ? "1" : nil) && receipt?["generation"] == "5")
    #expect(try server.documents == told.documents(5))
    let state = try #require(server.state)
    #expect(state.begun.isEmpty && state.taken.generation == 5)
    #expect(try publish(try told.offer(5), to: MemoryTarget(server)) == .there(state))
  }

  @Test func `what an overtaken publisher sends while the other is at work is put right`() throws {
    let told = try Told(17)
    let server = MemoryTarget.Server()
    server.with { $0.mindsVersions = false }
    try publish(try told.offer(2), to: MemoryTarget(server))
    let (sleeps, wakes) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let slow = LateTarget(MemoryTarget(server), wire: MemoryTarget(server)) {
      sleeps.signal()
      wakes.wait()
    }
    let exit = Monitor<Exit?>(nil)
    let worker = Worker.start {
      let failure = self.failure { try self.publish(try told.offer(4), to: slow) }
      exit.change { $0 = failure?.exit }
    }
    sleeps.wait()
    let target = MemoryTarget(server)
    let fast = LateTarget(target, wire: target)
    fast.beforeCommit = {
      wakes.signal()
      worker?.join()
    }
    #expect(failure { try publish(try told.offer(5), to: fast) }?.exit == .tryAgain)
    #expect(exit.change { $0 } == .tryAgain)
    try publish(try told.offer(5), to: MemoryTarget(server))
    #expect(try server.documents == told.documents(5))
    #expect(server.state?.begun.isEmpty == true)
  }

  @Test func `what is sent between the listing of ids and the word that it is begun is deleted`() throws {
    let told = try Told(17)
    let server = MemoryTarget.Server()
    try publish(try told.offer(2), to: MemoryTarget(server))
    try FileManager.default.removeItem(atPath: told.history.generations[1].description)
    #expect(failure { try publish(try told.offer(4), to: MemoryTarget(server, death: 6)) } != nil)
    let target = MemoryTarget(server)
    let late = LateTarget(target, wire: target)
    late.beforeSet = {
      if server.state?.taking?.generation == 5 { return }
      server.with { $0.collections["first"]?.documents[Array("late".utf8)] = Array("{}".utf8) }
    }
    try publish(try told.offer(5), to: late)
    #expect(try server.documents == told.documents(5))
  }

  @Test func `what the publisher of an overtaken build sends last is put right`() throws {
    let told = try Told(11, steps: 9)
    let server = MemoryTarget.Server()
    server.with { $0.mindsVersions = false }
    func offer(_ number: Int) throws -> TargetOffer {
      try told.build(number, after: .exactly(0, lineage: nil))
    }
    let target = MemoryTarget(server)
    let late = LateTarget(target, wire: target) {
      try self.publish(try offer(9), to: MemoryTarget(server))
    }
    #expect(failure { try publish(try offer(8), to: late) }?.exit == .tryAgain)
    let wanted = try publish(try offer(9), to: MemoryTarget(server))
    let state = try #require(server.state)
    #expect(wanted.receipt("taken", of: "")?["superseded"] == nil && state.taking == nil)
    #expect(state.taken.index.last == (try offer(9)).location.description)
    let other = MemoryTarget.Server()
    try publish(try told.build(9), to: MemoryTarget(other))
    #expect(server.documents == other.documents)
    #expect(try publish(try offer(9), to: MemoryTarget(server)) == .there(state))
  }

  @Test(arguments: [false, true])
  func `a target that somebody has changed is repaired by force`(_ isBuild: Bool) throws {
    let told = try Told(19)
    let server = MemoryTarget.Server()
    let offer = try isBuild ? told.build(8, after: .exactly(0, lineage: nil)) : told.offer(5)
    try publish(offer, to: MemoryTarget(server))
    let (documents, state) = (server.documents, try #require(server.state))
    for death in 1...30 {
      server.with { content in
        content.collections["first"]?.documents = [Array("stray".utf8): Array("{}".utf8)]
      }
      try publish(offer, to: MemoryTarget(server))
      #expect(server.documents == ["stray": "{}"])
      let told = server.state
      // What was begun is ended by the next publish.
      let dying = MemoryTarget(server, death: death)
      let died = failure { try publish(offer, to: dying) { $0.force = true } } != nil
      if died, server.state == told { continue }
      if died { try publish(offer, to: MemoryTarget(server)) }
      #expect(server.documents == documents)
      #expect(server.state?.taken == state.taken && server.state?.batch == state.batch)
      #expect(server.state?.taking == nil && server.state?.isLost == false)
      if !died { return }
    }
    Issue.record("it is never done")
  }

  @Test func `what merely left the window is kept where that is asked for`() throws {
    let told = try Told(18)
    let server = MemoryTarget.Server()
    for number in 1...8 {
      try publish(try told.offer(number), to: MemoryTarget(server)) { $0.keepExpired = true }
    }
    for (id, document) in try told.documents(8) { #expect(server.documents[id] == document) }
    // Where the old state is gone, nobody knows what was deleted since; what a tombstone names is.
    for generation in told.history.generations.dropLast() {
      try FileManager.default.removeItem(atPath: generation.description)
    }
    let other = MemoryTarget.Server()
    other.with { $0 = server.with { $0 } }
    other.with { content in
      var state = TargetState(taken: .init(generation: 7, index: [told.history.generations[6].description]))
      state.lineage = content.collections["first"]?.state?.lineage ?? ""
      content.collections["first"]?.state = state
    }
    let before = other.documents
    let lost = failure {
      try publish(try told.offer(8), to: MemoryTarget(other)) { $0.keepExpired = true }
    }
    #expect(lost?.exit == .refused && other.documents == before)
    let last = try IndexState(told.history.generations[7], stores: Stores())
    var tombstones: Set<String> = []
    for segment in last.view.segments {
      try segment.forEachIDTombstone { tombstones.insert(String(decoding: $1, as: UTF8.self)) }
    }
    let buried = try #require(tombstones.subtracting(before.keys).first)
    other.with { $0.collections["first"]?.documents[Array(buried.utf8)] = Array("{}".utf8) }
    other.with { $0.collections["first"]?.documents[Array("stray".utf8)] = Array("{}".utf8) }
    try publish(try told.offer(8), to: MemoryTarget(other)) {
      $0.keepExpired = true
      $0.force = true
    }
    #expect(other.documents[buried] == nil && other.documents["stray"] == "{}")
  }
}
