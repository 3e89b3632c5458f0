package import Failures
internal import Glibc

/// An exclusive flock(2) on a file that is made once. The kernel releases it at a kill. The file stays for as long as anybody may
/// ask for it: of one that was removed and one that is made anew each could be locked.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// Nil where another process holds it and `wait` is false.
  package init?(_ name: String, in directory: Directory, wait: Bool) throws(Failure) {
    descriptor = openat(
      directory.descriptor, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw Failure(errno: errno, cannot: "open the lock", directory.full(name)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(
        .cannotCreate, cannot: "open the lock", directory.full(name), because: "it is no regular file")
    }
    while flock(descriptor, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0 {
      let code = errno
      if code == EINTR { continue }
      if code == EWOULDBLOCK { return nil }
      throw Failure(errno: code, cannot: "lock", directory.full(name))
    }
  }

  /// Unlocks by word as well: a child that is being started has a copy of the descriptor, and with it the lock, until it execs.
  deinit {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
