package import Changes
package import Failures
internal import JSON
internal import Synchronization

/// What a person says of indexes beside.
package struct ElasticOptions: Sendable {
  /// A file: the body that an index beside is created with; nil: as the one that is read has it.
  package var settings: String?
  /// An index of the name that readers use is removed, for the alias to have its name.
  package var force = false
  /// Nothing is written: somebody only looks.
  package var isLook = false

  package init() {}
}

/// One index of Elasticsearch 7 or 8, or of OpenSearch 1 or 2, by its own name or that of an alias. What it was told is in the
/// member `freshet` of its mapping's `_meta`.
package final class ElasticTarget: ServingTarget {
  package let name: String
  /// What readers call it.
  let title: String
  let server: ElasticServer
  let options: ElasticOptions
  /// Of an index that is being filled: the refresh interval that it gets in the end.
  private let interval: JSONValue?
  let place = Mutex<String?>(nil)
  private let known = Mutex<Known>(.nothing)

  /// What the index said of itself last, or was told by us.
  private enum Known {
    case nothing
    case state(TargetState?)
  }

  /// `name`: the address as the user gave it, `index` its last part.
  package convenience init(
    _ name: String, index: String, _ session: ServingSession, _ options: ElasticOptions = ElasticOptions()
  ) {
    self.init(name, index: index, ElasticServer(session: session), options, interval: nil)
  }

  init(
    _ name: String, index: String, _ server: ElasticServer, _ options: ElasticOptions, interval: JSONValue?
  ) {
    (self.name, title, self.server, self.options, self.interval) = (name, index, server, options, interval)
  }

  /// The index itself, as it was when the state was read last.
  func index() throws(Failure) -> String {
    if let index = place.withLock({ $0 }) { return index }
    return try look().index
  }

  /// The name is another's now.
  func forget() {
    place.withLock { $0 = nil }
    known.withLock { $0 = .nothing }
  }

  /// What a name stands for, and what that says of itself.
  private struct Look {
    let index: String
    let meta: JSONValue
    let state: TargetState?
  }

  package func state() throws(Failure) -> TargetState? {
    place.withLock { $0 = nil }
    let state = try look().state
    known.withLock { $0 = .state(state) }
    return state
  }

  /// Now, in one piece. 75 where it is another index's name than when the state was read.
  private func look() throws(Failure) -> Look {
    let answer = try found()
    let index = try ElasticName(title, answer).written(
      as: name, to: options.isLook ? "look at" : "publish to")
    let isOther = place.withLock { place in
      place = place ?? index
      return place != index
    }
    if isOther { throw overtaken }
    let meta = answer[index]?["mappings"]?["_meta"] ?? .object([])
    // Of one that is being filled, and that somebody removes, the next bulk makes another, with whatever mapping comes of it.
    if isBeside, meta[Self.mark] == nil {
      _ = try server.find("DELETE", ElasticServer.path(index), verb: "remove")
      throw Failure(.noInput, cannot: "publish to", name, because: "it is not there any more")
    }
    return Look(index: index, meta: meta, state: try state(in: meta))
  }

  func state(in meta: JSONValue) throws(Failure) -> TargetState? {
    guard let stored = meta["freshet"], stored != .null else { return nil }
    guard let state = TargetState(json: stored) else {
      throw Failure(
        .badData, cannot: "read the state of", name, because: "_meta.freshet is none that this version knows")
    }
    return state
  }

  /// What an index says that readers no longer see by this name; nil: nothing, or it is gone.
  func state(ofReplaced index: String) throws(Failure) -> TargetState? {
    let path = ElasticServer.path(index, "/_mapping?filter_path=*.mappings._meta")
    let answer = try server.find("GET", path, verb: "read the state of")
    return try answer?[index]?["mappings"]?["_meta"].flatMap { (meta) throws(Failure) in try state(in: meta) }
  }

  /// Elasticsearch has no condition for this. A look before, and one after, tell of another publisher at all times but between
  /// the two; what both send at that moment is put right by their versions, and by the next run of either.
  package func set(_ state: TargetState) throws(Failure) {
    let now = try look()
    if case .state(let last) = known.withLock({ $0 }), now.state != last, now.state != state {
      throw overtaken
    }
    let body = JSONValue.object([.init("_meta", now.meta.with("freshet", state.json))])
    let verb = "set the state of"
    let path = ElasticServer.path(now.index, "/_mapping")
    let answer = try server.ask("PUT", path, body, verb: verb)
    guard answer["acknowledged"]?.bool == true else {
      throw server.failure(.tryAgain, path, verb: verb, "it was not acknowledged in time")
    }
    guard try look().state == state else { throw overtaken }
    known.withLock { $0 = .state(state) }
  }

  private var isBeside: Bool { interval != nil }

  var overtaken: Failure { .overtaken(at: name) }

  /// Whether the state is none that we have seen.
  private func isOvertaken() throws(Failure) -> Bool {
    guard case .state(let last) = known.withLock({ $0 }) else { return false }
    return try look().state != last
  }

  package func send(_ groups: [GroupChange], version: Int) throws(Failure) -> [Rejection] {
    if isBeside { _ = try look() }
    // What was deleted leaves no version behind, in the end, that would be later than ours.
    if try isOvertaken() { throw overtaken }
    var sending = ElasticSending(server, try index()) { () throws(Failure) in try self.isOvertaken() }
    try sending.send(groups, version: version)
    return sending.rejections
  }

  package func commit() throws(Failure) {
    if let interval {
      _ = try look()
      let body = JSONValue.object([.init("index", .object([.init("refresh_interval", interval)]))])
      _ = try server.ask(
        "PUT", ElasticServer.path(try index(), "/_settings"), body, verb: "set the settings of")
    }
    try refresh()
  }

  private func refresh() throws(Failure) {
    let path = ElasticServer.path(try index(), "/_refresh")
    let answer = try server.ask("POST", path, verb: "refresh")
    try expectWhole(answer, path, verb: "refresh")
  }

  /// As readers see it: what another publisher is sending, or what was left of a killed one, is made visible by neither a look nor
  /// a count. But of what it has of others all counts.
  package func documents() throws(Failure) -> Int {
    if case .state(.some) = known.withLock({ $0 }) {} else { try refreshUnlessLook() }
    let path = ElasticServer.path(try index(), "/_count")
    let answer = try server.ask("GET", path, verb: "count")
    try expectWhole(answer, path, verb: "count")
    guard let count = answer["count"]?.integer else {
      throw server.failure(.badData, path, verb: "count", "the answer has no number")
    }
    return count
  }

  private func refreshUnlessLook() throws(Failure) { if !options.isLook { try refresh() } }

  package func forEachID(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    try refreshUnlessLook()
    var scroll = ElasticScroll(server, try index())
    defer { scroll.close() }
    while let ids = try scroll.next() { for id in ids { try body(id) } }
  }

  private func expectWhole(_ answer: JSONValue, _ path: String, verb: String) throws(Failure) {
    let failed = answer["_shards"]?["failed"]?.integer ?? 0
    guard failed == 0 else { throw server.failure(.unavailable, path, verb: verb, "\(failed) shards failed") }
  }
}
