internal import Failures
internal import Files
internal import Glibc

/// The queries of a file: of each line an id, a tab and the query; or the query alone, whose id is the line's number.
struct QueryLines {
  struct Line {
    let number: Int
    let id: String
    let query: String
  }

  let lines: [Line]
  private let name: String

  /// `-` is standard input. Empty lines are passed over. 65 for a line that is not UTF-8.
  init(file: String) throws(Failure) {
    name = file == "-" ? "standard input" : file
    var lines: [Line] = []
    for (index, bytes) in try Self.read(file, name: name).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).enumerated() where !bytes.isEmpty {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Failure(.badData, cannot: "read", "line \(index + 1) of \(name)", because: "it is not UTF-8")
      }
      let parts = text.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
      let id = parts.count > 1 ? String(parts[0]) : String(index + 1)
      lines.append(Line(number: index + 1, id: id, query: parts.last.map(String.init) ?? ""))
    }
    self.lines = lines
  }

  private static func read(_ file: String, name: String) throws(Failure) -> [UInt8] {
    if file == "-" { return try FileIO.readAll(0, name: name) }
    let number = open(file, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw Failure(errno: errno, cannot: "open", name) }
    let descriptor = Descriptor(owning: number)
    return try FileIO.readAll(descriptor.number, name: name)
  }

  /// What is a usage error on the command line is bad data here, and names its line.
  func failure(_ failure: Failure, at line: Line) -> Failure {
    guard failure.exit == .usage else { return failure }
    return Failure(
      .badData, cannot: "answer", "line \(line.number) of \(name)", because: failure.reason)
  }
}
