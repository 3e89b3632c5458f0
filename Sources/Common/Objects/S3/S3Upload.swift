internal import Bytes
internal import Failures
internal import Files
internal import Glibc
internal import HTTP

/// What is written, whole or in pieces, each with its hash. A file is read for that first; if it changes in between, the store
/// refuses what it is sent.
final class S3Upload: Sendable {
  struct Piece: Sendable {
    let body: HTTPRequest.Body
    /// SHA-256, in hex.
    let hash: String
  }

  private enum Source: Sendable {
    case bytes([UInt8])
    case file(Int32, FileState, name: String)
  }

  private let source: Source
  private let file: Descriptor?
  /// The SHA-256 of all of it.
  private let known: String?

  init(_ contents: Contents) throws(StoreError) {
    switch contents {
    case .bytes(let bytes):
      source = .bytes(bytes)
      file = nil
      known = nil
    case .file(let path, let sha256):
      known = sha256
      do throws(Failure) {
        let file = try Descriptor.reading(Array(path.utf8))
        guard let state = FileState(descriptor: file.number) else {
          throw Failure(.noInput, cannot: "read", path, because: "it is no regular file")
        }
        source = .file(file.number, state, name: path)
        self.file = consume file
      } catch { throw StoreError(error) }
    }
  }

  var count: Int64 {
    switch source {
    case .bytes(let bytes): Int64(bytes.count)
    case .file(_, let state, _): state.bytes
    }
  }

  var isFile: Bool { file != nil }

  /// The file has to have the size and time still that it had.
  func checkUnchanged() throws(StoreError) {
    guard case .file(let descriptor, let state, _) = source else { return }
    guard FileState(descriptor: descriptor) == state else {
      throw .io(.io, "it was changed while it was sent")
    }
  }

  func whole() throws(StoreError) -> Piece { try piece(0..<count) }

  /// Of a file; bytes are one piece.
  func piece(_ range: Range<Int64>) throws(StoreError) -> Piece {
    switch source {
    case .bytes(let bytes): return Piece(body: .bytes(bytes), hash: SHA256.hex(bytes))
    case .file(let descriptor, _, let name):
      let body = HTTPRequest.Body.file(
        descriptor: descriptor, from: range.lowerBound, bytes: range.upperBound - range.lowerBound)
      if let known, range == 0..<count { return Piece(body: body, hash: known) }
      return Piece(body: body, hash: try Self.hash(range, of: descriptor, name))
    }
  }

  private static func hash(
    _ range: Range<Int64>, of descriptor: Int32, _ name: String
  ) throws(StoreError) -> String {
    var digest = SHA256()
    try read(range, of: descriptor, name) { digest.update($0) }
    return Hex.encode(digest.finish())
  }

  /// Nil where there is no body.
  static func md5(of body: HTTPRequest.Body) throws(StoreError) -> [UInt8]? {
    switch body {
    case .none: return nil
    case .bytes(let bytes): return Checksum.of(bytes, .md5)
    case .file(let descriptor, let start, let count):
      var sum = Checksum(.md5)
      try read(start..<start + count, of: descriptor, "the file") { sum.update($0) }
      return sum.finish()
    }
  }

  private static func read(
    _ range: Range<Int64>, of descriptor: Int32, _ name: String, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(StoreError) {
    do throws(Failure) {
      try FileIO.read(descriptor, Int(range.lowerBound)..<Int(range.upperBound), name: name, body)
    } catch { throw StoreError(error) }
  }
}
