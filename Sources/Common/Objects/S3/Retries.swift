internal import Glibc

/// How often, and for how long, a request is sent again: capped exponential back-off with full jitter.
struct Retries: Sendable {
  /// Seconds from the first attempt after which no new one begins.
  var budget = 20.0
  var base = 0.1
  var cap = 5.0

  static let none = Retries(budget: 0)

  /// Runs `body` again as long as it is `unavailable`. Only for what may be done twice.
  func run<T>(_ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    let start = Self.now()
    var attempt = 0
    while true {
      do throws(StoreError) { return try body() } catch {
        guard case .unavailable = error else { throw error }
        let pause = Double.random(in: 0...pause(after: attempt))
        guard Self.now() - start + pause < budget else { throw error }
        usleep(UInt32(pause * 1_000_000))
        attempt += 1
      }
    }
  }

  func pause(after attempt: Int) -> Double { min(cap, base * Double(1 << min(attempt, 20))) }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
