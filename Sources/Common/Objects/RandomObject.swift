package import Bytes
internal import Failures
internal import Synchronization

/// An object that is read at any place.
package struct RandomObject: Sendable {
  package let tag: String
  package let bytes: Int64
  package let contents: any RandomBytes

  /// Why a read failed, as the store says it; nil where none has, or the contents are no store's.
  package var error: StoreError? { (contents as? ObjectContents)?.error }
}

/// A version of an object, of which each read gets exactly the bytes that it asks for; it remembers the first error.
final class ObjectContents: RandomBytes {
  /// Fills the buffer, which is not empty, with what begins at that place and does not reach beyond the end.
  typealias Fill = @Sendable (Int64, UnsafeMutableRawBufferPointer) throws(StoreError) -> Void

  let count: Int
  let isRemote: Bool
  private let name: String
  private let fill: Fill
  private let firstError = Mutex<StoreError?>(nil)

  init(bytes: Int64, name: String, isRemote: Bool = false, fill: @escaping Fill) {
    count = Int(clamping: bytes)
    self.isRemote = isRemote
    self.name = name
    self.fill = fill
  }

  var error: StoreError? { firstError.withLock { $0 } }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) {
    guard offset >= 0, offset <= count, buffer.count <= count - offset else {
      throw Failure(.badData, cannot: "read", name, because: "it is cut short")
    }
    if buffer.isEmpty { return }
    do throws(StoreError) {
      try fill(Int64(offset), buffer)
    } catch {
      firstError.withLock { $0 = $0 ?? error }
      throw error.failure(cannot: "read", name)
    }
  }
}
