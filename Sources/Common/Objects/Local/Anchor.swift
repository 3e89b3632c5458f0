internal import Files
internal import Failures
internal import Synchronization

/// A directory that is opened once, by the first write, and held: whatever takes its name later is another one, and nothing is
/// written there.
final class Anchor: Sendable {
  private let path: [UInt8]
  private let held = Mutex<Directory?>(nil)

  init(_ path: [UInt8]) { self.path = path }

  /// Made where it is missing. A symbolic link in its place is refused, unless a `/` behind it says that what it leads to is
  /// meant.
  func directory() throws(Failure) -> Directory {
    try held.withLock { (held) throws(Failure) in
      if let held { return held }
      let directory = try Directory.create(path, followsLink: false)
      held = directory
      return directory
    }
  }

  /// Nil where it isn't there.
  func existing() throws(Failure) -> Directory? {
    try held.withLock { (held) throws(Failure) in
      if held == nil { held = try Directory.existing(path) }
      return held
    }
  }
}
