package import Failures
internal import Bytes
internal import Glibc

/// A file that is being written, under a random name beginning with `.tmp-` in the directory that will hold it.
/// Unless `commit` is reached, the name goes with the object.
package final class TemporaryFile {
  package let descriptor: Int32
  package let name: String
  private let directory: Directory
  private var committed = false
  /// Where a signal finds the name.
  private let place: Int?

  package init(in directory: Directory) throws(Failure) {
    self.directory = directory
    name = ".tmp-" + Self.randomName()
    place = Unfinished.add(name, in: directory.descriptor)
    descriptor = openat(directory.descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw Failure(errno: errno, cannot: "create a file in", directory.path) }
    // Where locks can't be had, whoever cleans up takes it for left.
    flock(descriptor, LOCK_EX | LOCK_NB)
  }

  /// Whether the process that made it lives: the kernel drops its lock with it.
  package static func isAtWork(on name: String, in directory: Directory) -> Bool {
    guard let file = try? directory.openFile(name) else { return false }
    return flock(file.number, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  deinit {
    close(descriptor)
    if !committed { unlinkat(directory.descriptor, name, 0) }
    Unfinished.remove(place)
  }

  /// Syncs, renames to `finalName` (replacing what is there) and syncs the directory, which may be another one.
  /// An error of fsync is final: what was written may be gone, so the file is given up.
  package func commit(as finalName: String, in target: Directory? = nil) throws(Failure) {
    try commit(as: Array(finalName.utf8), in: target)
  }

  package func commit(as finalName: [UInt8], in other: Directory? = nil) throws(Failure) {
    let home = other ?? directory
    let target = home.full(PercentEncoding.encodeForLine(finalName))
    guard fsync(descriptor) == 0 else {
      throw Failure(.io, cannot: "sync", target, because: String(cString: strerror(errno)))
    }
    guard renameat(directory.descriptor, name, home.descriptor, cString(finalName)) == 0 else {
      if errno == EXDEV { return try copy(to: home, as: finalName) }
      throw Failure(errno: errno, cannot: "rename into", target)
    }
    committed = true
    try home.sync()
  }

  /// What a rename can't do: to another file system.
  private func copy(to home: Directory, as finalName: [UInt8]) throws(Failure) {
    let copy = try TemporaryFile(in: home)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Failure(errno: errno, cannot: "read", name) }
    try FileIO.read(descriptor, 0..<Int(status.st_size), name: name) { (bytes) throws(Failure) in
      try FileIO.writeAll(copy.descriptor, bytes, name: home.full(copy.name))
    }
    try copy.commit(as: finalName)
  }

  /// Gives it its name (replacing what is there) without a sync: for what can be made anew, and is known by its checksum.
  package func rename(to finalName: String) throws(Failure) {
    guard renameat(directory.descriptor, name, directory.descriptor, finalName) == 0 else {
      throw Failure(errno: errno, cannot: "rename into", directory.full(finalName))
    }
    committed = true
  }

  private static func randomName() -> String {
    var value: UInt64 = 0
    getentropy(&value, 8)
    return String(value, radix: 36)
  }
}
