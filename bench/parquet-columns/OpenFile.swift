internal import Bytes
internal import Failures
internal import Glibc

/// A file, read where it is asked for.
struct OpenFile: RandomBytes {
  let count: Int
  private let descriptor: Int32

  init(_ name: String) throws(Failure) {
    descriptor = open(name, O_RDONLY)
    guard descriptor >= 0 else { throw Failure(errno: errno, cannot: "open", name) }
    count = Int(lseek(descriptor, 0, SEEK_END))
  }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) {
    var done = 0
    while done < buffer.count {
      let rest = buffer.baseAddress.map { $0 + done }
      let count = pread(descriptor, rest, buffer.count - done, off_t(offset + done))
      guard count > 0 else {
        throw Failure(.badData, cannot: "read", "bytes", because: "they are cut short")
      }
      done += count
    }
  }
}
