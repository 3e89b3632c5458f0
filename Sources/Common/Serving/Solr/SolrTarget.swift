package import Changes
package import Failures
internal import JSON
internal import Synchronization

/// A collection of SolrCloud, by its name or an alias. What is sent goes to the collection itself: an alias may be given
/// another one meanwhile.
///
/// A searcher sees nothing of what was sent before a commit, and all of a group after it: unless Solr commits on its own
/// (autoSoftCommit, `commitWithin`) just while it takes the group's request.
package final class SolrTarget: ServingTarget {
  package let name: String
  let address: TargetAddress
  let server: SolrServer
  let options: SolrOptions
  /// A collection beside the one that is read; nil: the one that is read.
  let made: String?
  /// What the others said when it was made.
  let others: [String: String]
  private let known = Mutex<SolrPlace?>(nil)
  /// The states that are ours to replace: the last that we read or set, and the one before it, which a node of the cluster
  /// that lags may still tell of; nil where nothing was read.
  private let expected = Mutex<[String?]?>(nil)
  private let key = Mutex<String?>(nil)
  let versions = Mutex<SolrVersions?>(nil)

  convenience init(_ address: TargetAddress, _ session: ServingSession, _ options: SolrOptions) {
    self.init(address, SolrServer(session: session), options, made: nil)
  }

  init(
    _ address: TargetAddress, _ server: SolrServer, _ options: SolrOptions, made: String?,
    others: [String: String] = [:]
  ) {
    (self.address, self.server, self.options) = (address, server, options)
    (self.made, self.others) = (made, others)
    name = made.map { "\(address.kind.rawValue)+\(address.base)/\($0)" } ?? address.text
  }

  /// As it is now.
  func look() throws(Failure) -> SolrPlace {
    let place = try SolrPlace(of: address.name, made: made, on: server)
    known.withLock { $0 = place }
    return place
  }

  /// As it was when it was last looked at.
  func place() throws(Failure) -> SolrPlace {
    if let place = known.withLock({ $0 }) { return place }
    return try look()
  }

  /// The name is another's now.
  func forget() {
    known.withLock { $0 = nil }
    expected.withLock { $0 = nil }
  }

  package func state() throws(Failure) -> TargetState? {
    let place = try look()
    expected.withLock { $0 = [place.state] }
    return try state(of: place.collection, on: place)
  }

  /// 65 where it is none that we know: what has taken more than all we know must not be replaced.
  func state(of collection: String, on place: SolrPlace) throws(Failure) -> TargetState? {
    guard let text = place.states[collection] else { return nil }
    guard let state = (try? JSONValue.parse(text)).flatMap(TargetState.init(json:)) else {
      throw Failure(
        .badData, cannot: "read the state of", name,
        because: "the property \(SolrPlace.property(of: collection)) of the alias \(place.alias)"
          + " is none that this version knows")
    }
    return state
  }

  /// Solr has no condition for this: a look before, and one after, tell of another publisher, but for the moment between.
  package func set(_ state: TargetState) throws(Failure) {
    let text = state.json.text
    let place = try lookAlone(or: text)
    if !place.hasAlias {
      try server.command(
        "CREATEALIAS", [("name", place.alias), ("collections", place.collection)], to: "make the alias",
        place.alias)
    }
    try server.command(
      "ALIASPROP", [("name", place.alias), ("property.\(place.property)", text)],
      to: "keep its state on the alias", place.alias)
    expected.withLock { $0 = [place.state, text] }
    _ = try lookAlone()
  }

  /// As it is now, unless another publisher was at work since we read its state: one that has slept must not put what is
  /// old over what is new.
  func lookAlone(or text: String? = nil) throws(Failure) -> SolrPlace {
    let before = known.withLock { $0 }
    let place = try look()
    guard let expected = expected.withLock({ $0 }), let before else { return place }
    guard before.collection == place.collection,
      expected.contains(place.state) || text != nil && place.state == text
    else {
      throw .overtaken(at: name)
    }
    return place
  }

  package func send(_ groups: [GroupChange], version: Int) throws(Failure) -> [Rejection] {
    let collection = try lookAlone().collection
    let sending = SolrSending(
      server: server, collection: collection, key: try uniqueKey(), commitWithin: options.commitWithin,
      versions: try remembered(collection))
    let rejections = try sending.send(groups)
    // What another publisher has sent looks like somebody else's.
    if options.versions != nil, !rejections.isEmpty { _ = try lookAlone() }
    return rejections
  }

  private func remembered(_ collection: String) throws(Failure) -> SolrVersions? {
    guard let folder = options.versions else { return nil }
    return try versions.withLock { (versions) throws(Failure) in
      if let versions, versions.collection == collection { return versions }
      let read = try SolrVersions(of: collection, at: address.base, in: folder)
      versions = read
      return read
    }
  }

  package func commit() throws(Failure) {
    try versions.withLock({ $0 })?.tidy()
    if options.commitWithin == nil { try commitNow() }
  }

  private func commitNow() throws(Failure) {
    let collection = try place().collection
    let answer = try server.update(collection, Array(#"{"commit":{}}"#.utf8), [])
    _ = try SolrServer.answer(answer, to: "commit", collection)
  }

  private func uniqueKey() throws(Failure) -> String {
    if let key = key.withLock({ $0 }) { return key }
    let collection = try place().collection
    let answer = try server.get(collection, "schema/uniquekey", [], to: "read the schema of")
    guard let found = answer["uniqueKey"]?.string else {
      throw Failure(.configuration, cannot: "publish to", name, because: "its schema has no unique key")
    }
    key.withLock { $0 = found }
    return found
  }

  package func documents() throws(Failure) -> Int {
    let collection = try place().collection
    let answer = try server.get(
      collection, "select", [("q", "*:*"), ("defType", "lucene"), ("rows", "0")], to: "count")
    guard let count = answer["response"]?["numFound"]?.integer else { throw noAnswer(collection) }
    return count
  }

  /// After a commit: what a killed publish has sent is among them, too.
  package func forEachID(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    try commitNow()
    let (collection, key) = (try place().collection, try uniqueKey())
    var mark = "*"
    while true {
      let answer = try server.get(
        collection, "select",
        [
          ("q", "*:*"), ("defType", "lucene"), ("fl", key), ("sort", "\(key) asc"), ("rows", "2000"),
          ("cursorMark", mark),
        ], to: "list", longestAnswer: Self.longestPage)
      guard let next = answer["nextCursorMark"]?.string, let page = answer["response"]?["docs"]?.array,
        answer["responseHeader"]?["partialResults"]?.bool != true
      else { throw noAnswer(collection) }
      for document in page {
        guard let id = document[key].flatMap(SolrServer.text) else { throw noAnswer(collection) }
        try body(Array(id.utf8))
      }
      if next == mark { return }
      mark = next
    }
  }

  /// Of 2000 ids, none of which can be longer than a term of Lucene.
  private static let longestPage = 2000 << 15

  private func noAnswer(_ collection: String) -> Failure {
    Failure(.badData, cannot: "read", collection, because: "this is no answer of Solr")
  }
}
