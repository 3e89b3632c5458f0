/// Tells an exchange that stands still, or trickles, from one that takes long. Only time that is spent waiting counts:
/// whoever reads the answer may be as slow as they like.
struct Idleness {
  /// Seconds of waiting within which `least` bytes have to move, in either direction: of an answer that takes its time, one.
  private let span: Double
  private let least: Int
  private var waited = 0.0
  private var moved = 0

  init(_ settings: HTTPSettings, _ request: HTTPRequest) {
    span = max(settings.idleTimeout, request.idleTimeout ?? 0)
    least = request.idleTimeout == nil ? max(1, Int(settings.idleTimeout * settings.slowest)) : 1
  }

  var left: Double { span - waited }

  mutating func move(_ bytes: Int) {
    moved += bytes
    if moved >= least { begin() }
  }

  /// A new part of the exchange, with all the time there is.
  mutating func begin() { (waited, moved) = (0, 0) }

  mutating func wait(_ time: Duration) {
    waited += Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
  }
}
