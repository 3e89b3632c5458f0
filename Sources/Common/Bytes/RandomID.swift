/// A name that nobody else draws: 128 random bits in hex.
package enum RandomID {
  package static func draw() -> String {
    var generator = SystemRandomNumberGenerator()
    return Hex.encode((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
}
