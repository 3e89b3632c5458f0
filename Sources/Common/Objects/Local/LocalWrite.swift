internal import Bytes
internal import Failures
internal import Files
internal import Glibc

/// One write below a directory. The order of its steps, and what a crash after each leaves behind:
///
///  1. the directories of the key are made, each synced into the one above: empty directories
///  2. the temporary file is written: a `.tmp-…` that nothing lists
///  3. with a condition, the lock is taken and the condition looked at: the same; the kernel drops the lock
///  4. the temporary file is given a time later than the old file's, and synced: the same
///  5. it is renamed: the new file, visible; after a power cut the old one, or none, may be back
///  6. the directory is synced: the new file for good. Only now does the write return
///
/// A condition holds against all other conditional writes. The lock is one for the root, and is never removed.
struct LocalWrite {
  let root: Directory
  let components: [[UInt8]]
  let condition: WriteCondition

  /// The new tag.
  func run(_ contents: Contents) throws(Failure) -> Result<String, StoreError> {
    if condition != .always, let kind = try NetworkFileSystem.kind(of: root.descriptor) {
      return .failure(.unsupported("conditional writes need a local file system, and this one is \(kind)"))
    }
    var directory = root
    for component in components.dropLast() { directory = try directory.subdirectory(component) }
    let temporary = try TemporaryFile(in: directory)
    try Self.fill(temporary, with: contents)
    let lock = condition == .always ? nil : try FileLock(".lock", in: root, wait: true)
    return try withExtendedLifetime(lock) { () throws(Failure) in try finish(temporary, in: directory) }
  }

  private func finish(_ temporary: TemporaryFile, in directory: Directory) throws(Failure) -> Result<
    String, StoreError
  > {
    let name = components.last ?? []
    let old = try Self.state(of: name, in: directory)
    if let error = condition.violation(by: old?.tag) { return .failure(error) }
    guard let new = try Self.outdate(old, by: temporary) else {
      return .failure(.unsupported("the file system's times are too coarse to tell two writes apart"))
    }
    try temporary.commit(as: name)
    return .success(new.tag)
  }

  /// Nil where there is nothing of that name. A link, or what else is no regular file, was put there by somebody else, and is
  /// left alone.
  private static func state(of name: [UInt8], in directory: Directory) throws(Failure) -> FileState? {
    let full = directory.full(PercentEncoding.encodeForLine(name))
    var status = stat()
    guard fstatat(directory.descriptor, cString(name), &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      if LocalLister.isGone(errno) { return nil }
      throw Failure(errno: errno, cannot: "look at", full)
    }
    guard let state = FileState(status) else {
      throw Failure(.cannotCreate, cannot: "replace", full, because: "it is no regular file")
    }
    return state
  }

  /// Gives the new file a time later than the old one's, so that a tag never comes back: clocks stand still for
  /// milliseconds, and can be set back. Some file systems keep whole seconds, or every other one.
  private static func outdate(_ old: FileState?, by temporary: TemporaryFile) throws(Failure) -> FileState? {
    for step in [0, 1, 1_000_000_000, 2_000_000_000] {
      if let old, step > 0 {
        let time = old.modified.advanced(nanoseconds: step)
        guard futimens(temporary.descriptor, [time, time]) == 0 else {
          throw Failure(errno: errno, cannot: "set the time of", temporary.name)
        }
      }
      guard let new = FileState(descriptor: temporary.descriptor) else { return nil }
      guard let old else { return new }
      if old.modified < new.modified { return new }
    }
    return nil
  }

  private static func fill(_ temporary: TemporaryFile, with contents: Contents) throws(Failure) {
    switch contents {
    case .bytes(let bytes):
      try FileIO.writeAll(temporary.descriptor, bytes, name: temporary.name)
    case .file(let path, _):
      let source = try Descriptor.reading(Array(path.utf8))
      let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
      defer { chunk.deallocate() }
      while true {
        let count = try FileIO.read(source.number, into: chunk, name: path)
        try FileIO.writeAll(
          temporary.descriptor, UnsafeRawBufferPointer(rebasing: chunk[..<count]), name: temporary.name)
        if count < chunk.count { return }
      }
    }
  }
}

extension timespec {
  static func < (a: timespec, b: timespec) -> Bool { (a.tv_sec, a.tv_nsec) < (b.tv_sec, b.tv_nsec) }

  func advanced(nanoseconds: Int) -> timespec {
    let sum = tv_nsec + nanoseconds
    return timespec(tv_sec: tv_sec &+ sum / 1_000_000_000, tv_nsec: sum % 1_000_000_000)
  }
}
