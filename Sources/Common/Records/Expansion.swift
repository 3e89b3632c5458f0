/// How much a compressed object gave for what it took: the guard against bombs.
struct Expansion {
  /// The ratio counts from here on; before, a short object of one repeated record is no crime.
  private static let free = 64 << 20
  private static let mostRatio = 1000
  private static let mostOutput = 64 << 30

  private var output = 0

  mutating func add(_ count: Int, from consumed: Int) throws(RecordError) {
    output += count
    if output > Self.free, output / Self.mostRatio >= max(consumed, 1) {
      throw .damaged(reason: "it expands more than \(Self.mostRatio) times")
    }
    if output > Self.mostOutput { throw .damaged(reason: "it expands to more than 64 GiB") }
  }
}
