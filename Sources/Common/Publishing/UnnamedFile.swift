internal import Failures
internal import Files
internal import Glibc

/// A file without a name, in TMPDIR or /tmp: gone when its descriptor is, also at a kill.
final class UnnamedFile {
  let descriptor: Int32

  init() throws(Failure) {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let unnamed = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0o600)
    descriptor = unnamed >= 0 ? unnamed : Self.unlinked(in: directory)
    guard descriptor >= 0 else { throw Failure(errno: errno, cannot: "create a file in", directory) }
  }

  deinit { close(descriptor) }

  /// Where the file system has no O_TMPFILE: the name goes at once.
  private static func unlinked(in directory: String) -> Int32 {
    var template = Array((directory + "/freshet-XXXXXX").utf8CString)
    let number = mkostemp(&template, O_CLOEXEC)
    if number >= 0 { unlink(template) }
    return number
  }

  /// By which it can be opened again as long as it is open.
  var path: String { "/proc/self/fd/\(descriptor)" }
}
