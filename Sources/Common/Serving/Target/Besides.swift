internal import Bytes
internal import Partitions

/// A collection or an index that `beside` made, and nobody reads.
struct Beside {
  let name: String
  let made: Instant
  /// It was told its state, so that it can take the place of the one that is read. Another is being filled, or its publisher died.
  let isFilled: Bool

  /// NAME-<generation>-<6 hex>
  static func name(of title: String, generation: Int) -> String {
    "\(title)-\(generation)-\(RandomID.draw().prefix(6))"
  }
}

extension [Beside] {
  /// The names of those that nobody needs, the newest first.
  func garbage(keep: Int, madeBy oldest: Instant) -> [String] {
    let newest = sorted { ($1.made, $1.name) < ($0.made, $0.name) }
    let kept = Set(newest.filter(\.isFilled).prefix(Swift.max(keep, 0)).map(\.name))
    return newest.filter { $0.made <= oldest && !kept.contains($0.name) }.map(\.name)
  }
}
