internal import Bytes
package import Failures
internal import JSON

/// A collection beside the one that is read, called NAME-<generation>-<6 hex>, and the change to it.
extension SolrTarget {
  package func beside(generation: Int) throws(Failure) -> any ServingTarget {
    let place = try look()
    guard place.isSwappable else { throw notSwappable }
    let fresh = "\(address.name)-\(generation)-\(RandomID.draw().prefix(6))"
    let answer = try server.command(
      "CLUSTERSTATUS", [("collection", place.collection)], to: "read the shape of", place.collection)
    guard let shape = answer["cluster"]?["collections"]?[place.collection].flatMap(Self.shape) else {
      throw Failure(
        .badData, cannot: "read the shape of", place.collection,
        because: "no config set, router and shards are in what Solr says of it")
    }
    let made = try server.ask("CREATE", [("name", fresh), ("waitForFinalState", "true")] + shape)
    // The name is nobody else's: where it exists, the answer to an earlier attempt was lost.
    if made.status != 400 || !made.reason.contains("already exists: \(fresh)") {
      _ = try SolrServer.answer(made, to: "create", fresh)
    }
    // That it is ours: no other is ever removed.
    try server.command(
      "ALIASPROP",
      [
        ("name", place.alias),
        ("property.\(SolrPlace.property(of: fresh))", TargetState(taken: .nothing).json.text),
      ], to: "keep the state of", fresh)
    var plain = options
    plain.commitWithin = nil
    return SolrTarget(address, server, plain, made: fresh)
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

  package func swap(to fresh: any ServingTarget) throws(Failure) {
    guard let fresh = fresh as? SolrTarget, let made = fresh.made, try look().isSwappable else {
      throw notSwappable
    }
    try server.command(
      "CREATEALIAS", [("name", address.name), ("collections", made)],
      to: "give another collection to the alias",
      address.name)
    forget()
  }

  private var notSwappable: Failure {
    Failure(
      .configuration, cannot: "swap", name,
      because: "\(address.name) is a collection, and only an alias can be given another one; make one"
        + " (CREATEALIAS) that readers and index-publish use in its place")
  }

  /// A collection that an alias names can't be deleted, so one that somebody begins to read meanwhile stays.
  package func collect(keep: Int, dryRun: Bool) throws(Failure) -> [String] {
    let place = try look()
    let all = try server.command("LIST", to: "list the collections of", server.session.base)
    let aliases = try server.command("LISTALIASES", to: "list the aliases of", server.session.base)
    let read = Set(
      (aliases["aliases"]?.members ?? []).flatMap { $0.value.string?.split(separator: ",") ?? [] })
    let ours = (all["collections"]?.array ?? []).compactMap(\.string).compactMap { name in
      generation(of: name).map { (name: name, generation: $0) }
    }.filter {
      let state = aliases["properties"]?[place.alias]?[SolrPlace.property(of: $0.name)]?.string
      return !read.contains(Substring($0.name)) && state?.isEmpty == false
    }
    let old = ours.sorted { ($1.generation, $1.name) < ($0.generation, $0.name) }.dropFirst(max(0, keep))
    for (name, _) in old where !dryRun {
      try server.command("DELETE", [("name", name)], to: "delete", name)
      guard place.hasAlias else { continue }
      // An empty value removes a property.
      try server.command(
        "ALIASPROP", [("name", place.alias), ("property.\(SolrPlace.property(of: name))", "")],
        to: "forget the state of", name)
    }
    return old.map(\.name)
  }

  /// Of a collection that `beside` has made.
  private func generation(of collection: String) -> Int? {
    guard collection.hasPrefix(address.name + "-") else { return nil }
    let parts = collection.dropFirst(address.name.utf8.count + 1).split(
      separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == 6, parts[1].allSatisfy(\.isHexDigit),
      parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(parts[0])
  }
}
