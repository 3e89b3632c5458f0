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

extension FileIO {
  /// Hands over a range of a file, in pieces of 256 KiB, but for the last; 65 where the file ends before.
  package static func read(
    _ descriptor: Int32, _ range: Range<Int>, name: String,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    var at = range.lowerBound
    var filled = 0
    while at < range.upperBound {
      let wanted = min(chunk.count, range.upperBound - at) - filled
      let count = pread(descriptor, chunk.baseAddress.map { $0 + filled }, wanted, off_t(at + filled))
      if count > 0 {
        filled += count
        guard count == wanted else { continue }
        try body(UnsafeRawBufferPointer(rebasing: chunk[..<filled]))
        at += filled
        filled = 0
      } else if count == 0 {
        throw Failure(.badData, cannot: "read", name, because: "it is cut short")
      } else if errno != EINTR {
        throw Failure(errno: errno, cannot: "read", name)
      }
    }
  }
}
