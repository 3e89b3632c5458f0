internal import Failures
internal import JSON

/// What a name that readers use stands for.
///
/// | it is | what we write to |
/// |---|---|
/// | an index | it |
/// | an alias of one index | that |
/// | an alias of several, one of them its write index | that one |
/// | an alias of several others | none: 78 |
/// | nothing | none: 66 |
struct ElasticName: Sendable {
  struct Index: Equatable, Sendable {
    let name: String
    /// How the alias is made; nil where the name is the index's own.
    let alias: JSONValue?
  }

  let name: String
  let indexes: [Index]

  /// `answer`: {"INDEX":{"aliases":{"NAME":{...}}}}
  init(_ name: String, _ answer: JSONValue) {
    self.name = name
    indexes = (answer.members ?? []).map { Index(name: $0.key, alias: $0.value["aliases"]?[name]) }
  }

  var isIndex: Bool { indexes.contains { $0.alias == nil } }

  /// `verb`: what can't be done with the target where it is none.
  func written(as target: String, to verb: String = "publish to") throws(Failure) -> String {
    func failure(_ exit: Exit, _ reason: String) -> Failure {
      Failure(exit, cannot: verb, target, because: reason)
    }
    if indexes.isEmpty {
      throw failure(.noInput, "there is no such index or alias: create it, or publish with --base")
    }
    let chosen = indexes.count == 1 ? indexes : indexes.filter { $0.alias?["is_write_index"]?.bool == true }
    guard let index = chosen.first, chosen.count == 1 else {
      let names = indexes.map(\.name).sorted().prefix(5).joined(separator: ", ")
      throw failure(
        .configuration,
        "it is an alias of \(indexes.count) indexes (\(names)): make it one of one index, or give it a write index"
      )
    }
    if index.name.hasPrefix(".ds-") {
      throw failure(.configuration, "it is a data stream, whose documents can't be replaced: use an index")
    }
    if index.alias?["index_routing"] != nil {
      throw failure(.configuration, "its alias has a routing, which documents of freshet have not")
    }
    return index.name
  }
}
