internal import Synchronization

/// What goes between this process and its stores: what was asked of them so far, and whether they want to be asked now.
package final class Traffic: Sendable {
  private let sent = Atomic(0)
  private let again = Atomic(0)
  private let answered = Atomic(false)
  private let start = ContinuousClock.now
  /// Milliseconds from the start.
  private let held = Atomic(0)

  init() {}

  /// Every request that was sent, retries among them.
  package var requests: Int { sent.load(ordering: .relaxed) }
  /// How often something that had failed was sent again.
  package var retries: Int { again.load(ordering: .relaxed) }

  /// `12 requests, 3 retries`
  package var text: String { "\(requests) requests, \(retries) retries" }

  func countRequest() { sent.add(1, ordering: .relaxed) }
  func countRetry() { again.add(1, ordering: .relaxed) }

  /// Whether any answer came yet, whatever it was.
  var isAnswered: Bool { answered.load(ordering: .relaxed) }
  func countAnswer() { answered.store(true, ordering: .relaxed) }

  /// A store has asked to be left alone for so many seconds (Retry-After): by all threads alike.
  func hold(_ seconds: Double) {
    held.max(now + Int(min(max(seconds, 0), 86_400) * 1000), ordering: .relaxed)
  }
  /// How many of those seconds are left.
  var hold: Double { Double(max(0, held.load(ordering: .relaxed) - now)) / 1000 }

  private var now: Int {
    let time = (ContinuousClock.now - start).components
    return Int(time.seconds) * 1000 + Int(time.attoseconds / 1_000_000_000_000_000)
  }
}
