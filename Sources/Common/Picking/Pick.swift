package import Partitions

/// What is asked of a pick, with every default filled in. A pure value: no clock, no store.
package struct PickRequest: Equatable, Sendable {
  package var policy: Policy
  package var clock: Clock
  /// The watermark; nil where there is none yet.
  package var after: Instant?
  /// The length of the window in seconds, above 0.
  package var window: Int64
  /// Also due when `to` equals `after`: for what arrived late in the window.
  package var late: Bool
  /// The window's exclusive start, where it is anchored and does not follow `to`.
  package var from: Instant?
  /// Only with the policy `range`.
  package var to: Instant?

  package init(
    policy: Policy, clock: Clock, after: Instant?, window: Int64, late: Bool = false, from: Instant? = nil,
    to: Instant? = nil
  ) {
    self.policy = policy
    self.clock = clock
    self.after = after
    self.window = window
    self.late = late
    self.from = from
    self.to = to
  }
}

/// A batch that is due: the window `(from, to]`, and what it leaves behind.
///
///     after        from                     to
///       |- - - - - -|-----------------------|
///          gap              skipped           both count slots; `to` itself is in neither
package struct Pick: Equatable, Sendable {
  package let from: Instant
  package let to: Instant
  /// Slots between the watermark and `to` that get no batch of their own but lie in the window.
  package let skipped: Int64
  /// Slots between the watermark and the window: in no batch.
  package let gap: Int64

  package init(from: Instant, to: Instant, skipped: Int64, gap: Int64) {
    self.from = from
    self.to = to
    self.skipped = skipped
    self.gap = gap
  }
}

/// Why nothing is due, as one clause for a person.
package struct NotDue: Error, Equatable, Sendable {
  package let reason: String
}

extension PickRequest {
  /// Chooses from the partitions that exist, ascending.
  package func pick(from partitions: [Instant]) throws(NotDue) -> Pick {
    guard let to = candidate(partitions) else {
      throw NotDue(
        reason: "no partition \(after.map { "after \($0) " } ?? "")exists that has settled by \(clock.now)")
    }
    try checkDue(to)
    let from = self.from ?? (to - window)
    guard from < to else {
      throw NotDue(reason: "the window begins at \(from), which is not before \(to)")
    }
    let between = slots(after: after ?? to, before: to)
    let skipped = slots(after: max(after ?? to, from), before: to)
    return Pick(from: from, to: to, skipped: skipped, gap: between - skipped)
  }

  private func candidate(_ partitions: [Instant]) -> Instant? {
    if policy == .range, let to { return to }
    let chosen = policy.to(after: after, partitions: partitions, clock: clock)
    // Under `rate` the clock decides even here; the listing's policies stay where they are.
    guard late, policy != .rate, let after else { return chosen }
    return max(chosen ?? after, after)
  }

  private func checkDue(_ to: Instant) throws(NotDue) {
    guard policy != .range, let after else { return }
    if to < after { throw NotDue(reason: "\(to) is before the watermark \(after)") }
    if to == after && !late { throw NotDue(reason: "the watermark is at \(to) already") }
  }

  /// How many of `to - step`, `to - 2 step` ... are later than `after`.
  private func slots(after: Instant, before to: Instant) -> Int64 {
    max(0, (to - after + clock.step - 1) / clock.step - 1)
  }
}
