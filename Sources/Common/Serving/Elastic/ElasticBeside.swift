internal import Bytes
package import Failures
internal import Files
internal import JSON

// Indexes beside the one that is read. Theirs are the names NAME-<generation>-<6 hex>.

extension ElasticTarget {
  /// Like the one that is read, where there is one, and as `--settings` has it.
  package func beside(generation: Int) throws(Failure) -> any ServingTarget {
    let read = try ElasticName.find(title, server)
    // Before anything is sent: it could not be swapped in.
    if read.isIndex, !options.force { throw notSwappable }
    let body: JSONValue
    if let file = options.settings {
      body = try Self.body(file: file)
    } else {
      body = try self.body(like: read)
    }
    let interval =
      body["settings"]?["index"]?["refresh_interval"] ?? body["settings"]?["index.refresh_interval"]
    let fresh = "\(title.lowercased())-\(generation)-\(RandomID.draw().prefix(6))"
    let path = ElasticServer.path(fresh)
    let answer = try server.answer("PUT", path, Self.filling(body), verb: "create")
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
    let meta = (mappings["_meta"] ?? .object([])).without("freshet")
    return .object([
      .init("settings", .object([.init("index", ElasticSettings.shared(found["settings"]?["index"]))])),
      .init(
        "mappings", meta.members?.isEmpty == true ? mappings.without("_meta") : mappings.with("_meta", meta)),
    ])
  }

  /// Nobody searches it before it is whole. That it is ours is said from the beginning: no other is ever removed.
  private static func filling(_ body: JSONValue) -> JSONValue {
    let mappings = body["mappings"] ?? .object([])
    let meta = (mappings["_meta"] ?? .object([])).with("freshet", TargetState(taken: .nothing).json)
    let settings = (body["settings"] ?? .object([])).without("index.refresh_interval")
    let index = (settings["index"] ?? .object([])).with("refresh_interval", "-1")
    return body.with("settings", settings.with("index", index)).with(
      "mappings", mappings.with("_meta", meta))
  }

  /// In one change of the cluster's state; looked at afterwards, since nothing says what the alias is of by then.
  package func swap(to fresh: any ServingTarget) throws(Failure) {
    guard let fresh = fresh as? ElasticTarget else {
      throw Failure(.software, "cannot swap targets of two kinds")
    }
    for _ in 0..<Self.mostSwaps {
      let read = try ElasticName.find(title, server)
      if !read.isIndex, read.indexes.map(\.name) == [fresh.title] { return forget() }
      if read.isIndex, !options.force { throw notSwappable }
      let body = JSONValue.object([.init("actions", .array(Self.actions(from: read, to: fresh.title)))])
      let answer = try server.answer("POST", "/_aliases", body, verb: "swap aliases at")
      // What was done, and not heard of, can't be done again.
      if answer.status != 400, answer.status != 404 {
        _ = try server.content(of: answer, "/_aliases", verb: "swap aliases at")
      } else if try !Self.isOnly(fresh.title, of: ElasticName.find(title, server)) {
        throw server.failure(answer, "/_aliases", verb: "swap aliases at")
      }
    }
    throw Failure(.tryAgain, cannot: "publish to", name, because: "somebody else swaps it, too")
  }

  private var notSwappable: Failure {
    Failure(
      .configuration, cannot: "publish to", name,
      because: "it is an index, not an alias: publish to a name that is none yet and read that,"
        + " or --force, which removes this index for the alias to have its name")
  }

  private static let mostSwaps = 5

  private static func isOnly(_ index: String, of name: ElasticName) -> Bool {
    name.indexes.map(\.name) == [index] && !name.isIndex
  }

  private static func actions(from read: ElasticName, to fresh: String) -> [JSONValue] {
    func action(_ kind: String, _ index: String, _ alias: JSONValue?) -> JSONValue {
      let body = (alias ?? .object([])).with("index", .string(index))
      return .object([.init(kind, body)])
    }
    let name = JSONValue.object([.init("alias", .string(read.name))])
    let removals = read.indexes.filter { $0.name != fresh }.map {
      $0.alias == nil ? action("remove_index", $0.name, nil) : action("remove", $0.name, name)
    }
    // Its filter, and whatever else readers see it through, stays.
    let like = read.indexes.compactMap(\.alias).first?.without("is_write_index") ?? .object([])
    return removals + [action("add", fresh, like.with("alias", .string(read.name)))]
  }

  package func collect(keep: Int, dryRun: Bool) throws(Failure) -> [String] {
    let prefix = title.lowercased() + "-"
    let query =
      "-*?expand_wildcards=all&filter_path=*.aliases,*.settings.index.creation_date,*.mappings._meta.freshet"
    let path = "/" + PercentEncoding.encodeForURI(title.lowercased().utf8) + query
    let answer = try server.find("GET", path, verb: "list indexes of") ?? .object([])
    let unread = (answer.members ?? []).filter {
      $0.value["aliases"]?.members?.isEmpty != false && Self.generation(of: $0.key, prefix) != nil
        && $0.value["mappings"]?["_meta"]?["freshet"].flatMap { TargetState(json: $0) } != nil
    }
    func age(_ index: JSONValue.Member) -> (Int, Int) {
      let created = index.value["settings"]?["index"]?["creation_date"]?.string.flatMap { Int($0) }
      return (Self.generation(of: index.key, prefix) ?? 0, created ?? 0)
    }
    let old = unread.sorted { age($0) > age($1) }.dropFirst(max(keep, 0)).map(\.key)
    if !dryRun {
      for index in old { _ = try server.find("DELETE", ElasticServer.path(index), verb: "remove") }
    }
    return old
  }

  /// Nil where the name is none that `beside` gives.
  private static func generation(of index: String, _ prefix: String) -> Int? {
    let parts = index.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard index.hasPrefix(prefix), parts.count == 2, Hex.isWritten(parts[1], digits: 6) else { return nil }
    return parts[0].utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(parts[0]) : nil
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
