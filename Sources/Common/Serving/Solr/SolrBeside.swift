internal import Bytes
package import Failures
internal import Files
internal import Glibc
internal import JSON
package import Partitions

/// Collections beside the one that is read. That we made one, and when, is said by the property `freshet-made.COLLECTION` of the
/// alias.
extension SolrTarget {
  package func beside(generation: Int) throws(Failure) -> any ServingTarget {
    let place = try look()
    guard place.isSwappable else { throw notSwappable }
    // Told before anything is made.
    _ = try ranks(place)
    let fresh = Beside.name(of: address.name, generation: generation)
    let answer = try server.command(
      "CLUSTERSTATUS", [("collection", place.collection)], to: "read the shape of", place.collection)
    guard let shape = answer["cluster"]?["collections"]?[place.collection].flatMap(Self.shape) else {
      throw Failure(
        .badData, cannot: "read the shape of", place.collection,
        because: "no config set, router and shards are in what Solr says of it")
    }
    // First the mark, by which a collector knows it, should this be killed.
    try server.command(
      "ALIASPROP",
      [
        ("name", place.alias),
        ("property.\(SolrPlace.mark(of: fresh))", Instant(seconds: Int64(time(nil))).description),
      ], to: "remember that we make", fresh)
    let made = try server.ask("CREATE", [("name", fresh), ("waitForFinalState", "true")] + shape)
    // The name is nobody else's: where it exists, the answer to an earlier attempt was lost.
    if made.status != 400 || !made.reason.contains("already exists: \(fresh)") {
      _ = try SolrServer.answer(made, to: "create", fresh)
    }
    var plain = options
    plain.commitWithin = nil
    return SolrTarget(address, server, plain, made: fresh, others: place.states)
  }

  /// The parameters that make another collection like this one.
  private static func shape(_ collection: JSONValue) -> SolrServer.Parameters? {
    guard let config = collection["configName"]?.string, let shards = collection["shards"]?.members else {
      return nil
    }
    // The halves of a shard that was split are there beside it; it is no longer active.
    let active = shards.filter { $0.value["state"]?.string ?? "active" == "active" }.map(\.key)
    var shape: SolrServer.Parameters = [("collection.configName", config)]
    let router = collection["router"]?["name"]?.string ?? "compositeId"
    shape.append(("router.name", router))
    if let field = collection["router"]?["field"]?.string { shape.append(("router.field", field)) }
    shape.append(
      router == "implicit"
        ? ("shards", active.joined(separator: ",")) : ("numShards", String(active.count)))
    let kinds = ["nrtReplicas", "tlogReplicas", "pullReplicas"].compactMap { number($0, of: collection) }
    shape += kinds.isEmpty ? [number("replicationFactor", of: collection)].compactMap { $0 } : kinds
    if let most = number("maxShardsPerNode", of: collection) { shape.append(most) }
    return shape
  }

  /// Solr says numbers as strings here, and not all of its versions do. 0 and -1 are as if nothing were said.
  private static func number(_ name: String, of collection: JSONValue) -> (name: String, value: String)? {
    let number = collection[name]?.integer ?? collection[name]?.string.flatMap { Int($0) }
    return number.flatMap { $0 > 0 ? (name, String($0)) : nil }
  }

  package func swap(to fresh: any ServingTarget) throws(Failure) -> TargetState? {
    let place = try lookAlone()
    guard let fresh = fresh as? SolrTarget, let made = fresh.made, place.isSwappable else {
      throw notSwappable
    }
    // Solr has no condition for this: a base that was faster, and all that came after it, may have been replaced.
    var given = made
    for _ in 0..<Self.mostSwaps {
      try give(given)
      let first = try first(made, others: fresh.others, replaced: place.collection)
      if first == given { break }
      given = first
    }
    forget()
    guard given == made else { throw .overtaken(at: name) }
    // What is brought is sent by this one, and the file of the versions is had by one.
    let filled = fresh.versions.withLock { $0 }
    versions.withLock { $0 = filled }
    return try state(of: place.collection, on: try SolrPlace(of: address.name, made: nil, on: server))
  }

