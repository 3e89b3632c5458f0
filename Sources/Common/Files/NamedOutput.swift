package import Failures
internal import Glibc

/// A file that a person named, to be written at the end: whole, and empty until then. What is there and is no regular file (a
/// fifo, a device, a symbolic link) is written into, as by a shell's `>`.
package final class NamedOutput {
  private enum Form {
    /// What is written into, by a descriptor of ours.
    case stream(Int32)
    /// A file that is replaced, in that directory.
    case file(Directory)
  }

  private let name: String
  private let form: Form

  /// Makes or opens what is written to, so that what can't be is said before anything is done: mostly 73.
  package init(_ path: String) throws(Failure) {
    name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? path
    var status = stat()
    if name.isEmpty || lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, 0o640)
      guard descriptor >= 0 else { throw Failure(errno: errno, cannotCreate: path) }
      form = .stream(descriptor)
      return
    }
    let folder = path.dropLast(name.count)
    do throws(Failure) {
      let directory = try Directory.open(folder.isEmpty ? "." : String(folder))
      try directory.write(name, [])
      form = .file(directory)
    } catch {
      guard error.exit == .noInput else { throw error }
      throw Failure(.cannotCreate, cannot: "create", path, because: error.reason)
    }
  }

  deinit { if case .stream(let descriptor) = form { close(descriptor) } }

  /// Nothing but this is written to it.
  package func write(_ body: (_ descriptor: Int32) throws(Failure) -> Void) throws(Failure) {
    switch form {
    case .stream(let descriptor): try body(descriptor)
    case .file(let directory):
      let temporary = try TemporaryFile(in: directory)
      try body(temporary.descriptor)
      try temporary.commit(as: name)
    }
  }
}
