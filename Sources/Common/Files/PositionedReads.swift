package import Failures
internal import Glibc

// Reads at a place of a file, which leave its own position alone.

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
}
