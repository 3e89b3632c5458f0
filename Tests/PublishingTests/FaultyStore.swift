import Objects
import Synchronization

/// A store around another that does something to the n-th of its requests, counted from 1, or to all of some kind.
final class FaultyStore: ObjectStore {
  enum Fault: Sendable {
    /// Not carried out, and nothing after it either: the process was killed.
    case killBefore
    /// Carried out, and nothing after it: the process was killed.
    case killAfter
    /// Carried out; the answer was lost.
    case loseReply
    /// Not carried out; nobody knows.
    case loseRequest
  }

  private let inner: any ObjectStore
  private let fault: @Sendable (Int, Key, Bool) -> Fault?
  private let before: @Sendable (Int) -> Void
  private let state = Mutex((count: 0, dead: false))
  private let settling = Mutex<[Key]>([])
  private let hurrying = Mutex<[Double]>([])

  /// `fault` sees the number of the request, its key, and whether it writes; `before` runs ahead of each request.
  init(
    _ inner: any ObjectStore, fault: @escaping @Sendable (Int, Key, Bool) -> Fault? = { _, _, _ in nil },
    before: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.inner = inner
    self.before = before
    self.fault = fault
  }

  var count: Int { state.withLock { $0.count } }
  static let killed = StoreError.denied("killed")

  private func run<T>(_ key: Key, writes: Bool = false, _ body: () throws(StoreError) -> T) throws(StoreError)
    -> T
  {
    let (number, dead) = state.withLock { state in
      state.count += 1
      return (state.count, state.dead)
    }
    if dead { throw Self.killed }
    before(number)
    switch fault(number, key, writes) {
    case nil: return try body()
    case .loseRequest: throw .unavailable("timed out")
    case .loseReply:
      _ = try body()
      throw .unavailable("connection reset")
    case .killBefore:
      state.withLock { $0.dead = true }
      throw Self.killed
    case .killAfter:
      state.withLock { $0.dead = true }
      _ = try body()
      throw Self.killed
    }
  }

  func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    try run(request.prefix) { () throws(StoreError) in try inner.list(request) }
  }

  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
    try run(key) { () throws(StoreError) in try inner.open(key, tag: tag) }
  }

  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
    try run(key, writes: true) { () throws(StoreError) in try inner.write(key, contents, if: condition) }
  }

  func info(_ key: Key) throws(StoreError) -> ObjectInfo? {
    try run(key) { () throws(StoreError) in try inner.info(key) }
  }

  func remove(_ key: Key) throws(StoreError) {
    try run(key, writes: true) { () throws(StoreError) in try inner.remove(key) }
  }

  /// The seconds that it was asked to be patient for.
  var hurries: [Double] { hurrying.withLock { $0 } }

  func patient(for seconds: Double) -> any ObjectStore {
    hurrying.withLock { $0.append(seconds) }
    return self
  }

  /// What was made durable on behalf of another writer.
  var settled: [Key] { settling.withLock { $0 } }

  func settle(_ key: Key) throws(StoreError) {
    settling.withLock { $0.append(key) }
    try run(key) { () throws(StoreError) in try inner.settle(key) }
  }

  var requests: Int { inner.requests }
}

/// A store that says it keeps conditions and does not, each in a way that a real one had.
final class LyingStore: ObjectStore {
  enum Lie: String, CaseIterable, CustomStringConvertible, Sendable {
    case createsTwice, overwritesWhileRefusing, ignoresTags, replacesWhileRefusing, createsByTag,
      createsWhileRefusing,
      manyWinners, refusesTheRightTag, refusesInOtherWords

    var description: String { rawValue }
  }

  private let inner = MemoryStore()
  private let lie: Lie
  private let lock = Mutex(())

  init(_ lie: Lie) { self.lie = lie }

  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
    let exists = try inner.info(key) != nil
    switch (lie, condition, exists) {
    case (.createsTwice, .absent, _), (.ignoresTags, .matches, true), (.createsByTag, .matches, false):
      return try inner.write(key, contents, if: .always)
    case (.overwritesWhileRefusing, .absent, true), (.replacesWhileRefusing, .matches, true),
      (.createsWhileRefusing, .matches, false):
      do throws(StoreError) { return try inner.write(key, contents, if: condition) } catch {
        _ = try inner.write(key, contents, if: .always)
        throw error
      }
    case (.manyWinners, .absent, _) where key.bytes.last == UInt8(ascii: "c"):
      return try inner.write(key, contents, if: .always)
    case (.refusesTheRightTag, .matches, true): throw .conditionFailed
    case (.refusesInOtherWords, _, _):
      do throws(StoreError) { return try inner.write(key, contents, if: condition) } catch {
        throw .invalid("the store refuses the request (304)")
      }
    default: return try inner.write(key, contents, if: condition)
    }
  }

  func list(_ request: ListRequest) throws(StoreError) -> ListPage { try inner.list(request) }
  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject { try inner.open(key, tag: tag) }
  func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try inner.info(key) }
  func remove(_ key: Key) throws(StoreError) { try inner.remove(key) }
  var requests: Int { 0 }
}
