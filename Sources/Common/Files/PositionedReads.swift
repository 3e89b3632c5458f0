package import Failures
internal import Glibc

// Reads and writes at a place of a file, which leave its own position alone.

extension FileIO {
  /// Fills the buffer with what begins at that place of a file; 65 where the file ends before.
  package static func fill(
    _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int, name: String
  ) throws(Failure) {
    var filled = 0
    while filled < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
      if count == 0 { throw Failure(.badData, cannot: "read", name, because: "it is cut short") }
      if count > 0 {
        filled += count
      } else if errno != EINTR {
        throw Failure(errno: errno, cannot: "read", name)
      }
    }
  }

  /// Hands over a range of a file, in pieces of 256 KiB, but for the last; 65 where the file ends before.
  package static func read(
    _ descriptor: Int32, _ range: Range<Int>, name: String,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    var at = range.lowerBound
    while at < range.upperBound {
      let piece = UnsafeMutableRawBufferPointer(rebasing: chunk[..<min(chunk.count, range.upperBound - at)])
      try fill(piece, from: descriptor, at: at, name: name)
      try body(UnsafeRawBufferPointer(piece))
      at += piece.count
    }
  }

  /// Some file systems keep what was written at once as one page, and map all of it where one byte is looked at.
  private static let largestPage = 1 << 16

  /// Writes all bytes from that place of a file on; several threads can write one file so.
  package static func writeAll(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int, name: String
  ) throws(Failure) {
    var written = 0
    while written < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress.map { $0 + written }, min(bytes.count - written, largestPage),
        off_t(offset + written))
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw Failure(errno: errno, cannot: "write", name)
      }
    }
  }
}
