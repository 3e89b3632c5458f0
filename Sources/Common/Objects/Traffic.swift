internal import Synchronization

/// What was asked of the stores of a process so far.
package final class Traffic: Sendable {
  private let sent = Atomic(0)
  private let again = Atomic(0)

  init() {}

  /// Every request that was sent, retries among them.
  package var requests: Int { sent.load(ordering: .relaxed) }
  /// How often something that had failed was sent again.
  package var retries: Int { again.load(ordering: .relaxed) }

  /// `12 requests, 3 retries`
  package var text: String { "\(requests) requests, \(retries) retries" }

  func countRequest() { sent.add(1, ordering: .relaxed) }
  func countRetry() { again.add(1, ordering: .relaxed) }
}
