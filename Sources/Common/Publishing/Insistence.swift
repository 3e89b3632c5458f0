internal import Glibc

/// Asking a store again until it gives a clear answer, for as long as the patience lasts, in pauses that grow.
struct Insistence {
  private let deadline: ContinuousClock.Instant
  private var attempts: UInt32 = 0

  init(for patience: Duration) { deadline = ContinuousClock.now + patience }

  /// Sleeps for a random time that doubles its bound, up to 2 s; false when there is no time left.
  mutating func pause() -> Bool {
    guard ContinuousClock.now < deadline else { return false }
    usleep(UInt32.random(in: 0...(25_000 << min(attempts, 6))))
    attempts &+= 1
    return true
  }
}
