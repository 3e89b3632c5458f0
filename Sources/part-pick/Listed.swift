internal import Failures
internal import Lines
internal import Partitions

/// What the `#list` line says; all of it unknown where there is no such line.
struct Listed {
  /// The watermark as it was before the listing began; nil where there was none.
  let position: Position?
  /// In seconds.
  let every: Int64?
  let window: Int64?
  let since: Instant?
  let until: Instant?

  /// 65 for a value that can't be.
  init(_ list: Receipt?) throws(Failure) {
    func value<T>(_ key: String, _ parse: (String) -> T?) throws(Failure) -> T? {
      guard let text = list?[key], !text.isEmpty else { return nil }
      guard let value = parse(text) else {
        throw Failure(.badData, cannot: "read", "standard input", because: "#list has \(key)=\(text)")
      }
      return value
    }
    func instant(_ text: String) -> Instant? { Instant(line: text) }
    func seconds(_ text: String) -> Int64? { Int64(text).flatMap { (1..<1 << 40).contains($0) ? $0 : nil } }
    let generation = try value("generation") { Int($0).flatMap { $0 >= 0 ? $0 : nil } }
    position = try value("after", instant).map { Position(time: $0, generation: generation) }
    every = try value("every", seconds)
    window = try value("window", seconds)
    since = try value("since", instant)
    until = try value("until", instant)
  }
}
