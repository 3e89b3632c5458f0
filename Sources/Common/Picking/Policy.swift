package import Partitions

/// How a batch's newest partition, `to`, is chosen.
package enum Policy: Equatable, Sendable, CustomStringConvertible {
  /// The newest slot that has settled by the clock, whether or not it holds an object.
  case rate
  /// The newest partition that exists and has settled: the restart policy.
  case latest
  /// The oldest unprocessed partition: every state, in order.
  case next
  /// `next` while at most that many steps behind, else `latest`.
  case catchUp(maxLag: Int)
  /// What a person named; due whatever the watermark says.
  case range

  package var description: String {
    switch self {
    case .rate: "rate"
    case .latest: "latest"
    case .next: "next"
    case .catchUp: "catch-up"
    case .range: "range"
    }
  }
}

/// The clock as a policy sees it.
package struct Clock: Equatable, Sendable {
  package let now: Instant
  /// Seconds from one partition's start to the next one's; above 0.
  package let step: Int64
  /// Seconds of grace that late writers get after a partition's end.
  package let settle: Int64

  package init(now: Instant, step: Int64, settle: Int64) {
    self.now = now
    self.step = step
    self.settle = settle
  }

  /// The newest slot with `slot + step + settle <= now`.
  var newestSettledSlot: Instant { (now - settle - step).floored(to: step) }

  func hasSettled(_ partition: Instant) -> Bool { partition + step + settle <= now }
}

extension Policy {
  /// The newest partition of the next batch; nil where there is none to choose from.
  /// `partitions` are those that exist, ascending; `after` is the watermark.
  func to(after: Instant?, partitions: [Instant], clock: Clock) -> Instant? {
    switch self {
    case .rate: clock.newestSettledSlot
    case .latest, .range: partitions.last(where: clock.hasSettled)
    case .next:
      partitions.first { partition in after.map { partition > $0 } ?? true }.filter(clock.hasSettled)
    case .catchUp(let maxLag):
      effective(maxLag: maxLag, after: after, partitions: partitions, clock: clock)
        .to(after: after, partitions: partitions, clock: clock)
    }
  }

  private func effective(maxLag: Int, after: Instant?, partitions: [Instant], clock: Clock) -> Policy {
    guard let after, let newest = partitions.last(where: clock.hasSettled) else { return .latest }
    return (newest - after) / clock.step <= maxLag ? .next : .latest
  }
}

extension Optional {
  fileprivate func filter(_ isIncluded: (Wrapped) -> Bool) -> Wrapped? {
    flatMap { isIncluded($0) ? $0 : nil }
  }
}
