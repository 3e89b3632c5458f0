package import Failures
internal import Glibc

/// An open file descriptor, closed when its owner goes.
package struct Descriptor: ~Copyable {
  package let number: Int32

  package init(owning number: Int32) { self.number = number }

  deinit { Glibc.close(number) }

  /// How many the process may have at a time; a thousand where it has no limit or is not told.
  package static var most: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1000 }
    return min(Int(clamping: limit.rlim_cur), 1000)
  }
}

package enum FileIO {
  /// Reads until `buffer` is full or the file ends; the number of bytes read. `name` is for the message.
  package static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, name: String
  ) throws(Failure) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
      if count == 0 { break }
      if count > 0 {
        filled += count
      } else if errno != EINTR {
        throw Failure(errno: errno, cannot: "read", name)
      }
    }
    return filled
  }

  /// All that is left to read; refused above `limit` bytes.
  package static func readAll(_ descriptor: Int32, limit: Int = .max, name: String) throws(Failure) -> [UInt8]
  {
    var bytes: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { chunk.deallocate() }
    while true {
      let count = try read(descriptor, into: chunk, name: name)
      bytes.append(contentsOf: chunk[..<count])
      if bytes.count > limit {
        throw Failure(.badData, cannot: "read", name, because: "longer than \(limit) bytes")
      }
      if count < chunk.count { return bytes }
    }
  }

  package static func writeAll(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, name: String
  ) throws(Failure) {
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw Failure(errno: errno, cannot: "write", name)
      }
    }
  }

  package static func writeAll(_ descriptor: Int32, _ bytes: [UInt8], name: String) throws(Failure) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
      try writeAll(descriptor, UnsafeRawBufferPointer(buffer), name: name)
    }
  }
}
