package import Changes
package import Failures
package import Partitions

/// A system that serves an index of its own, and is told what changed: one collection of Solr, one index of Elasticsearch or
/// OpenSearch, by the name that its readers use.
package protocol ServingTarget: AnyObject, Sendable {
  /// As the user names it, without a secret.
  var name: String { get }

  /// What it was told before, from the target itself; nil: nothing yet. 66 where there is no such collection or index.
  func state() throws(Failure) -> TargetState?

  /// How many documents it has.
  func documents() throws(Failure) -> Int

  /// Replaces its state; durable when this returns. 75 where it is not the one that was read or set here last.
  func set(_ state: TargetState) throws(Failure)

  /// Sends groups, each whole in one request; returns what it refused for good. `version` only grows: what
  /// comes with an older one is late, for a target that can tell. Safe to repeat. 75 where it did not answer
  /// in time, or is busy for longer than the patience lasts.
  func send(_ groups: [GroupChange], version: Int) throws(Failure) -> [Rejection]

  /// Makes all that was sent visible to searchers.
  func commit() throws(Failure)

  /// The ids that it has, in any order, each once.
  func forEachID(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure)

  /// A new, empty collection or index beside the one that is read, like it in its settings; to be filled and then swapped in.
  func beside(generation: Int) throws(Failure) -> any ServingTarget

  /// From now on the name that readers use is of that one, in one atomic step. What the one that had it says of itself after
  /// that: whoever has published to it later than that has heard that it was replaced. 75 where it is not the one whose state
  /// was read, or the fresh one is gone.
  func swap(to fresh: any ServingTarget) throws(Failure) -> TargetState?

  /// Removes collections or indexes that `beside` made, by the mark that it gave them and never by their names alone, that nobody
  /// reads, and that were made by `oldest`; but for the newest `keep` of those that were filled. Their names.
  func collect(keep: Int, madeBy oldest: Instant, dryRun: Bool) throws(Failure) -> [String]
}

/// A document that a target refused for what it is.
package struct Rejection: Equatable, Sendable {
  package let id: [UInt8]
  /// The target's own words, one line.
  package let reason: String

  package init(id: [UInt8], reason: String) {
    self.id = id
    self.reason = reason
  }
}

extension Failure {
  static func overtaken(at target: String) -> Failure {
    Failure(.tryAgain, cannot: "publish to", target, because: "another publisher is at work on it")
  }

  /// Of what was made beside: by somebody who took it for old.
  static func removed(_ beside: String) -> Failure {
    Failure(.tryAgain, cannot: "publish to", beside, because: "somebody removed it while it was filled")
  }
}
