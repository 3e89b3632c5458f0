internal import Glibc

/// Asking a store again until it gives a clear answer, for as long as the patience lasts, in pauses that grow.
package struct Insistence {
  private let deadline: ContinuousClock.Instant
  private var attempts: UInt32 = 0

  package init(for patience: Duration) { deadline = ContinuousClock.now + patience }

  /// Seconds.
  package var left: Double { max(0, (deadline - .now) / .seconds(1)) }

  /// The store, which tries again by itself only within what is left: the two kinds of patience do not add up.
  package func store(_ store: any ObjectStore) -> any ObjectStore { store.patient(for: left) }

  /// Sleeps for a random time that doubles its bound, up to 2 s; false when there is no time left.
  package mutating func pause() -> Bool {
    guard ContinuousClock.now < deadline else { return false }
    usleep(UInt32.random(in: 0...(25_000 << min(attempts, 6))))
    attempts &+= 1
    return true
  }
}
