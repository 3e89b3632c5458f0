internal import Failures
internal import Glibc

/// A file in TMPDIR or /tmp whose name is taken away at once: it is gone when its descriptor is, also at a kill.
final class UnnamedFile {
  let descriptor: Int32

  init() throws(Failure) {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((directory + "/freshet-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Failure(errno: errno, cannot: "create a file in", directory) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(template)
  }

  deinit { close(descriptor) }

  /// By which it can be opened again as long as it is open.
  var path: String { "/proc/self/fd/\(descriptor)" }
}