  private static let mostSwaps = 5

  private func give(_ collection: String) throws(Failure) {
    let answer = try server.ask("CREATEALIAS", [("name", address.name), ("collections", collection)])
    if answer.status == 400, answer.reason.contains("'\(collection)' is not an existing collection") {
      throw .removed(collection)
    }
    _ = try SolrServer.answer(answer, to: "give another collection to the alias", address.name)
  }

  private var notSwappable: Failure {
    Failure(
      .configuration, cannot: "swap", name,
      because: "\(address.name) is a collection, and only an alias can be given another one; make one"
        + " (CREATEALIAS) that readers and index-publish use in its place")
  }

  /// A collection that an alias names can't be deleted, so one that somebody begins to read meanwhile stays.
  package func collect(keep: Int, madeBy oldest: Instant, dryRun: Bool) throws(Failure) -> [String] {
    let place = try look()
    let all = try server.command("LIST", to: "list the collections of", server.session.base)
    let there = (all["collections"]?.array ?? []).compactMap(\.string)
    let aliases = try server.command("LISTALIASES", to: "list the aliases of", server.session.base)
    let read = (aliases["aliases"]?.members ?? []).flatMap { $0.value.string?.split(separator: ",") ?? [] }
    let old = place.made.filter { there.contains($0.name) && !read.contains(Substring($0.name)) }
      .garbage(keep: keep, madeBy: oldest)
    if dryRun { return old }
    var removed: [String] = []
    for name in old where try remove(name, alias: place.alias) { removed.append(name) }
    // Of a collector, or a base, that was killed in the middle.
    for beside in place.made where !there.contains(beside.name) && beside.made <= oldest {
      try forget(beside.name, alias: place.alias)
    }
    return removed
  }

  /// False where it is read.
  func remove(_ made: String, alias: String) throws(Failure) -> Bool {
    let answer = try server.ask("DELETE", [("name", made)])
    // Another collector was faster, or a base that is read by now.
    if answer.status == 400, answer.reason.contains("is part of aliases") { return false }
    if answer.status != 400 || !answer.reason.contains("Could not find collection") {
      _ = try SolrServer.answer(answer, to: "delete", made)
    }
    if let folder = try? options.versions.map(Directory.open) {
      SolrVersions.remove(made, at: address.base, in: folder)
    }
    try forget(made, alias: alias)
    return true
  }

  private func forget(_ made: String, alias: String) throws(Failure) {
    // An empty value removes a property.
    try server.command(
      "ALIASPROP",
      [
        ("name", alias), ("property.\(SolrPlace.property(of: made))", ""),
        ("property.\(SolrPlace.mark(of: made))", ""),
      ], to: "forget the state of", made)
  }
}

extension SolrTarget {
  /// The collection that has taken most, of this one and those that were told something since it was made. What is published
  /// to the one that it replaced is brought.
  private func first(
    _ own: String, others: [String: String], replaced: String
  ) throws(Failure) -> String {
    let place = try look()
    let ranks = try ranks(place)
    func rank(_ collection: String) -> (Int, String) { ranks[collection] ?? (0, "") }
    let rivals = place.made.map(\.name).filter {
      $0 != own && $0 != replaced && place.states[$0] != others[$0] && rank($0) > rank(own)
    }
    guard let rival = rivals.max(by: { rank($0) < rank($1) }) else { return own }
    // One that was never read does not go before what was published to the one that was.
    return rank(rival) > rank(replaced) ? rival : replaced
  }

  /// How much the one that is read has taken, and each that was made for its name, if they say something.
  private func ranks(_ place: SolrPlace) throws(Failure) -> [String: (Int, String)] {
    var ranks: [String: (Int, String)] = [:]
    for collection in [place.collection] + place.made.map(\.name) {
      guard let state = try state(of: collection, on: place) else { continue }
      ranks[collection] = (state.taken.generation, state.position)
    }
    return ranks
  }
}
