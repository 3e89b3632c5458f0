package import Bytes
internal import Failures
internal import Synchronization

/// The body of an object of a store, which remembers why it could not be read on.
package protocol ObjectBody: ByteSource {
  var error: StoreError? { get }
}

extension OpenObject {
  /// Why the body could not be read on, as its store says it; nil where the body has not failed, or is no store's.
  package var error: StoreError? { (body as? any ObjectBody)?.error }

  /// Reads on, as the body does.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    do { return try body.read(into: buffer) } catch { throw self.error ?? StoreError(error) }
  }
}

/// The bytes of an object on their way to the reader, who gets the last of them only when all fit their digest.
final class CheckedBody: ObjectBody {
  private let source: any ObjectBytes
  private let name: String
  private var left: Int64
  private var digest: S3Digest?
  /// Asked by others than the one who reads, too.
  private let lastError = Mutex<StoreError?>(nil)

  init(_ source: any ObjectBytes, bytes: Int64, name: String, digest: S3Digest?) {
    self.source = source
    self.name = name
    self.digest = digest
    left = bytes
  }

  var error: StoreError? { lastError.withLock { $0 } }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    do throws(StoreError) {
      if let error { throw error }
      return try readOn(into: buffer)
    } catch {
      lastError.withLock { $0 = error }
      throw error.failure(cannot: "read", name)
    }
  }

  private func readOn(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    let count = try source.read(into: buffer)
    left -= Int64(count)
    digest?.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    guard left <= 0 || count == 0 else { return count }
    guard left == 0 else { throw .unavailable("it has another number of bytes than the store announced") }
    try digest?.check()
    digest = nil
    return count
  }
}
