/// When the holder of a lease has to do what, so that what it runs never works without the lease. Times are milliseconds of
/// one clock that counts sleep too, and are given: nothing here looks at a clock.
///
///     asked                 + L/3                        + L - G                 + L - G/4     + L
///     |--- holds it --------|--- asks, again and again --|--- asks it to end ----|--- kills ---|
///
/// L is the length of the lease, G the grace that what runs under it is given to end. The lease is counted from before the
/// request for it was sent: the store counts from later, so it never ends earlier there.
///
/// Whoever has slept (SIGSTOP, or the whole machine) past these times has not been refused anything yet: it asks at once,
/// and has G from then on for an answer.
package struct Tenure: Equatable, Sendable {
  private let length: Int64
  private var asked: Int64
  /// Not to be given up before, after a sleep.
  private var reprieve = Int64.min
  /// When to ask for more.
  package private(set) var next: Int64

  package init(length: Int64, asked: Int64) {
    self.length = length
    self.asked = asked
    next = asked + length / 3
  }

  private var grace: Int64 { min(length / 6, 10_000) }

  /// From then on it counts as lost.
  package var end: Int64 { max(asked + length - grace, reprieve) }

  /// How long what it runs may take to end, once it is lost.
  package var farewell: Int64 { grace - grace / 4 }

  /// A request that was sent then was granted.
  package mutating func renewed(asked time: Int64) {
    asked = max(asked, time)
    next = asked + length / 3
  }

  /// A request was answered with an error.
  package mutating func failed(at now: Int64) { next = now + min(grace / 4, 1000) }

  /// Meant to wake at `due`; true where that has been slept through.
  package mutating func woke(at now: Int64, due: Int64) -> Bool {
    guard now > due + grace else { return false }
    slept(until: now)
    return true
  }

  package mutating func slept(until now: Int64) {
    next = now
    reprieve = now + grace
  }
}
