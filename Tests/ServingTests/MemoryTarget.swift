import Changes
import Failures
import Foundation
import Partitions

@testable import Serving

/// A target in memory, which can die: at its `death`th call it ends, before or after that call has done its work, and all later
/// calls fail, as if the process were gone. What it holds stays, for the next one that is opened on the same `Server`.
///
/// The versions of documents are kept as Elasticsearch keeps them: what comes with an older one is there already.
final class MemoryTarget: ServingTarget, @unchecked Sendable {
  final class Server: @unchecked Sendable {
    struct Collection {
      var documents: [[UInt8]: [UInt8]] = [:]
      var versions: [[UInt8]: Int] = [:]
      var state: TargetState?
    }

    struct Content {
      var collections: [String: Collection] = [:]
      var alias = "first"
      var made = 0
      /// Whether what comes with an older version is left out.
      var mindsVersions = true
      var requests: [[GroupChange]] = []
    }

    private let lock = NSLock()
    private var content = Content(collections: ["first": Collection()])
    /// Documents that are refused.
    let bad: Set<String>

    init(bad: Set<String> = []) { self.bad = bad }

    func with<T>(_ body: (inout Content) -> T) -> T {
      lock.lock()
      defer { lock.unlock() }
      return body(&content)
    }

    var documents: [String: String] {
      with { content in
        Dictionary(
          uniqueKeysWithValues: (content.collections[content.alias]?.documents ?? [:]).map {
            (String(decoding: $0.key, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
          })
      }
    }

    var state: TargetState? { with { $0.collections[$0.alias]?.state } }
  }

  let name = "memory"
  let server: Server
  private(set) var calls = 0
  /// The call that is the last; nil: it lives.
  private let death: Int?
  private let isAfter: Bool
  private let own: String?
  private let parent: MemoryTarget?
  /// Is done before each call of that number.
  var before: (number: Int, action: () -> Void)?

  init(_ server: Server, death: Int? = nil, after: Bool = false) {
    (self.server, self.death, isAfter) = (server, death, after)
    (own, parent) = (nil, nil)
  }

  private init(beside parent: MemoryTarget, _ name: String) {
    (server, death, isAfter) = (parent.server, nil, false)
    (own, self.parent) = (name, parent)
  }

  static let killed = Failure(.software, "killed")

  /// Hands over the content, and the name of the collection.
  private func call<T>(_ body: (inout Server.Content, String) -> T) throws(Failure) -> T {
    let root = parent ?? self
    let number = server.with { _ in
      root.calls += 1
      return root.calls
    }
    if let before = root.before, before.number == number { before.action() }
    let death = root.death ?? .max
    if number > death || number == death && !root.isAfter { throw Self.killed }
    let result = server.with { content in
      let name = own ?? content.alias
      return content.collections[name] == nil ? nil : body(&content, name)
    }
    guard let result else { throw Failure(.noInput, "it is gone") }
    if number == death { throw Self.killed }
    return result
  }

  /// What was read last: of which collection, and its state.
  private var seen: (collection: String, state: TargetState?)?

  /// Does what has to be done alone, unless another one has been at work since the state was read.
  private func callAlone<T>(
    or state: TargetState? = nil, _ body: (inout Server.Content, String) -> T
  ) throws(Failure) -> T {
    let seen = seen
    let result = try call { content, name -> T? in
      let now = content.collections[name]?.state
      guard own != nil || seen.map({ $0 == (name, now) || now == state }) ?? true else { return nil }
      return body(&content, name)
    }
    guard let result else { throw Failure(.tryAgain, "another publisher is at work on it") }
    return result
  }

  func state() throws(Failure) -> TargetState? {
    let found = try call { ($1, $0.collections[$1]?.state) }
    seen = found
    return found.1
  }

  func documents() throws(Failure) -> Int { try call { $0.collections[$1]?.documents.count ?? 0 } }

  func set(_ state: TargetState) throws(Failure) {
    seen = try callAlone(or: state) { content, name in
      content.collections[name]?.state = TargetState(json: state.json)
      return (name, state)
    }
  }

  func send(_ groups: [GroupChange], version: Int) throws(Failure) -> [Rejection] {
    try call { content, name in
      content.requests.append(groups)
      var rejections: [Rejection] = []
      for change in groups.flatMap(\.documents) {
        if self.server.bad.contains(String(decoding: change.id, as: UTF8.self)), change.document != nil {
          rejections.append(Rejection(id: change.id, reason: "bad"))
        } else if !content.mindsVersions || content.collections[name]?.versions[change.id] ?? 0 <= version {
          content.collections[name]?.versions[change.id] = version
          content.collections[name]?.documents[change.id] = change.document
        }
      }
      return rejections
    }
  }

  func commit() throws(Failure) { try call { _, _ in } }

  func forEachID(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    for id in try call({ content, name in (content.collections[name]?.documents ?? [:]).keys.map { $0 } }) {
      try body(id)
    }
  }

  func beside(generation: Int) throws(Failure) -> any ServingTarget {
    let name = try call { content, _ in
      content.made += 1
      content.collections["\(generation)-\(content.made)"] = Server.Collection()
      return "\(generation)-\(content.made)"
    }
    return MemoryTarget(beside: self, name)
  }

  func swap(to fresh: any ServingTarget) throws(Failure) -> TargetState? {
    let name = (fresh as? MemoryTarget)?.own ?? ""
    // It looks, and then swaps: there is no condition for it.
    try callAlone { _, _ in }
    return try call { content, replaced in
      content.alias = name
      return content.collections[replaced]?.state
    }
  }

  func collect(keep: Int, madeBy oldest: Instant, dryRun: Bool) throws(Failure) -> [String] { [] }
}
