internal import Failures
internal import JSON

// The alias that readers use.

extension ElasticTarget {
  static let mostSwaps = 5

  /// What the name stands for: `{"INDEX":{"aliases":{"NAME":{...}},"mappings":{"_meta":{...}}}}`
  ///
  /// Nothing keeps the first two bases of a name from being swapped in at once, nor, before 7.9, any two; and who has done it
  /// may be killed. So whoever meets them both leaves the same one there; who only looks, looks at that one.
  func found() throws(Failure) -> JSONValue {
    // One of them is there in any case.
    let parts = "?filter_path=*.aliases,*.settings.index.uuid,*.mappings._meta"
    let path = ElasticServer.path(title, parts)
    for _ in 0..<Self.mostSwaps {
      let answer = try server.find("GET", path, verb: "read the state of") ?? .object([])
      let bases = try bases(in: answer)
      guard let first = bases.first, bases.count > 1 else { return answer }
      if options.isLook {
        let others = Set(bases.dropFirst().map(\.name))
        return .object((answer.members ?? []).filter { !others.contains($0.key) })
      }
      // Added once more: whoever has judged by an older state may remove it at the same moment.
      try change { mustExist in
        bases.dropFirst().map { remove($0.name, mustExist: mustExist) } + [add(first.name, like: first)]
      }
    }
    throw swappedByOthers
  }

  /// The indexes that we made for the name, first the one that stays: it has taken more, or its name is the later one. None
  /// where a write index is named: then several is what somebody wants.
  private func bases(in answer: JSONValue) throws(Failure) -> [ElasticName.Index] {
    let indexes = ElasticName(title, answer).indexes
    if indexes.contains(where: { $0.alias?["is_write_index"]?.bool == true }) { return [] }
    var ranked: [(rank: (Int, String, String), index: ElasticName.Index)] = []
    for index in indexes where index.alias != nil {
      guard let meta = answer[index.name]?["mappings"]?["_meta"], meta[Self.mark]?.string == title
      else { continue }
      let state = try state(in: meta)
      ranked.append(((state?.taken.generation ?? 0, state?.position ?? "", index.name), index))
    }
    return ranked.sorted { $0.rank > $1.rank }.map(\.index)
  }

  /// In one change of the cluster's state; the actions may need what they remove to be there, but for servers before 7.9.
  /// Whether it was done is to be looked at: what was done, and not heard of, can't be done again.
  func change(by actions: (_ mustExist: Bool) -> [JSONValue]) throws(Failure) {
    for mustExist in [true, false] {
      let body = JSONValue.object([.init("actions", .array(actions(mustExist)))])
      let answer = try server.answer("POST", "/_aliases", body, verb: "swap aliases at")
      if answer.status == 400, mustExist, answer.reason.contains("must_exist") { continue }
      if answer.status != 404 {
        _ = try server.content(of: answer, "/_aliases", verb: "swap aliases at")
      }
      return
    }
  }

  func remove(_ index: String, mustExist: Bool) -> JSONValue {
    let action = JSONValue.object([.init("index", .string(index)), .init("alias", .string(title))])
    return .object([.init("remove", mustExist ? action.with("must_exist", .bool(true)) : action)])
  }

  /// The alias's filter, and whatever else readers see it through, stays.
  func add(_ index: String, like read: ElasticName.Index?) -> JSONValue {
    let alias = (read?.alias ?? .object([])).with("alias", .string(title))
    return .object([.init("add", alias.with("index", .string(index)))])
  }

  var swappedByOthers: Failure {
    Failure(.tryAgain, cannot: "publish to", name, because: "somebody else swaps it, too")
  }
}
