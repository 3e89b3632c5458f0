import Objects
import Synchronization
import Testing

@testable import Publishing

/// Not tested here: real servers (S3StoreTests, Pipes/s3-*), and that a publish asks the probe first (PublisherTests).
struct ProbeTests {
  @Test func `a store that keeps its conditions breaks no rule`() throws {
    #expect(try probe(RepeatingStore(repeats: { _ in false })).brokenRule() == nil)
  }

  @Test func `a store whose replies are lost, so that writes come twice, breaks no rule`() throws {
    for number in 1...20 {
      #expect(try probe(RepeatingStore(repeats: { $0 == number })).brokenRule() == nil, "write \(number)")
    }
    #expect(try probe(RepeatingStore(repeats: { _ in true })).brokenRule() == nil)
  }

  @Test func `a store that takes every write breaks one`() throws {
    #expect(try probe(RepeatingStore(keepsConditions: false, repeats: { _ in false })).brokenRule() != nil)
  }

  @Test(arguments: [FaultyStore.Fault.loseReply, .loseRequest])
  func `a store that gives no answer to every third request is asked again`(_ fault: FaultyStore.Fault) throws
  {
    let honest = FaultyStore(
      MemoryStore(), fault: { number, _, writes in writes && number % 3 == 1 ? fault : nil })
    #expect(try probe(honest).brokenRule() == nil)
    // One whose refusals can't be told from others is asked again by the next run.
    for lie in LyingStore.Lie.allCases where lie != .refusesInOtherWords {
      let store = FaultyStore(
        LyingStore(lie), fault: { number, _, writes in writes && number % 3 == 1 ? fault : nil })
      #expect(try probe(store).brokenRule() != nil, "\(lie)")
    }
  }

  /// Of the writes that nothing stands against there are two beside the race, each of which may be asked for four times.
  @Test func `a store that refuses a right write once breaks no rule, one that always does is named`() throws
  {
    for number in 1...4 {
      #expect(try probe(RefusingStore { right, _ in right == number }).brokenRule() == nil, "write \(number)")
    }
    #expect(try probe(RefusingStore { right, _ in right % 4 > 0 }).brokenRule() == nil)
    #expect(
      try probe(RefusingStore { _, condition in condition == .absent }).brokenRule()
        == "an object that is not there can be created")
    #expect(
      try probe(RefusingStore { _, condition in condition != .absent }).brokenRule()
        == "an object with the tag that was read is replaced (If-Match)")
  }

  @Test func `a store that never answers is not judged`() throws {
    let removed = Mutex<[Key]>([])
    let silent = FaultyStore(
      MemoryStore(),
      fault: { _, key, writes in
        if key.bytes.last != UInt8(ascii: "a") { removed.withLock { $0.append(key) } }
        return writes ? .loseRequest : nil
      })
    #expect(throws: StoreError.unavailable("timed out")) {
      try probe(silent, patience: .milliseconds(50)).brokenRule()
    }
    // Nothing is tidied up at a store that does not answer, and it is not given more time than the patience in all.
    #expect(removed.withLock { $0 } == [])
    #expect(silent.hurries == silent.hurries.sorted(by: >) && silent.hurries.first ?? 1 <= 0.05)
  }

  private func probe(_ store: any ObjectStore, patience: Duration = .seconds(5)) -> StoreProbe {
    StoreProbe(store, below: Key([]), patience: patience)
  }
}

/// A store that keeps its conditions, and refuses some of the writes that it should carry out as well.
private final class RefusingStore: ObjectStore {
  private let inner = MemoryStore()
  private let refuses: @Sendable (Int, WriteCondition) -> Bool
  private let rights = Mutex(0)

  /// `refuses` sees the number of the right write, from 1.
  init(refuses: @escaping @Sendable (Int, WriteCondition) -> Bool) { self.refuses = refuses }

  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
    let there = try inner.info(key)
    let isRight = condition == .absent ? there == nil : there.map { condition == .matches($0.tag) } ?? false
    let number = rights.withLock { count in
      if isRight { count += 1 }
      return count
    }
    if isRight, refuses(number, condition) { throw .conditionFailed }
    return try inner.write(key, contents, if: condition)
  }

  var requests: Int { 0 }
  func list(_ request: ListRequest) throws(StoreError) -> ListPage { try inner.list(request) }
  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject { try inner.open(key, tag: tag) }
  func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try inner.info(key) }
  func remove(_ key: Key) throws(StoreError) { try inner.remove(key) }
}

/// A store that carries out some writes twice, and answers with the second outcome, as one does whose client asks again.
private final class RepeatingStore: ObjectStore {
  private let inner = MemoryStore()
  private let keepsConditions: Bool
  private let repeats: @Sendable (Int) -> Bool
  private let writes = Mutex(0)

  /// `repeats` sees the number of the write, from 1.
  init(keepsConditions: Bool = true, repeats: @escaping @Sendable (Int) -> Bool) {
    self.keepsConditions = keepsConditions
    self.repeats = repeats
  }

  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
    let number = writes.withLock { count in
      count += 1
      return count
    }
    let condition = keepsConditions ? condition : .always
    if repeats(number) { _ = try inner.write(key, contents, if: condition) }
    return try inner.write(key, contents, if: condition)
  }

  var requests: Int { 0 }
  func list(_ request: ListRequest) throws(StoreError) -> ListPage { try inner.list(request) }
  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject { try inner.open(key, tag: tag) }
  func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try inner.info(key) }
  func remove(_ key: Key) throws(StoreError) { try inner.remove(key) }
  func settle(_ key: Key) throws(StoreError) { try inner.settle(key) }
}
