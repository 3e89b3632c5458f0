internal import Bytes
internal import Failures
internal import Files

/// What came from a source, kept in a file without a name to be read at any place.
final class SpooledBytes: RandomBytes {
  private let file: Descriptor
  private let name: String
  let count: Int

  init(_ source: any ByteSource, name: String, in directory: Directory) throws(Failure) {
    let file = try directory.unnamedFile()
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    var count = 0
    while case let read = try source.read(into: chunk), read > 0 {
      try FileIO.writeAll(
        file.number, UnsafeRawBufferPointer(rebasing: chunk[..<read]), at: count, name: directory.path)
      count += read
    }
    self.count = count
    self.file = file
    self.name = name
  }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) {
    try FileIO.fill(buffer, from: file.number, at: offset, name: name)
  }
}
