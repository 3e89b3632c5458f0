package import Failures
internal import Bytes
internal import Glibc

/// A temporary file written from front to end: buffered, counted, and hashed on its way. It is made when the first bytes are
/// handed to the system.
///
/// What `finish` has not given up is gone with the value.
package struct OutputFile: ~Copyable {
  private static let capacity = 1 << 17

  private let directory: Directory
  private var file: TemporaryFile?
  private let buffer = Buffer()
  private var filled = 0
  /// Bytes that were written, in the buffer or beyond.
  package private(set) var count = 0
  private var digest = SHA256()

  package init(in directory: Directory) { self.directory = directory }

  /// A class, though there is one owner: what a noncopyable value of another module holds is destroyed there.
  private final class Buffer {
    let base = UnsafeMutableRawPointer.allocate(byteCount: OutputFile.capacity, alignment: 16)
    deinit { base.deallocate() }
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    guard let source = bytes.baseAddress else { return }
    if bytes.count > Self.capacity - filled { try flush() }
    count += bytes.count
    if bytes.count > Self.capacity {
      try write(bytes)
    } else {
      memcpy(buffer.base + filled, source, bytes.count)
      filled += bytes.count
    }
  }

  @discardableResult
  private mutating func flush() throws(Failure) -> TemporaryFile {
    defer { filled = 0 }
    return try write(UnsafeRawBufferPointer(start: buffer.base, count: filled))
  }

  @discardableResult
  private mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> TemporaryFile {
    let file = try opened()
    digest.update(bytes)
    try FileIO.writeAll(file.descriptor, bytes, name: directory.full(file.name))
    return file
  }

  private mutating func opened() throws(Failure) -> TemporaryFile {
    if let file { return file }
    let new = try TemporaryFile(in: directory)
    file = new
    return new
  }

  /// Hands over a range of what was written, piece by piece.
  package mutating func read(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let file = try flush()
    try FileIO.read(file.descriptor, range, name: directory.full(file.name), body)
  }

  /// The whole file, and its SHA-256 in hex. It is neither synced nor named yet: `commit` does both.
  package consuming func finish() throws(Failure) -> (file: TemporaryFile, sha256: String) {
    let file = try flush()
    return (file, Hex.encode(digest.finish()))
  }
}
