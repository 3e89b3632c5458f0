package import Failures
internal import Bytes
internal import Glibc

/// A directory held open; every name below it is resolved from there, and a symbolic link in its place is refused.
///
/// `name` arguments are single path components of our own making, or relative paths of such components.
package final class Directory: Sendable {
  package let path: String
  package let descriptor: Int32

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  package static func open(_ path: String) throws(Failure) -> Directory {
    try open(Array(path.utf8), called: path)
  }

  /// Makes the directory, and those above it, where they are missing; what is made is durable.
  package static func create(_ path: String, mode: UInt32 = 0o750) throws(Failure) -> Directory {
    try create(Array(path.utf8), mode: mode, called: path)
  }

  /// The directory of that name in this one, not by a link; if it is missing it is made, durably.
  package func subdirectory(_ name: String) throws(Failure) -> Directory {
    try subdirectory(Array(name.utf8))
  }

  package func existing(_ name: String) throws(Failure) -> Directory { try child(Array(name.utf8)) }

  package func full(_ name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

  /// Opens a file for reading, not by a link; nil where there is none of that name.
  package func openFile(_ name: String) throws(Failure) -> Descriptor? { try openFile(Array(name.utf8)) }

  package func openFile(_ name: [UInt8]) throws(Failure) -> Descriptor? {
    let file = openat(descriptor, cString(name), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    if file < 0 && errno == ENOENT { return nil }
    guard file >= 0 else {
      throw Failure(errno: errno, cannot: "open", full(PercentEncoding.encodeForLine(name)))
    }
    return Descriptor(owning: file)
  }

  /// The file's bytes; nil where there is none of that name.
  package func read(_ name: String, limit: Int = 1 << 30) throws(Failure) -> [UInt8]? {
    guard let file = try openFile(name) else { return nil }
    return try FileIO.readAll(file.number, limit: limit, name: full(name))
  }

  package func map(_ name: String) throws(Failure) -> MappedFile? {
    guard let file = try openFile(name) else { return nil }
    return try MappedFile(file.number, name: full(name))
  }

  /// The names in it, but `.` and `..`, in byte order.
  package func names() throws(Failure) -> [String] {
    try unsortedNames().sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The same in no order.
  package func unsortedNames() throws(Failure) -> [String] {
    try FileIO.entries(of: descriptor, name: path).map { String(decoding: $0.name, as: UTF8.self) }
  }

  /// Removes a file; one that is not there is as good as removed.
  package func remove(_ name: String) throws(Failure) {
    guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
      throw Failure(errno: errno, cannot: "remove", full(name))
    }
  }

  /// Removes an empty directory; one that is not there is as good as removed.
  package func removeDirectory(_ name: String) throws(Failure) {
    guard unlinkat(descriptor, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
      throw Failure(errno: errno, cannot: "remove", full(name))
    }
  }

  /// Makes the entries of this directory durable: what was renamed into it is there after a power cut.
  package func sync() throws(Failure) {
    guard fsync(descriptor) == 0 else { throw Failure(errno: errno, cannot: "sync", path) }
  }

  /// Writes a file whole or not at all: to a temporary name beside it, synced, renamed, the directory synced.
  ///
  /// A crash before the rename leaves a `.tmp-…` file that nothing refers to; one after it leaves the whole file,
  /// whose name is certain to survive a power cut only once this has returned.
  package func write(_ name: String, _ bytes: [UInt8]) throws(Failure) {
    let temporary = try TemporaryFile(in: self)
    try FileIO.writeAll(temporary.descriptor, bytes, name: full(name))
    try temporary.commit(as: name)
  }
}
