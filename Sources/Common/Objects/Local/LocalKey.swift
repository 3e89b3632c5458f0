internal import Files
internal import Glibc

/// Keys as paths below a directory.
enum LocalKey {
  static let lockName = Array(".lock".utf8)
  private static let temporaryPrefix = Array(".tmp-".utf8)
  private static let slash = UInt8(ascii: "/")

  /// The components of a key that can be resolved nowhere but below the root, and are not the store's own files.
  static func components(of key: Key) throws(StoreError) -> [[UInt8]] {
    try StoreKey.check(key)
    let parts = key.bytes.split(separator: slash, omittingEmptySubsequences: false).map { Array($0) }
    guard parts.allSatisfy(isName) else { throw .invalid("a key that is no path below a directory") }
    guard !isOwn(parts.last ?? [], inRoot: parts.count == 1) else {
      throw .invalid("a name that is kept for the store")
    }
    return parts
  }

  static func isName(_ part: [UInt8]) -> Bool {
    !part.isEmpty && part.count <= 255 && !part.contains(0) && part != Array(".".utf8)
      && part != Array("..".utf8)
  }

  /// Files of the store itself: what is being written, and the lock of conditional writes.
  static func isOwn(_ name: [UInt8], inRoot: Bool) -> Bool {
    name.starts(with: temporaryPrefix) || (inRoot && name == lockName)
  }
}

/// What fstat says of a regular file.
struct FileState: Equatable {
  let bytes: Int64
  let modified: timespec

  /// Nil for what is no regular file.
  init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    bytes = Int64(status.st_size)
    modified = status.st_mtim
  }

  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  /// `<size>-<mtime>`: bytes, and nanoseconds since 1970, both in hexadecimal.
  var tag: String {
    let nanoseconds = Int64(modified.tv_sec) &* 1_000_000_000 &+ Int64(modified.tv_nsec)
    return String(bytes, radix: 16) + "-" + String(UInt64(bitPattern: nanoseconds), radix: 16)
  }

  func info(_ key: Key) -> ObjectInfo {
    ObjectInfo(key: key, bytes: bytes, tag: tag, modified: Int64(modified.tv_sec))
  }

  static func == (a: FileState, b: FileState) -> Bool { a.tag == b.tag }
}
