package import Failures
internal import Glibc

extension Directory {
  /// A file for reading and writing that has no name, and is gone when it is closed, however the process ends.
  package func unnamedFile() throws(Failure) -> Descriptor {
    let file = try TemporaryFile(in: self)
    let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw Failure(errno: errno, cannot: "create a file in", path) }
    return Descriptor(owning: copy)
  }
}
