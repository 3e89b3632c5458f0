internal import Bytes
internal import Failures
internal import HTTP

/// The bytes of an object as they come. When the connection breaks, the rest is fetched, if it still is the same object.
final class S3Body: ByteSource {
  /// How often in a row, without a byte in between.
  static let mostResumptions = 3

  private var body: HTTPBody
  private let bytes: Int64
  private let name: String
  private let resume: (Int64) throws(StoreError) -> HTTPBody
  private var position: Int64 = 0
  private var resumptions = 0

  init(
    _ body: HTTPBody, bytes: Int64, name: String, resume: @escaping (Int64) throws(StoreError) -> HTTPBody
  ) {
    self.body = body
    self.bytes = bytes
    self.name = name
    self.resume = resume
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    while true {
      do throws(HTTPError) {
        let count = try body.read(into: buffer)
        position += Int64(count)
        if count > 0 { resumptions = 0 }
        guard count > 0 || position == bytes else { throw .interrupted("the answer was cut short") }
        return count
      } catch { try goOn(after: StoreError(error)) }
    }
  }

  private func goOn(after error: StoreError) throws(Failure) {
    guard case .unavailable = error, position < bytes, resumptions < Self.mostResumptions else {
      throw error.failure(cannot: "read", name)
    }
    resumptions += 1
    do { body = try resume(position) } catch { throw error.failure(cannot: "read", name) }
  }
}
