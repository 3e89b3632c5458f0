internal import Failures
internal import JSON
internal import Partitions

/// Which collection the name of a target stands for now, and where its state is kept.
///
/// The state is the property `freshet.COLLECTION` of the alias that readers use, so that one change of the alias changes
/// both. Where readers use a collection's own name, it is kept on an alias `NAME-freshet` that is made for it.
struct SolrPlace: Sendable {
  let collection: String
  /// The alias that has the state, if it is there.
  let alias: String
  let hasAlias: Bool
  /// Whether the alias is what readers use, so that it can be given another collection.
  let isSwappable: Bool
  /// The properties' values, by their collections.
  let states: [String: String]
  /// The collections that were made beside this one, read or not.
  let made: [Beside]

  var state: String? { states[collection] }

  var property: String { Self.property(of: collection) }

  static func property(of collection: String) -> String { prefix + collection }

  private static let prefix = "freshet."

  private static let mark = "freshet-made."

  /// Its value: when it was made.
  static func mark(of collection: String) -> String { mark + collection }

  /// `made`: a collection beside the one that is read, which will be read by that name. 66 where there is no such name, 78
  /// where it stands for several.
  init(of name: String, made: String?, on server: SolrServer) throws(Failure) {
    let answer = try Self.aliases(of: server, for: name)
    if let list = answer["aliases"]?[name]?.string {
      let found = try Self.only(list, of: name)
      guard answer["aliases"]?[found] == nil || found == name else {
        throw Self.unusable(name, "it is an alias of an alias: \(found)")
      }
      (collection, alias, hasAlias, isSwappable) = (made ?? found, name, true, true)
    } else {
      let all = try server.command("LIST", to: "find", name)["collections"]?.array ?? []
      guard all.contains(.string(name)) else {
        throw Failure(
          .noInput, cannot: "find", name, because: "there is no such collection or alias: create it")
      }
      let own = "\(name)-freshet"
      let holder = answer["aliases"]?[own]?.string
      guard holder == nil || holder == name else {
        throw Self.unusable(name, "its state would be on the alias \(own), which is of \(holder ?? "")")
      }
      (collection, alias, hasAlias, isSwappable) = (made ?? name, own, holder != nil, false)
    }
    let properties = answer["properties"]?[alias]?.members ?? []
    var states: [String: String] = [:]
    for property in properties where property.key.hasPrefix(Self.prefix) {
      states[String(property.key.dropFirst(Self.prefix.count))] = property.value.string
    }
    self.states = states
    self.made = properties.compactMap { property in
      guard property.key.hasPrefix(Self.mark), let made = property.value.string.flatMap(Instant.init(line:))
      else { return nil }
      let name = String(property.key.dropFirst(Self.mark.count))
      return Beside(name: name, made: made, isFilled: states[name] != nil)
    }
  }

  private static func aliases(of server: SolrServer, for name: String) throws(Failure) -> JSONValue {
    let answer = try server.ask("LISTALIASES")
    guard answer.status != 400 || !answer.reason.contains("SolrCloud") else {
      throw unusable(
        name,
        "this Solr is not a SolrCloud, and has no place for what it was told; take the change from"
          + " `index-publish -`, or start it with -c")
    }
    return try SolrServer.answer(answer, to: "list the aliases of", server.session.base)
  }

  private static func only(_ list: String, of name: String) throws(Failure) -> String {
    let collections = list.split(separator: ",")
    guard let first = collections.first, collections.count == 1 else {
      throw unusable(name, "it is an alias of several collections: \(list)")
    }
    return String(first)
  }

  private static func unusable(_ name: String, _ reason: String) -> Failure {
    Failure(.configuration, cannot: "publish to", name, because: reason)
  }
}
