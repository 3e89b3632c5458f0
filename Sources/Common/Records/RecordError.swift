package import Failures

package enum RecordError: Error, Equatable, Sendable {
  /// One bad record: `line` from 1, and why. The reader can go on.
  case malformed(line: Int, reason: String)
  /// The object as a whole is damaged: cut short, a wrong checksum, not what its name says.
  case damaged(reason: String)
  /// The source failed.
  case source(Failure)
}
