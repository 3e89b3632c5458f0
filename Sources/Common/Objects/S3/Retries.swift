internal import Glibc

/// How often, and for how long, a request is sent again: capped exponential back-off with full jitter, after
/// "Exponential Backoff And Jitter" of the AWS Architecture Blog, and what the store asks for with Retry-After.
struct Retries: Sendable {
  /// Seconds from the first attempt after which no new one begins.
  var patience = 60.0
  /// Seconds: the longest first pause, and the longest of all.
  var base = 0.1
  var cap = 5.0
  var traffic = Traffic()
  var detail: @Sendable (String) -> Void = { _ in }
  var waiting: @Sendable (String?) -> Void = { _ in }
  /// Whether nobody waits for it any more: then it ends before the next attempt.
  var isOver: @Sendable () -> Bool = { false }
  static let over = StoreError.invalid("nobody waits for it")

  init(_ settings: StoreSettings, _ traffic: Traffic) {
    patience = settings.patience
    self.traffic = traffic
    detail = settings.detail
    waiting = settings.waiting
  }

  init(patience: Double, base: Double = 0.1) {
    self.patience = patience
    self.base = base
  }

  /// Runs `body` again as long as it is `unavailable`. Only for what may be done twice.
  func run<T>(_ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    let start = Self.now()
    var attempts = 0
    defer { if attempts > 0 { waiting(nil) } }
    while true {
      do throws(StoreError) {
        try waitForLeave(after: Self.now() - start)
        return try body()
      } catch {
        guard case .unavailable(let reason) = error else { throw error }
        attempts += 1
        let asked = traffic.hold
        let pause = asked + Double.random(in: 0...longestPause(after: attempts))
        let spent = Self.now() - start
        guard spent + pause < patience else {
          throw .unavailable(reason + Self.end(attempts, spent, asked: asked))
        }
        waiting("\(reason); trying again")
        detail("\(reason); trying again")
        traffic.countRetry()
        try sleep(pause)
      }
    }
  }

  /// Waits while the store wants to be left alone, whoever it was that it said so to; unless that is for longer than the
  /// patience, of which so many seconds are spent.
  func waitForLeave(after spent: Double = 0) throws(StoreError) {
    let asked = traffic.hold
    guard asked > 0 else { return }
    let reason = "the store wants to be left alone"
    guard spent + asked < patience else { throw .unavailable(reason) }
    waiting(reason)
    defer { waiting(nil) }
    try sleep(asked)
  }

  func longestPause(after attempts: Int) -> Double { min(cap, base * Double(1 << min(attempts - 1, 20))) }

  private static func end(_ attempts: Int, _ spent: Double, asked: Double) -> String {
    "; gave up after \(attempts) \(attempts == 1 ? "attempt" : "attempts") in \(Int(spent.rounded())) s"
      + (asked >= 1 ? ", since the store asks for a pause of \(Int(asked.rounded(.up))) s" : "")
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func sleep(_ seconds: Double) throws(StoreError) {
    let end = Self.now() + seconds
    while case let left = end - Self.now(), left > 0 {
      if isOver() { throw Self.over }
      var time = timespec(tv_sec: 0, tv_nsec: Int(min(left, 0.1) * 1e9))
      nanosleep(&time, nil)
    }
  }
}

extension StoreSettings {
  /// How long a server may stand still before the request counts as failed: a share of the patience, so that there is
  /// time to ask again.
  var idleTimeout: Double { min(20, max(leastIdle, patience / 3)) }
  /// Seconds until a connection must stand.
  var connectTimeout: Double { min(5, max(1, patience / 3)) }
}
