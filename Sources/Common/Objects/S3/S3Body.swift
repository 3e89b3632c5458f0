internal import Bytes
internal import HTTP

/// Bytes of an object, from which a `CheckedBody` is made.
protocol ObjectBytes: AnyObject {
  /// Puts at least one byte into `buffer`, which is not empty, and gives the number; 0 only when all have come.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int
}

/// A range of an object as it comes, over one connection at a time. When that breaks, the rest is fetched over another, if
/// it still is the same object: as long as bytes come, and for the patience of `retries` without any.
final class S3Body: ObjectBytes {
  /// Gives a range of the object, of the one version that is read.
  typealias Fetch = @Sendable (Range<Int64>) throws(StoreError) -> HTTPBody

  private var body: HTTPBody?
  /// What has not come yet.
  private var rest: Range<Int64>
  private let retries: Retries
  private let fetch: Fetch

  /// Without a body, the first is fetched when it is read.
  init(_ body: HTTPBody? = nil, _ range: Range<Int64>, _ retries: Retries, fetch: @escaping Fetch) {
    self.body = body
    rest = range
    self.retries = retries
    self.fetch = fetch
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    if body != nil || rest.isEmpty {
      do throws(StoreError) { return try readOn(into: buffer) } catch {
        guard case .unavailable(let reason) = error, !rest.isEmpty else { throw error }
        retries.detail("\(reason); going on at byte \(rest.lowerBound)")
        retries.traffic.countRetry()
      }
    }
    return try retries.run { () throws(StoreError) in
      body = try fetch(rest)
      return try readOn(into: buffer)
    }
  }

  private func readOn(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    guard let body else { return 0 }
    let count: Int
    do { count = try body.read(into: buffer) } catch {
      self.body = nil
      if rest.isEmpty { return 0 }
      throw StoreError(error)
    }
    guard count > 0 else {
      self.body = nil
      guard rest.isEmpty else { throw .unavailable("the answer was cut short") }
      return 0
    }
    guard count <= rest.upperBound - rest.lowerBound else {
      throw .invalid("the store sends more bytes than it announced")
    }
    rest = rest.lowerBound + Int64(count)..<rest.upperBound
    return count
  }
}
