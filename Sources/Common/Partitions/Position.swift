package import Failures

/// Where a pipe stands: the last partition that was published, and the generation it was published as.
/// Spelled as `wm get -g` prints it: `TIME@N`, or `TIME` alone where no generation is known.
package struct Position: Equatable, Sendable, CustomStringConvertible {
  package let time: Instant
  package let generation: Int?

  package init(time: Instant, generation: Int?) {
    self.time = time
    self.generation = generation
  }

  /// Nil for an empty text: there is no watermark yet.
  package static func parse(_ text: String, now: @autoclosure () -> Instant) throws(Failure) -> Position? {
    if text.isEmpty { return nil }
    // `@seconds` begins with the sign that otherwise sets off the generation.
    guard let at = text.lastIndex(of: "@"), at != text.startIndex else {
      return Position(time: try Instant(parsing: text, now: now()), generation: nil)
    }
    let digits = text[text.index(after: at)...]
    guard let generation = Int(digits), generation >= 0, String(generation) == digits else {
      throw Failure(
        .usage, cannot: "read the position", "'\(text)'", because: "write TIME or TIME@GENERATION")
    }
    return Position(time: try Instant(parsing: String(text[..<at]), now: now()), generation: generation)
  }

  package var description: String { generation.map { "\(time)@\($0)" } ?? time.description }
}
