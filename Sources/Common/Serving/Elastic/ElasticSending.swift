internal import Changes
internal import Failures
internal import JSON

/// Groups on their way into an index: a bulk, and what of it has to be sent again.
struct ElasticSending: ~Copyable {
  private let server: ElasticServer
  private let index: String
  /// Whether somebody else publishes to it, too.
  private let isOvertaken: () throws(Failure) -> Bool
  private(set) var rejections: [Rejection] = []

  private static let verb = "send documents to"
  /// Bytes that the answer may have of each document.
  private static let longestError = 4 << 10

  init(_ server: ElasticServer, _ index: String, isOvertaken: @escaping () throws(Failure) -> Bool) {
    self.server = server
    self.index = index
    self.isOvertaken = isOvertaken
  }

  mutating func send(_ groups: [GroupChange], version: Int) throws(Failure) {
    var items: [BulkItem] = []
    for (number, group) in groups.enumerated() {
      for change in group.documents where isSendable(change) {
        items.append(
          BulkItem(id: change.id, document: change.document, group: number, version: version))
      }
    }
    try send(items[...])
  }

  /// One bad id would have the whole bulk refused. What can't be there needs not be deleted.
  private mutating func isSendable(_ change: DocumentChange) -> Bool {
    if (1...BulkBody.longestID).contains(change.id.count) { return true }
    if change.document != nil {
      let reason = "its id has \(change.id.count) bytes, and may have 1 to \(BulkBody.longestID)"
      rejections.append(Rejection(id: change.id, reason: reason))
    }
    return false
  }

  private mutating func send(_ items: ArraySlice<BulkItem>) throws(Failure) {
    var left = items
    var pauses = server.session.pauses
    defer { if pauses.attempts > 0 { server.session.endWaiting() } }
    while !left.isEmpty {
      guard let verdicts = try verdicts(left) else { return try sendHalves(of: left) }
      let (again, reason) = try sorted(left, verdicts)
      if let reason, !server.session.wait(&pauses, after: reason) {
        throw failure(.tryAgain, reason + pauses.end)
      }
      left = again[...]
    }
  }

  /// Nil where it was too large.
  private func verdicts(_ items: ArraySlice<BulkItem>) throws(Failure) -> [BulkVerdict]? {
    var body = BulkBody()
    for item in items { body.append(item) }
    var request = ServingRequest("POST", path("/_bulk?\(BulkAnswer.filter)"))
    request.contentType = "application/x-ndjson"
    request.body = body.bytes
    request.mayCompress = true
    request.longestAnswer += items.count * Self.longestError
    request.verb = Self.verb
    let answer = try server.session.send(request)
    if answer.status == 413 { return nil }
    guard answer.status == 200 else { throw server.failure(answer, request.path, verb: Self.verb) }
    guard let verdicts = BulkAnswer.verdicts(answer, count: items.count) else {
      throw failure(.badData, "the answer is none for \(items.count) documents")
    }
    return verdicts
  }

  /// What is to be sent again, and why not at once.
  private mutating func sorted(
    _ items: ArraySlice<BulkItem>, _ verdicts: [BulkVerdict]
  ) throws(Failure) -> (again: [BulkItem], reason: String?) {
    var (busy, conflicts, reason) = ([BulkItem](), [BulkItem](), String?.none)
    for (item, verdict) in zip(items, verdicts) {
      switch verdict {
      case .done: break
      case .busy(let why):
        busy.append(item)
        reason = why
      case .conflict: conflicts.append(item)
      case .refused(let why): rejections.append(Rejection(id: item.id, reason: why))
      case .failed(let exit, let why): throw failure(exit, why)
      }
    }
    let again = try busy + settled(conflicts)
    return (again, reason.map { "\(busy.count) of \(items.count) documents have to wait: \($0)" })
  }

  /// Documents that have a later version than ours. Where another publisher has the index now, it is theirs to finish. Else the
  /// versions are not ours: of whoever wrote before us, or of another lineage. Ours are put in their place, as that version, so
  /// that nothing later is overwritten.
  private func settled(_ conflicts: [BulkItem]) throws(Failure) -> [BulkItem] {
    if conflicts.isEmpty { return [] }
    if try isOvertaken() { throw .overtaken(at: index) }
    let path = path("/_mget?_source=false&filter_path=docs._version,docs.found")
    let ids = conflicts.map { JSONValue.string(String(decoding: $0.id, as: UTF8.self)) }
    let answer = try server.ask(
      "POST", path, .object([.init("ids", .array(ids))]), verb: "ask for versions in")
    guard let found = answer["docs"]?.array, found.count == conflicts.count else {
      throw failure(.badData, "the answer is none for \(conflicts.count) documents")
    }
    return zip(conflicts, found).map { item, present in
      var item = item
      item.version = present["_version"]?.integer
      return item
    }
  }

  /// Between groups, where there are several.
  private mutating func sendHalves(of items: ArraySlice<BulkItem>) throws(Failure) {
    guard items.count > 1, let first = items.first, let last = items.last else {
      for item in items {
        rejections.append(Rejection(id: item.id, reason: "it is larger than the server takes (413)"))
      }
      return
    }
    var middle = items.startIndex + items.count / 2
    if first.group != last.group {
      let group = items[middle].group
      let isLast = group == last.group
      middle = items.firstIndex { isLast ? $0.group == group : $0.group > group } ?? middle
    }
    try send(items[..<middle])
    try send(items[middle...])
  }

  private func path(_ rest: String) -> String { ElasticServer.path(index, rest) }

  private func failure(_ exit: Exit, _ reason: String) -> Failure {
    server.failure(exit, path("/_bulk"), verb: Self.verb, reason)
  }
}
