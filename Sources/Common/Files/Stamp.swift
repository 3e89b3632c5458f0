internal import Glibc

/// What tells without a look inside that a file is still the one that was written: as git's index does it.
///
/// It holds within one boot of the system only: after a power cut a file can have its size and times, and not its bytes.
package struct Stamp: Equatable, Sendable {
  /// In bytes.
  package let size: Int64
  /// When its content and its inode were last changed, in nanoseconds since 1970.
  package let modified: Int64
  package let changed: Int64

  package init(size: Int64, modified: Int64, changed: Int64) {
    self.size = size
    self.modified = modified
    self.changed = changed
  }

  /// A name for the time since the system was booted; empty where the system has none.
  package static var boot: String {
    guard let descriptor = try? Descriptor.reading(Array("/proc/sys/kernel/random/boot_id".utf8)),
      let bytes = try? FileIO.readAll(descriptor.number, limit: 100, name: "boot_id")
    else { return "" }
    return String(decoding: bytes.prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self)
  }
}

extension Directory {
  /// Nil where there is no regular file of that name.
  package func stamp(_ name: String) -> Stamp? {
    var status = stat()
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? Stamp(status) : nil
  }
}

extension Descriptor {
  /// Nil where it is no regular file.
  package var stamp: Stamp? {
    var status = stat()
    return fstat(number, &status) == 0 ? Stamp(status) : nil
  }
}

extension Stamp {
  fileprivate init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }
    self.init(
      size: Int64(status.st_size), modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim)
    )
  }
}
