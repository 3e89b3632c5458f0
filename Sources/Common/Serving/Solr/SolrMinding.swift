internal import Changes
internal import Failures
internal import JSON

/// Sending where somebody else may have changed a document since we sent it last: then it is refused.
///
/// 1. The versions that the collection has are asked for. A document that we know by another one is refused; it stays so until
///    its line is taken out of the file, or the other's change is undone.
/// 2. The others are forgotten in the file, and sent with the versions just read: Solr refuses what is changed meanwhile.
/// 3. The versions are asked for again, and remembered.
///
/// Where Solr stops in the middle (409 and 400), what stood before it has new versions by us: so these are read again before
/// the rest is sent. A request whose answer was lost, and which the session repeats, looks like another's change: its first
/// document is refused once, and is not minded by the next publish.
extension SolrSending {
  /// Takes out what is refused.
  func mind(
    _ groups: inout [GroupChange], _ versions: SolrVersions
  ) throws(Failure) -> [Rejection] {
    let ids = groups.flatMap { $0.documents.map(\.id) }
    let known = versions.known(ids)
    let actual = known.isEmpty ? [:] : try self.actual(ids)
    var refused: [Rejection] = []
    for index in groups.indices {
      groups[index].documents.removeAll { change in
        let (wanted, found) = (known[change.id], actual[change.id] ?? -1)
        guard let wanted, wanted != found, found != -1 || change.document != nil else { return false }
        let what = found == -1 ? "deleted" : wanted == -1 ? "added" : "changed"
        refused.append(
          Rejection(id: change.id, reason: "somebody else has \(what) it since (_version_ \(found))"))
        return true
      }
    }
    groups.removeAll { $0.documents.isEmpty }
    try versions.forget(groups.flatMap { $0.documents.map(\.id) })
    return refused
  }

  /// The versions that the collection has now, committed or not; of what it has not, none.
  func actual(_ ids: [[UInt8]]) throws(Failure) -> [[UInt8]: Int] {
    let answer = try server.get(collection, ids: ids, fields: "\(key),_version_")
    let several = answer["response"]?["docs"]?.array
    guard let documents = several ?? answer["doc"].map({ [$0] }) else {
      throw Failure(
        .badData, cannot: "read the versions of", collection, because: "this is no answer of Solr")
    }
    var versions: [[UInt8]: Int] = [:]
    for document in documents where document != .null {
      guard let id = document[key].flatMap(SolrServer.text), let version = document["_version_"]?.integer
      else {
        throw Failure(
          .configuration, cannot: "read the versions of", collection,
          because: "its schema does not show \(key) and _version_")
      }
      versions[Array(id.utf8)] = version
    }
    return versions
  }

  /// The document of the request that a 409 names.
  static func conflicting(_ answer: ServingAnswer, in groups: ArraySlice<GroupChange>) -> [UInt8]? {
    guard answer.status == 409 else { return nil }
    let reason = answer.reason
    let ids = groups.lazy.flatMap { $0.documents.map(\.id) }
    return ids.first { reason.contains("conflict for \(String(decoding: $0, as: UTF8.self)) expected") }
  }
}
