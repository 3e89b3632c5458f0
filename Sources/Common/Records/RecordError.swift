package import Failures

package enum RecordError: Error, Equatable, Sendable {
  /// One bad record: `line` from 1, and why. The reader can go on.
  case malformed(line: Int, reason: String)
  /// The same, and where the next record begins isn't known.
  case unreadable(line: Int, reason: String)
  /// The object as a whole is damaged: cut short, a wrong checksum, not what its name says.
  case damaged(reason: String)
  /// The source failed.
  case source(Failure)

  /// A column that the records are chosen by is not there.
  package static func noColumn(_ name: String) -> RecordError {
    .damaged(reason: "it has no column '\(name)'")
  }

  /// The same, of what begins so many lines on.
  package func behind(_ lines: Int) -> RecordError {
    switch self {
    case .malformed(let line, let reason): .malformed(line: lines + line, reason: reason)
    case .unreadable(let line, let reason): .unreadable(line: lines + line, reason: reason)
    case .damaged, .source: self
    }
  }
}
