internal import Bytes
internal import HTTP

/// The objects of a bucket, over the S3 API. What may be done twice is tried again for a while; a conditional write is
/// not: after a lost answer only a look at the object tells what has happened.
package final class S3Store: ObjectStore {
  /// What one PUT takes.
  static let largestWrite: Int64 = 5 << 30

  private let bucket: S3Bucket
  private let retries: Retries
  private let conditions: S3Conditions

  init(_ bucket: S3Bucket, retries: Retries) {
    self.bucket = bucket
    self.retries = retries
    conditions = S3Conditions()
  }

  package var requests: Int { bucket.requests }

  package func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    try S3Listing.parse(page(request), for: request).listPage
  }

  package func packed(_ request: ListRequest) throws(StoreError) -> PackedPage {
    try S3Listing.parse(page(request), for: request).page
  }

  /// The answer to ListObjectsV2.
  private func page(_ request: ListRequest) throws(StoreError) -> [UInt8] {
    var query: [(name: String, value: [UInt8])] = [
      ("list-type", Array("2".utf8)), ("encoding-type", Array("url".utf8)), ("prefix", request.prefix.bytes),
      ("max-keys", Array(String(min(max(request.limit, 1), 1000)).utf8)),
    ]
    if request.delimited { query.append(("delimiter", Array("/".utf8))) }
    if let token = request.continuing {
      query.append(("continuation-token", Array(token.utf8)))
    } else if let key = request.startAfter, !key.bytes.isEmpty {
      query.append(("start-after", key.bytes))
    }
    let list = S3Bucket.Request(method: "GET", query: query)
    return try retries.run { () throws(StoreError) in try bucket.send(list).body.whole(limit: 8 << 20) }
  }

  package func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
    try StoreKey.check(key)
    let response = try retries.run { () throws(StoreError) in try get(key, tag: tag, range: nil) }
    guard let bytes = response.length, let found = response.tag else {
      throw .invalid("the store gives an object without its size or tag")
    }
    let body = S3Body(response.body, bytes: bytes, name: key.description) { position throws(StoreError) in
      try self.retries.run { () throws(StoreError) in
        try self.get(key, tag: found, range: position..<bytes).body
      }
    }
    return OpenObject(tag: found, bytes: bytes, body: body)
  }

  /// Some bytes of an object, if it has that tag.
  func read(_ key: Key, tag: String?, range: Range<Int64>) throws(StoreError) -> [UInt8] {
    try StoreKey.check(key)
    guard !range.isEmpty else { return [] }
    return try retries.run { () throws(StoreError) in
      try get(key, tag: tag, range: range).body.whole(limit: range.count)
    }
  }

  /// Sent once.
  private func get(_ key: Key, tag: String?, range: Range<Int64>?) throws(StoreError) -> HTTPResponse {
    var request = S3Bucket.Request(method: "GET", key: key)
    if let range {
      request.headers.append(HTTPHeader("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
    }
    if let tag { request.headers.append(HTTPHeader("if-match", "\"\(tag)\"")) }
    let response = try bucket.send(request)
    guard response.status == (range == nil ? 200 : 206) else {
      throw .invalid("the store gives another range")
    }
    return response
  }

  package func info(_ key: Key) throws(StoreError) -> ObjectInfo? {
    try StoreKey.check(key)
    let head = S3Bucket.Request(method: "HEAD", key: key)
    let response: HTTPResponse
    do throws(StoreError) {
      response = try retries.run { () throws(StoreError) in try bucket.send(head) }
    } catch {
      if case .notFound(.object) = error { return nil }
      throw error
    }
    guard let bytes = response.length, let tag = response.tag,
      let modified = response.header("last-modified").flatMap(AWSTime.parseHTTP)
    else { throw .invalid("the store knows an object without its size, tag or time") }
    return ObjectInfo(key: key, bytes: bytes, tag: tag, modified: modified)
  }

  package func remove(_ key: Key) throws(StoreError) {
    try StoreKey.check(key)
    let delete = S3Bucket.Request(method: "DELETE", key: key)
    do throws(StoreError) {
      _ = try retries.run { () throws(StoreError) in try bucket.send(delete) }
    } catch { if error != .notFound(.object) { throw error } }
  }

  package func write(
    _ key: Key, _ contents: Contents, if condition: WriteCondition
  ) throws(StoreError) -> String {
    try StoreKey.check(key)
    let upload = try S3Upload(contents)
    guard upload.body.count <= Self.largestWrite else {
      throw .unsupported("objects above 5 GiB can't be written yet")
    }
    // The upload holds the file open.
    return try withExtendedLifetime(upload) { () throws(StoreError) in
      try write(
        S3Bucket.Request(method: "PUT", key: key, body: upload.body, payload: upload.hash), if: condition)
    }
  }

  private func write(_ put: S3Bucket.Request, if condition: WriteCondition) throws(StoreError) -> String {
    switch condition {
    case .always: return try retries.run { () throws(StoreError) in try send(put) }
    case .absent: return try send(put, HTTPHeader("if-none-match", "*"))
    case .matches(let tag):
      return try conditions.write(
        if: tag, put: { header throws(StoreError) in try send(put, header) },
        look: { () throws(StoreError) in try info(put.key)?.tag })
    }
  }

  private func send(_ put: S3Bucket.Request, _ condition: HTTPHeader? = nil) throws(StoreError) -> String {
    var put = put
    if let condition { put.headers.append(condition) }
    guard let tag = try bucket.send(put).tag else {
      throw .unavailable("the store took the object and gives no tag")
    }
    return tag
  }
}

extension HTTPResponse {
  /// Without its quotes.
  var tag: String? { header("etag").map(ETag.bare).flatMap { $0.isEmpty ? nil : $0 } }
  var length: Int64? { header("content-length").flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil } }
}

extension HTTPBody {
  func whole(limit: Int) throws(StoreError) -> [UInt8] {
    do { return try readAll(limit: limit) } catch { throw StoreError(error) }
  }
}
