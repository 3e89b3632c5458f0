package import Failures
internal import Glibc

/// A whole file mapped for reading. The bytes stay valid as long as the object lives, also after the file's name is gone.
///
/// Only immutable files are mapped: a file that another process cuts short would end the reader with SIGBUS.
package final class MappedFile: @unchecked Sendable {
  package let bytes: UnsafeRawBufferPointer

  /// `descriptor` may be closed afterwards; `name` is for the message.
  package init(_ descriptor: Int32, name: String) throws(Failure) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Failure(errno: errno, cannot: "map", name) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(.badData, cannot: "map", name, because: "it is not a regular file")
    }
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let base = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else { throw Failure(errno: errno, cannot: "map", name) }
    bytes = UnsafeRawBufferPointer(start: base, count: Int(status.st_size))
  }

  package convenience init(path: String) throws(Failure) {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw Failure(errno: errno, cannot: "open", path) }
    let descriptor = Descriptor(owning: number)
    try self.init(descriptor.number, name: path)
  }

  /// Gives the pages back that were read so far; they come again where they are read again.
  package func forget() {
    if let base = bytes.baseAddress {
      madvise(UnsafeMutableRawPointer(mutating: base), bytes.count, MADV_DONTNEED)
    }
  }

  deinit {
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }
}
