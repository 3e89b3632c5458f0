internal import Bytes
internal import Failures
internal import Files
internal import Glibc
internal import HTTP

/// The body of a PUT with its hash. A file is read twice; if it changes in between, the store refuses what it is sent.
final class S3Upload {
  let body: HTTPRequest.Body
  /// SHA-256, in hex.
  let hash: String
  private let file: Descriptor?

  init(_ contents: Contents) throws(StoreError) {
    switch contents {
    case .bytes(let bytes):
      body = .bytes(bytes)
      hash = SHA256.hex(bytes)
      file = nil
    case .file(let path):
      do throws(Failure) {
        let file = try Descriptor.reading(Array(path.utf8))
        let (hash, count) = try Self.hash(file.number, path)
        body = .file(descriptor: file.number, bytes: count)
        self.hash = hash
        self.file = consume file
      } catch { throw StoreError(error) }
    }
  }

  private static func hash(_ descriptor: Int32, _ path: String) throws(Failure) -> (
    hash: String, count: Int64
  ) {
    var digest = SHA256()
    var count: Int64 = 0
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let read = try FileIO.read(descriptor, into: chunk, name: path)
      digest.update(UnsafeRawBufferPointer(rebasing: chunk[..<read]))
      count += Int64(read)
      if read < chunk.count { break }
    }
    return (Hex.encode(digest.finish()), count)
  }
}
