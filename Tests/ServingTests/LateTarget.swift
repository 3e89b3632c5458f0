import Changes
import Failures
import Partitions

@testable import Serving

/// A target whose publisher sleeps in its first request: `meanwhile` comes before the server has it, and nobody looks whether
/// another has the target by then.
final class LateTarget: ServingTarget, @unchecked Sendable {
  private let target: any ServingTarget
  /// The same, as one that has never asked for its state.
  private let wire: any ServingTarget
  private let meanwhile: () throws -> Void
  private var requests = 0
  /// Are done before these.
  var beforeSet: () -> Void = {}
  var beforeCommit: () -> Void = {}

  init(_ target: any ServingTarget, wire: any ServingTarget, meanwhile: @escaping () throws -> Void = {}) {
    (self.target, self.wire, self.meanwhile) = (target, wire, meanwhile)
  }

  var name: String { target.name }
  func state() throws(Failure) -> TargetState? { try target.state() }
  func documents() throws(Failure) -> Int { try target.documents() }
  func set(_ state: TargetState) throws(Failure) {
    beforeSet()
    try target.set(state)
  }
  func commit() throws(Failure) {
    beforeCommit()
    try target.commit()
  }

  func send(_ groups: [GroupChange], version: Int) throws(Failure) -> [Rejection] {
    requests += 1
    guard requests == 1 else { return try target.send(groups, version: version) }
    do { try meanwhile() } catch { throw Failure(.software, "\(error)") }
    return try wire.send(groups, version: version)
  }

  func forEachID(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) { try target.forEachID(body) }
  func beside(generation: Int) throws(Failure) -> any ServingTarget {
    try target.beside(generation: generation)
  }
  func swap(to fresh: any ServingTarget) throws(Failure) -> TargetState? { try target.swap(to: fresh) }
  func collect(keep: Int, madeBy oldest: Instant, dryRun: Bool) throws(Failure) -> [String] {
    try target.collect(keep: keep, madeBy: oldest, dryRun: dryRun)
  }
}
