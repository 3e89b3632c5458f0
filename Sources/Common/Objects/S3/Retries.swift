internal import Glibc

/// How often, and for how long, a request is sent again: capped exponential back-off with full jitter.
struct Retries: Sendable {
  /// Seconds from the first attempt after which no new one begins.
  var patience = 60.0
  /// Seconds: the longest first pause, and the longest of all.
  var base = 0.1
  var cap = 5.0
  var traffic = Traffic()
  var detail: @Sendable (String) -> Void = { _ in }

  init(_ settings: StoreSettings, _ traffic: Traffic) {
    patience = settings.patience
    self.traffic = traffic
    detail = settings.detail
  }

  init(patience: Double, base: Double = 0.1) {
    self.patience = patience
    self.base = base
  }

  /// Runs `body` again as long as it is `unavailable`. Only for what may be done twice.
  func run<T>(_ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    let start = Self.now()
    var attempts = 0
    while true {
      do throws(StoreError) { return try body() } catch {
        guard case .unavailable(let reason) = error else { throw error }
        attempts += 1
        let pause = Double.random(in: 0...longestPause(after: attempts))
        let spent = Self.now() - start
        guard spent + pause < patience else {
          throw .unavailable("\(reason); gave up after \(attempts) attempts in \(Int(spent.rounded())) s")
        }
        detail("\(reason); trying again")
        traffic.countRetry()
        usleep(UInt32(pause * 1_000_000))
      }
    }
  }

  func longestPause(after attempts: Int) -> Double { min(cap, base * Double(1 << min(attempts - 1, 20))) }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
