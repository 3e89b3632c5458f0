internal import Changes
internal import Failures
internal import JSON

/// Groups on their way into a collection, as a rule in one request.
///
/// Solr stops at the first document that it refuses, keeps what stood before it, and says only sometimes which one it was.
/// So what was refused is sent again in halves, down to the documents that are at fault; all others arrive. The same
/// halves serve where a request is too large for the server.
struct SolrSending {
  let server: SolrServer
  let collection: String
  /// The schema's unique key.
  let key: String
  let commitWithin: Int?
  let versions: SolrVersions?

  func send(_ groups: [GroupChange]) throws(Failure) -> [Rejection] {
    var refused: [Rejection] = []
    var sound: [GroupChange] = []
    for group in groups {
      var kept = group
      kept.documents = []
      for change in group.documents {
        if let rejection = try check(change) {
          refused.append(rejection)
        } else {
          kept.documents.append(change)
        }
      }
      if !kept.documents.isEmpty { sound.append(kept) }
    }
    if let versions { refused += try mind(&sound, versions) }
    return refused + (sound.isEmpty ? [] : try send(sound[...]))
  }

  private func check(_ change: DocumentChange) throws(Failure) -> Rejection? {
    guard let document = change.document else { return nil }
    switch SolrDocument.flaw(of: document, id: change.id, key: key) {
    case nil: return nil
    case .object(let member):
      return Rejection(
        id: change.id,
        reason:
          "\(ServingAnswer.line(member)) is or holds an object, which Solr would take for a change to a document"
      )
    case .otherKey:
      throw Failure(
        .configuration, cannot: "publish to", collection,
        because: "its unique key is \(key), which is not the id of the document"
          + " \(ServingAnswer.name(of: change.id)); give the collection a schema"
          + " whose uniqueKey is the id of the fields file")
    }
  }

  /// Not empty, and no group is.
  private func send(_ groups: ArraySlice<GroupChange>) throws(Failure) -> [Rejection] {
    let answer = try post(groups)
    if answer.status == 200 {
      let json = try SolrServer.answer(answer, to: "update", collection)
      if let versions {
        let ids = groups.flatMap { $0.documents.map(\.id) }
        let actual = try actual(ids)
        try versions.remember(ids.map { ($0, actual[$0] ?? -1) })
      }
      return Self.passedOver(json, answer)
    }
    guard [400, 409, 413].contains(answer.status) else {
      _ = try SolrServer.answer(answer, to: "update", collection)
      return []
    }
    if let id = Self.conflicting(answer, in: groups) {
      let rest = Self.without(id, groups)
      return [Rejection(id: id, reason: answer.label)] + (rest.isEmpty ? [] : try send(rest[...]))
    }
    if let halves = Self.halves(groups) { return try send(halves.0) + send(halves.1) }
    guard let change = groups.first?.documents.first else { return [] }
    return [Rejection(id: change.id, reason: answer.label)]
  }

  private static func without(_ id: [UInt8], _ groups: ArraySlice<GroupChange>) -> [GroupChange] {
    groups.map { group in
      GroupChange(group: group.group, documents: group.documents.filter { $0.id != id })
    }.filter { !$0.documents.isEmpty }
  }

  private func post(_ groups: ArraySlice<GroupChange>) throws(Failure) -> ServingAnswer {
    var parameters: SolrServer.Parameters = []
    if let commitWithin { parameters.append(("commitWithin", String(commitWithin))) }
    let actual = versions == nil ? [:] : try actual(groups.flatMap { $0.documents.map(\.id) })
    let isMinded = versions != nil
    let update = SolrUpdate(groups) { isMinded ? actual[$0] ?? -1 : nil }
    return try server.update(collection, update.body, parameters)
  }

  /// Between groups; of one group, between its documents. Nil of one document.
  private static func halves(
    _ groups: ArraySlice<GroupChange>
  ) -> (ArraySlice<GroupChange>, ArraySlice<GroupChange>)? {
    if groups.count > 1 {
      let middle = groups.startIndex + groups.count / 2
      return (groups[..<middle], groups[middle...])
    }
    guard let group = groups.first, group.documents.count > 1 else { return nil }
    let middle = group.documents.count / 2
    return (
      [GroupChange(group: group.group, documents: Array(group.documents[..<middle]))],
      [GroupChange(group: group.group, documents: Array(group.documents[middle...]))]
    )
  }

  /// What a collection with the tolerant update processor has left out of a request that it has answered with 200.
  private static func passedOver(_ json: JSONValue, _ answer: ServingAnswer) -> [Rejection] {
    (json["responseHeader"]?["errors"]?.array ?? []).map { error in
      Rejection(
        id: Array((error["id"]?.string ?? "").utf8),
        reason: answer.line(error["message"]?.string ?? ""))
    }
  }
}
