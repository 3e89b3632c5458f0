internal import Glibc

/// The pauses between attempts at one thing: random, below a bound that doubles up to 5 s ("Exponential Backoff And
/// Jitter", AWS Architecture Blog), and no shorter than the server asks for.
struct Pauses {
  private let start = ContinuousClock.now
  private let patience: Double
  private(set) var attempts = 0

  /// Seconds from now after which no new attempt begins.
  init(_ patience: Double) { self.patience = patience }

  /// Seconds of the next; nil where that would be beyond the patience. `asked`: what the server asks for.
  mutating func next(asked: Double) -> Double? {
    attempts += 1
    let pause = max(0, asked) + Double.random(in: 0...min(5, 0.1 * Double(1 << min(attempts - 1, 10))))
    return spent + pause < patience ? pause : nil
  }

  /// What is said when the patience is over.
  var end: String {
    "; gave up after \(attempts) \(attempts == 1 ? "attempt" : "attempts") in \(Int(spent.rounded())) s"
  }

  private var spent: Double { (ContinuousClock.now - start) / .seconds(1) }

  static func sleep(_ seconds: Double) {
    let end = ContinuousClock.now + .seconds(seconds)
    while case let left = (end - .now) / .seconds(1), left > 0 {
      var time = timespec(tv_sec: Int(left), tv_nsec: Int((left - left.rounded(.down)) * 1e9))
      nanosleep(&time, nil)
    }
  }
}
