package import JSON

/// What a target was told, kept in the target itself. One JSON object:
///
///     {"format":1,"generation":812,"lineage":"<32 hex>","position":"2026-05-04T10:05:00Z","index":["s3://b/index/generations/812-….json"],
///      "taking":{"generation":813,"index":["…"]},"shared":false}
///
/// `index` names the state that it has: a generation, or a base's build and a delta's. `taking`, where it is there, is one
/// that somebody began to send: the target may have any part of it. `shared`: there were documents of others before ours.
package struct TargetState: Equatable, Sendable {
  package struct Taken: Equatable, Sendable {
    package var generation: Int
    package var index: [String]

    package init(generation: Int, index: [String]) {
      self.generation = generation
      self.index = index
    }
  }

  package var taken: Taken
  package var taking: Taken?
  package var lineage = ""
  package var position = ""
  package var shared = false

  package init(taken: Taken) { self.taken = taken }

  package var json: JSONValue { .null }

  /// Nil where it is no state.
  package init?(json: JSONValue) { return nil }
}
