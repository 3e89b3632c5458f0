import Objects
import Synchronization

/// A store around another, of which the n-th request, counted from 1, goes wrong.
final class FailingStore: ObjectStore {
  enum Fault: CaseIterable, Sendable {
    /// Not carried out, and nothing after it either: the process was killed.
    case killBefore
    /// Carried out, and nothing after it.
    case killAfter
    /// Carried out; the answer was lost.
    case loseReply
    /// Not carried out; nobody knows.
    case loseRequest
  }

  private let inner: any ObjectStore
  private let state: Mutex<(count: Int, isDead: Bool)>
  private let failing: (number: Int, fault: Fault)?

  init(_ inner: any ObjectStore, _ failing: (number: Int, fault: Fault)? = nil) {
    (self.inner, self.failing) = (inner, failing)
    state = Mutex((0, false))
  }

  /// How many requests there were.
  var count: Int { state.withLock { $0.count } }
  static let killed = StoreError.denied("killed")

  private func run<T>(_ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    let (number, isDead) = state.withLock { state in
      state.count += 1
      return (state.count, state.isDead)
    }
    if isDead { throw Self.killed }
    guard let failing, failing.number == number else { return try body() }
    switch failing.fault {
    case .loseRequest: throw .unavailable("timed out")
    case .loseReply:
      _ = try body()
      throw .unavailable("connection reset")
    case .killBefore, .killAfter:
      state.withLock { $0.isDead = true }
      if failing.fault == .killAfter { _ = try body() }
      throw Self.killed
    }
  }

  func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    try run { () throws(StoreError) in try inner.list(request) }
  }

  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
    try run { () throws(StoreError) in try inner.open(key, tag: tag) }
  }

  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
    try run { () throws(StoreError) in try inner.write(key, contents, if: condition) }
  }

  func info(_ key: Key) throws(StoreError) -> ObjectInfo? {
    try run { () throws(StoreError) in try inner.info(key) }
  }

  func remove(_ key: Key) throws(StoreError) {
    try run { () throws(StoreError) in try inner.remove(key) }
  }

  var requests: Int { 0 }
}
