import Objects
import Synchronization

/// A store in front of another that does to requests what networks, servers and kills do, as a script has it.
final class UnsteadyStore: ObjectStore {
  enum Fault: Hashable, Sendable {
    /// Not carried out; nobody knows.
    case loseRequest
    /// Carried out; nobody knows.
    case loseReply
    /// Carried out when that many more requests have come, or at the end (`deliver`); nobody knows.
    case late(Int)
    /// Refused as one whose condition failed, though it did not.
    case refuse
    /// Not carried out, and nothing after it either: the process was killed.
    case killBefore
    /// Carried out, and nothing after it.
    case killAfter
    /// Carried out whatever the condition.
    case ignoreCondition
  }

  struct Request: Sendable {
    /// From 1 on.
    let number: Int
    let key: Key
    let writes: Bool
  }

  private struct State {
    var requests: [Request] = []
    var isDead = false
    var late: [(due: Int, write: @Sendable () -> Void)] = []
  }

  private let inner: any ObjectStore
  private let fault: @Sendable (Request) -> Fault?
  private let state = Mutex(State())

  init(_ inner: any ObjectStore, fault: @escaping @Sendable (Request) -> Fault? = { _ in nil }) {
    self.inner = inner
    self.fault = fault
  }

  var seen: [Request] { state.withLock { $0.requests } }
  var requests: Int { seen.count }
  static let killed = StoreError.denied("killed")

  /// Carries out whatever is still under way.
  func deliver() { carryOut(upTo: .max) }

  private func carryOut(upTo number: Int) {
    let due = state.withLock { state in
      defer { state.late.removeAll { $0.due <= number } }
      return state.late.filter { $0.due <= number }
    }
    for request in due { request.write() }
  }

  private func run<T>(
    _ key: Key, writes: Bool = false, again: (@Sendable () -> Void)? = nil,
    anyway: (() throws(StoreError) -> T)? = nil, _ body: () throws(StoreError) -> T
  ) throws(StoreError) -> T {
    let (request, isDead) = state.withLock { state in
      let request = Request(number: state.requests.count + 1, key: key, writes: writes)
      state.requests.append(request)
      return (request, state.isDead)
    }
    carryOut(upTo: request.number)
    if isDead { throw Self.killed }
    switch fault(request) {
    case .late(let pause):
      guard let again else { throw .unavailable("timed out") }
      state.withLock { $0.late.append((request.number + pause, again)) }
      throw .unavailable("timed out")
    case .loseRequest: throw .unavailable("timed out")
    case .loseReply:
      _ = try? body()
      throw .unavailable("connection reset")
    case .refuse where writes: throw .conditionFailed
    case .killBefore, .killAfter:
      state.withLock { $0.isDead = true }
      if fault(request) == .killAfter { _ = try? body() }
      throw Self.killed
    case .ignoreCondition:
      if let anyway { return try anyway() }
      return try body()
    case nil, .refuse: return try body()
    }
  }

  func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    try run(request.prefix) { () throws(StoreError) in try inner.list(request) }
  }

  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
    try run(key) { () throws(StoreError) in try inner.open(key, tag: tag) }
  }

  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
    let inner = inner
    return try run(
      key, writes: true, again: { _ = try? inner.write(key, contents, if: condition) },
      anyway: { () throws(StoreError) in try inner.write(key, contents, if: .always) }
    ) { () throws(StoreError) in try inner.write(key, contents, if: condition) }
  }

  func info(_ key: Key) throws(StoreError) -> ObjectInfo? {
    try run(key) { () throws(StoreError) in try inner.info(key) }
  }

  func remove(_ key: Key) throws(StoreError) {
    try run(key, writes: true) { () throws(StoreError) in try inner.remove(key) }
  }

  func now() throws(StoreError) -> Int64 {
    try run("") { () throws(StoreError) in try inner.now() }
  }
}
