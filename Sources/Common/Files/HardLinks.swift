package import Failures
internal import Glibc

extension Directory {
  /// Gives an open file one more name, durably, in place of what has it; false, with nothing left under that name, where the
  /// system does not let us: on another file system, for somebody else's file.
  ///
  /// What is linked is the file that was opened, and may have been looked at, whatever has become of its old name.
  package func link(_ file: borrowing Descriptor, as name: String) throws(Failure) -> Bool {
    try remove(name)
    let path = "/proc/self/fd/\(file.number)"
    guard linkat(AT_FDCWD, path, descriptor, name, AT_SYMLINK_FOLLOW) == 0 else { return false }
    guard fsync(file.number) == 0 else { throw Failure(errno: errno, cannot: "sync", full(name)) }
    try sync()
    return true
  }
}
