internal import Failures
internal import Files
internal import Runs

/// Rows on their way to a later pass, in a file without a name.
final class RowSpool {
  private static let capacity = 8192

  private let file: Descriptor
  private let name: String
  private var waiting = Rows()
  private var words = 0
  private var count = 0

  init(in directory: Directory) throws(Failure) {
    file = try directory.unnamedFile()
    name = directory.full("a spool file")
  }

  func append(_ row: Rows.Row) throws(Failure) {
    waiting.append(row)
    if waiting.words.count >= Self.capacity { try flush() }
  }

  private func flush() throws(Failure) {
    try FileIO.writeAll(file.number, waiting.words.bytes, name: name)
    words += waiting.words.count
    count += waiting.count
    waiting = Rows()
  }

  /// All of them.
  func rows() throws(Failure) -> Rows {
    try flush()
    var all = Pile<UInt64>()
    all.reserve(words)
    try FileIO.read(file.number, 0..<words * 8, name: name) { (bytes) throws(Failure) in
      all.append(bytes.bindMemory(to: UInt64.self))
    }
    return Rows(words: all, count: count)
  }
}
