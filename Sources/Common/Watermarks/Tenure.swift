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
/// and has G from then on for an answer. That much more than the lease is given once only until it is renewed.
package struct Tenure: Equatable, Sendable {
  private let length: Int64
  private var asked: Int64
  /// When it woke last.
  private var awake = Int64.min
  /// Not to be given up before, after a sleep.
  private var reprieve: Int64?
  /// When to ask for more.
  package private(set) var next: Int64

  package init(length: Int64, asked: Int64) {
    self.length = length
    self.asked = asked
    next = asked + length / 3
  }

  private var grace: Int64 { min(length / 6, 10_000) }

  private var due: Int64 { asked + length - grace }

  /// From then on it counts as lost.
  package var end: Int64 { max(due, reprieve ?? due) }

  /// Whether it was held after the last sleep: an answer to what was asked before does not tell.
  package var isConfirmed: Bool { asked >= awake }

  /// How long what it runs may take to end, once it is lost.
  package var farewell: Int64 { grace - grace / 4 }

  /// A request that was sent then was granted.
  package mutating func renewed(asked time: Int64) {
    asked = max(asked, time)
    guard isConfirmed else { return }
    next = asked + length / 3
    reprieve = nil
  }

  /// A request was answered with an error.
  package mutating func failed(at now: Int64) { next = now + min(grace / 4, 1000) }

  /// It was meant to wake at `due`.
  package mutating func woke(at now: Int64, due: Int64) { if now > due + grace { slept(until: now) } }

  package mutating func slept(until now: Int64) {
    awake = now
    next = now
    if reprieve == nil && now + grace > due { reprieve = now + grace }
  }
}
