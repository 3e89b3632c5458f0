internal import Bytes
package import Failures
internal import Files
internal import JSON
package import Partitions

// Indexes beside the one that is read. That we made one is said by its mapping: `_meta.freshet-for` has the NAME that it is for.

extension ElasticTarget {
  static let mark = "freshet-for"

  /// Like the one that is read, where there is one, and as `--settings` has it.
  package func beside(generation: Int) throws(Failure) -> any ServingTarget {
    let read = ElasticName(title, try found())
    if read.isIndex, !options.force { throw inTheWay }
    let body =
      if let file = options.settings { try Self.body(file: file) } else { try self.body(like: read) }
    let settings = body["settings"]
    let interval =
      settings?["index"]?["refresh_interval"] ?? settings?["index.refresh_interval"]
      ?? settings?["refresh_interval"]
    let fresh = Beside.name(of: title.lowercased(), generation: generation)
    let path = ElasticServer.path(fresh)
    let answer = try server.answer("PUT", path, Self.filling(marked(body)), verb: "create")
    // Where the first answer was lost, it is there already.
    let isThere = answer.json?["error"]?["type"]?.string == "resource_already_exists_exception"
    if !isThere { _ = try server.content(of: answer, path, verb: "create") }
    let prefix = name.lastIndex(of: "/").map { name[...$0] } ?? ""
    return ElasticTarget(prefix + fresh, index: fresh, server, options, interval: interval ?? .null)
  }

  private static func body(file: String) throws(Failure) -> JSONValue {
    let descriptor = try Descriptor.reading(Array(file.utf8))
    let bytes = try FileIO.readAll(descriptor.number, limit: 16 << 20, name: file)
    guard let body = try? JSONValue.parse(bytes), body.members != nil else {
      throw Failure(.configuration, cannot: "read", file, because: "it is no JSON object")
    }
    return body
  }

  private func body(like read: ElasticName) throws(Failure) -> JSONValue {
    guard !read.indexes.isEmpty else { return .object([]) }
    let index = try read.written(as: name)
    let answer = try server.ask("GET", ElasticServer.path(index), verb: "read the settings of")
    let found = answer[index] ?? .object([])
    let mappings = found["mappings"] ?? .object([])
    return .object([
      .init("settings", .object([.init("index", ElasticSettings.shared(found["settings"]?["index"]))])),
      .init("mappings", mappings),
    ])
  }

  private func marked(_ body: JSONValue) -> JSONValue {
    let mappings = body["mappings"] ?? .object([])
    let meta = (mappings["_meta"] ?? .object([])).without("freshet").with(Self.mark, .string(title))
    return body.with("mappings", mappings.with("_meta", meta))
  }

  /// Nobody searches it before it is whole.
  private static func filling(_ body: JSONValue) -> JSONValue {
    let settings = (body["settings"] ?? .object([])).without("index.refresh_interval", "refresh_interval")
    let index = (settings["index"] ?? .object([])).with("refresh_interval", "-1")
    return body.with("settings", settings.with("index", index))
  }

  /// In one change of the cluster's state, from the index that was read last; of an alias of several the others stay. Looked at
  /// afterwards, since nothing says what the alias is of by then.
  package func swap(to fresh: any ServingTarget) throws(Failure) -> TargetState? {
    guard let fresh = fresh as? ElasticTarget else {
      throw Failure(.software, "cannot swap targets of two kinds")
    }
    var read = ElasticName(title, try found())
    // Nil: where its state was read the name was of none.
    let replaced = place.withLock { $0 == fresh.title ? nil : $0 }
    for _ in 0..<Self.mostSwaps {
      let index = read.indexes.first { $0.name == replaced }
      if index == nil, read.indexes.contains(where: { $0.name == fresh.title }) {
        forget()
        return try replaced.flatMap { (index) throws(Failure) in try state(ofReplaced: index) }
      }
      if read.isIndex, !options.force { throw inTheWay }
      if index == nil, replaced != nil || !read.indexes.isEmpty { throw overtaken }
      try change { mustExist in
        guard let index else { return [add(fresh.title, like: nil)] }
        let removed =
          index.alias == nil
          ? JSONValue.object([.init("remove_index", .object([.init("index", .string(index.name))]))])
          : remove(index.name, mustExist: mustExist)
        return [removed, add(fresh.title, like: index)]
      }
      read = ElasticName(title, try found())
    }
    throw swappedByOthers
  }

  private var inTheWay: Failure {
    Failure(
      .configuration, cannot: "publish to", name,
      because: "it is an index, not an alias: publish to a name that is none yet and read that,"
        + " or --force, which removes this index for the alias to have its name")
  }

  package func collect(keep: Int, madeBy oldest: Instant, dryRun: Bool) throws(Failure) -> [String] {
    let query =
      "-*?expand_wildcards=all&filter_path=*.aliases,*.settings.index.creation_date,*.mappings._meta"
    let path = "/" + PercentEncoding.encodeForURI(title.lowercased().utf8) + query
    let answer = try server.find("GET", path, verb: "list indexes of") ?? .object([])
    let old = (answer.members ?? []).compactMap(beside).garbage(keep: keep, madeBy: oldest)
    if dryRun { return old }
    var removed: [String] = []
    for index in old where try !isRead(index) {
      _ = try server.find("DELETE", ElasticServer.path(index), verb: "remove")
      removed.append(index)
    }
    return removed
  }

  /// By now: a base may have been swapped in since they were listed.
  private func isRead(_ index: String) throws(Failure) -> Bool {
    let answer = try server.find("GET", ElasticServer.path(index, "/_alias"), verb: "read the aliases of")
    return answer?[index]?["aliases"]?.members?.isEmpty == false
  }

  /// Nil for an index that is read, or that is none that we made for this name.
  private func beside(_ index: JSONValue.Member) -> Beside? {
    let meta = index.value["mappings"]?["_meta"]
    guard meta?[Self.mark]?.string == title, index.value["aliases"]?.members?.isEmpty != false,
      let milliseconds = index.value["settings"]?["index"]?["creation_date"]?.string.flatMap({ Int64($0) })
    else { return nil }
    let made = Instant(seconds: milliseconds / 1000)
    return Beside(name: index.key, made: made, isFilled: meta?["freshet"]?["format"] != nil)
  }
}

/// What of an index's settings another one may have, too.
private enum ElasticSettings {
  static func shared(_ settings: JSONValue?) -> JSONValue {
    let settings = (settings ?? .object([])).without(
      "creation_date", "creation_date_string", "uuid", "version", "provided_name", "resize", "shrink",
      "blocks", "history",
      "verified_before_close", "frozen", "lifecycle", "plugins")
    guard let routing = settings["routing"], let allocation = routing["allocation"] else { return settings }
    return settings.with("routing", routing.with("allocation", allocation.without("initial_recovery")))
  }
}
