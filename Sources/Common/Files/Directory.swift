package import Failures
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
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(errno: errno, cannot: "open directory", path) }
    return Directory(path: path, descriptor: descriptor)
  }

  /// Makes the directory, and those above it, where they are missing.
  package static func create(_ path: String) throws(Failure) -> Directory {
    var made = path.hasPrefix("/") ? "" : "."
    for component in path.split(separator: "/") {
      made += "/" + component
      guard mkdir(made, 0o750) == 0 || errno == EEXIST || errno == EISDIR else {
        throw Failure(errno: errno, cannot: "create directory", path)
      }
    }
    return try open(path)
  }

  /// The directory of that name in this one; made if it is missing.
  package func subdirectory(_ name: String) throws(Failure) -> Directory {
    guard mkdirat(descriptor, name, 0o750) == 0 || errno == EEXIST else {
      throw Failure(errno: errno, cannot: "create directory", full(name))
    }
    return try existing(name)
  }

  package func existing(_ name: String) throws(Failure) -> Directory {
    let child = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard child >= 0 else { throw Failure(errno: errno, cannot: "open directory", full(name)) }
    return Directory(path: full(name), descriptor: child)
  }

  package func full(_ name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

  /// Opens a regular file for reading; nil where there is none of that name.
  package func openFile(_ name: String) throws(Failure) -> Int32? {
    let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    if file < 0 && errno == ENOENT { return nil }
    guard file >= 0 else { throw Failure(errno: errno, cannot: "open", full(name)) }
    return file
  }

  /// The file's bytes; nil where there is none of that name.
  package func read(_ name: String, limit: Int = 1 << 30) throws(Failure) -> [UInt8]? {
    guard let number = try openFile(name) else { return nil }
    let file = Descriptor(owning: number)
    return try FileIO.readAll(file.number, limit: limit, name: full(name))
  }

  package func map(_ name: String) throws(Failure) -> MappedFile? {
    guard let number = try openFile(name) else { return nil }
    let file = Descriptor(owning: number)
    return try MappedFile(file.number, name: full(name))
  }

  package func exists(_ name: String) -> Bool {
    var status = stat()
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
  }

  /// The names in it, but `.` and `..`, in byte order.
  package func names() throws(Failure) -> [String] {
    let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let stream = fdopendir(copy) else { throw Failure(errno: errno, cannot: "list", path) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Removes a file; one that is not there is as good as removed.
  package func remove(_ name: String) throws(Failure) {
    guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
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
