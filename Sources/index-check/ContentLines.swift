internal import Bytes
internal import Failures
internal import Files
internal import JSON
internal import Segments

/// What index-check prints: findings, or the content of an index, as text or as JSON.
struct ContentLines {
  enum Content { case statistics, terms, documents }

  private let asJSON: Bool
  private var output = LineOutput()

  init(asJSON: Bool) { self.asJSON = asJSON }

  mutating func end() throws(Failure) { try output.flush() }

  /// file TAB part TAB what
  mutating func print(_ finding: FileFinding) throws(Failure) {
    let fields = [("file", finding.file), ("part", finding.finding.part), ("what", finding.finding.what)]
    try asJSON
      ? output.write(JSONValue.object(fields.map { .init($0.0, .string($0.1)) }).text)
      : output.write(fields.map { Self.clean($0.1) }.joined(separator: "\t"))
  }

  /// A finding is a sentence; what a damaged file may have put into it must not break the line.
  private static func clean(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map {
      PercentEncoding.encodeForLine(String($0))
    }
    .joined(separator: " ")
  }

  mutating func print(_ content: Content, of view: IndexView) throws(Failure) {
    switch content {
    case .statistics:
      for (name, count) in try Statistics(view).counts { try print(name, count) }
    case .terms: try view.forEachTerm { (term) throws(Failure) in try print(term) }
    case .documents: try view.forEachDocument { (document) throws(Failure) in try output.write(document) }
    }
  }

  /// key TAB value
  private mutating func print(_ name: String, _ count: Int) throws(Failure) {
    try output.write(
      asJSON
        ? JSONValue.object([.init("key", .string(name)), .init("value", .number(count))]).text
        : "\(Self.clean(name))\t\(count)")
  }

  /// field TAB term TAB document frequency TAB id:frequency ...
  private mutating func print(_ term: DumpedTerm) throws(Failure) {
    if asJSON { return try output.write(Self.json(term).text) }
    var line = "\(PercentEncoding.encodeForLine(term.field))\t\(PercentEncoding.encodeForLine(term.term))"
    line += "\t\(term.documents.count)"
    for (id, frequency) in term.documents { line += "\t\(PercentEncoding.encodeForLine(id)):\(frequency)" }
    try output.write(line)
  }

  private static func json(_ term: DumpedTerm) -> JSONValue {
    .object([
      .init("field", .string(term.field)), .init("term", .string(String(decoding: term.term, as: UTF8.self))),
      .init(
        "documents",
        .array(
          term.documents.map {
            .object([
              .init("id", .string(String(decoding: $0.id, as: UTF8.self))),
              .init("frequency", .number($0.frequency)),
            ])
          })),
    ])
  }
}
