internal import Glibc

/// The body of a request while it is sent. libcurl may ask for it again from the start, when a connection it
/// had kept turns out to be dead.
struct HTTPUpload {
  private let body: HTTPRequest.Body
  private var position: Int64 = 0
  private(set) var failed = false

  init(_ body: HTTPRequest.Body) { self.body = body }

  /// Nil where the file can't be read, or has become shorter.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let wanted = Int(min(Int64(buffer.count), body.count - position))
    guard wanted > 0 else { return 0 }
    switch body {
    case .none: return 0
    case .bytes(let bytes):
      let start = Int(position)
      buffer.copyBytes(from: bytes[start..<start + wanted])
      position += Int64(wanted)
      return wanted
    case .file(let descriptor, let start, _):
      var count = pread(descriptor, buffer.baseAddress, wanted, off_t(start + position))
      while count < 0 && errno == EINTR {
        count = pread(descriptor, buffer.baseAddress, wanted, off_t(start + position))
      }
      guard count > 0 else {
        failed = true
        return nil
      }
      position += Int64(count)
      return count
    }
  }

  mutating func seek(to offset: Int64) -> Bool {
    guard offset >= 0, offset <= body.count else { return false }
    position = offset
    return true
  }
}
