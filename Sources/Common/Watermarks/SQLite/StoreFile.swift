internal import Failures
internal import Files
internal import Glibc

/// The file that SQLite will open, looked at and made by its name only: to open it here, and to close it again,
/// would drop the locks that another connection of this process holds on it (POSIX advisory locks).
enum StoreFile {
  /// True where there is such a file, fit to hold a store.
  static func check(_ path: String) throws(Failure) -> Bool {
    var status = stat()
    if lstat(path, &status) != 0 {
      if errno == ENOENT { return false }
      throw Failure(errno: errno, cannot: "open", path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(.badData, cannot: "open", path, because: "it is not a regular file")
    }
    guard access(path, R_OK) == 0 else { throw Failure(errno: errno, cannot: "open", path) }
    try refuseNetwork(path)
    return true
  }

  /// Makes the file, readable by its owner alone, and the directories above it, where they are missing.
  static func create(_ path: String) throws(Failure) {
    if try check(path) { return }
    _ = try Directory.create(directory(of: path), mode: 0o700)
    try refuseNetwork(path)
    let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if number < 0 {
      // Another process was faster, and its file is as good.
      if errno == EEXIST { return }
      throw Failure(errno: errno, cannot: "create", path)
    }
    let file = Descriptor(owning: number)
    // Whatever the umask took away.
    guard fchmod(file.number, 0o600) == 0 else { throw Failure(errno: errno, cannot: "create", path) }
  }

  /// Makes what was committed durable, whoever did it.
  static func settle(_ path: String) throws(Failure) { try Directory.open(directory(of: path)).sync() }

  /// SQLite's locks are fcntl(2) locks, and across machines those hold, or do not, as the day goes.
  private static func refuseNetwork(_ path: String) throws(Failure) {
    let directory = try Directory.open(directory(of: path))
    if let kind = try NetworkFileSystem.kind(of: directory.descriptor) {
      throw Failure(
        .configuration, cannot: "use", path,
        because: "it lies on \(kind), whose locks SQLite can't rely on; keep the store on a local disk")
    }
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
