package import Failures
internal import Bytes
internal import Glibc

/// A temporary file written from front to end: buffered, counted, and hashed on its way.
///
/// What `finish` has not given up is gone with the value.
package struct OutputFile: ~Copyable {
  private static let capacity = 1 << 18

  private let file: TemporaryFile
  private let name: String
  private let buffer = Buffer()
  private var filled = 0
  /// Bytes that were written, in the buffer or beyond.
  package private(set) var count = 0
  private var digest = SHA256()

  package init(in directory: Directory) throws(Failure) {
    file = try TemporaryFile(in: directory)
    name = directory.full(file.name)
  }

  private struct Buffer: ~Copyable {
    let base = UnsafeMutableRawPointer.allocate(byteCount: OutputFile.capacity, alignment: 16)
    deinit { base.deallocate() }
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    guard let source = bytes.baseAddress else { return }
    if bytes.count > Self.capacity - filled { try flush() }
    count += bytes.count
    if bytes.count > Self.capacity { return try write(bytes) }
    memcpy(buffer.base + filled, source, bytes.count)
    filled += bytes.count
  }

  private mutating func flush() throws(Failure) {
    try write(UnsafeRawBufferPointer(start: buffer.base, count: filled))
    filled = 0
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    digest.update(bytes)
    try FileIO.writeAll(file.descriptor, bytes, name: name)
  }

  /// The whole file, and its SHA-256 in hex. It is neither synced nor named yet: `commit` does both.
  package consuming func finish() throws(Failure) -> (file: TemporaryFile, sha256: String) {
    try flush()
    return (file, Hex.encode(digest.finish()))
  }
}
