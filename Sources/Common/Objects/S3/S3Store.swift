internal import Bytes
internal import HTTP

/// The objects of a bucket, over the S3 API. What may be done twice is tried again for a while; a conditional write is
/// not: after a lost answer only a look at the object tells what has happened.
package final class S3Store: ObjectStore {
  let bucket: S3Bucket
  let retries: Retries
  let sizes: S3Sizes
  private let conditions: S3Conditions
  private let tags: S3Tags

  init(
    _ bucket: S3Bucket, retries: Retries, sizes: S3Sizes = S3Sizes(),
    conditions: S3Conditions = S3Conditions()
  ) {
    self.bucket = bucket
    self.conditions = conditions
    self.retries = retries
    self.sizes = sizes
    tags = S3Tags(detail: retries.detail)
  }

  /// The same bucket, read and written in other pieces.
  func with(_ sizes: S3Sizes) -> S3Store { S3Store(bucket, retries: retries, sizes: sizes) }

  package func patient(for seconds: Double) -> any ObjectStore {
    var hurried = retries
    hurried.patience = min(retries.patience, seconds)
    return S3Store(bucket, retries: hurried, sizes: sizes, conditions: conditions)
  }

  package var requests: Int { bucket.requests }

  package func now() throws(StoreError) -> Int64 {
    try retries.run { () throws(StoreError) in try bucket.date() } &* 1000
  }

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
    return try retries.run { () throws(StoreError) in
      let body = try bucket.send(list).body.whole(limit: 8 << 20)
      try S3Answer.check(body)
      return body
    }
  }

  /// Small objects are one plain GET. What is larger than `sizes.readWhole` is read over several connections, as far as the
  /// memory for it reaches.
  package func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
    try StoreKey.check(key)
    let response = try retries.run { () throws(StoreError) in try get(key, tag: tag) }
    guard let bytes = response.length, let found = response.tag else {
      throw .invalid("the store gives an object without its size or tag")
    }
    let fetch: S3Body.Fetch = { [self] range throws(StoreError) in
      try get(key, tag: found, part: (range, bytes)).body
    }
    let part: S3ReadAhead.Work.Stream = { [retries] range, isOver in
      var retries = retries
      retries.isOver = isOver
      return S3Body(nil, range, retries, fetch: fetch)
    }
    let first = S3Body(response.body, 0..<bytes, retries, fetch: fetch)
    let source: any ObjectBytes =
      bytes > sizes.readWhole
      ? S3RangedBody(first, bytes: bytes, sizes, bucket.buffers, part: part) : first
    let digest = S3Digest(response, tags) { part(0..<bytes) { false } }
    return OpenObject(
      tag: found, bytes: bytes,
      body: CheckedBody(source, bytes: bytes, name: key.description, digest: digest))
  }

  /// Sent once. Of a range of an object of that size, all that the answer says of the object has to be as it was.
  func get(
    _ key: Key, tag: String?, part: (range: Range<Int64>, bytes: Int64)? = nil
  ) throws(StoreError) -> HTTPResponse {
    var request = S3Bucket.Request(method: "GET", key: key)
    if let range = part?.range {
      request.headers.append(HTTPHeader("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
    } else {
      request.wish = HTTPHeader("x-amz-checksum-mode", "ENABLED")
    }
    if let tag { request.headers.append(HTTPHeader("if-match", "\"\(tag)\"")) }
    let response = try bucket.send(request)
    // Not every store heeds If-Match.
    if let tag, let found = response.tag, found != tag { throw .conditionFailed }
    guard response.status == (part == nil ? 200 : 206) else {
      throw .invalid("the store gives another range")
    }
    if let (range, bytes) = part, let text = response.header("content-range") {
      let wanted = "bytes \(range.lowerBound)-\(range.upperBound - 1)/"
      guard text.hasPrefix(wanted) else { throw .invalid("the store gives another range") }
      guard text == wanted + String(bytes) else { throw .conditionFailed }
    }
    return response
  }

  package func info(_ key: Key) throws(StoreError) -> ObjectInfo? {
    try StoreKey.check(key)
    return try retries.run { () throws(StoreError) in try look(key) }
  }

  /// Asked once.
  func look(_ key: Key) throws(StoreError) -> ObjectInfo? {
    let response: HTTPResponse
    do throws(StoreError) { response = try bucket.send(S3Bucket.Request(method: "HEAD", key: key)) } catch {
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

  /// A large file goes in parts, but not under a condition: not every store keeps one on the request that ends an upload.
  package func write(
    _ key: Key, _ contents: Contents, if condition: WriteCondition
  ) throws(StoreError) -> String {
    try StoreKey.check(key)
    let upload = try S3Upload(contents)
    guard upload.count <= S3Sizes.largestObject else { throw .invalid("larger than 5 TiB") }
    let inParts = upload.count > (condition == .always ? sizes.writeWhole : S3Sizes.largestPut)
    // The upload holds the file open.
    return try withExtendedLifetime(upload) { () throws(StoreError) in
      if inParts && upload.isFile {
        guard condition == .always else {
          throw .unsupported("what is larger than 5 GiB can't be written under a condition")
        }
        return try parts(of: .file(upload), at: key).write()
      }
      let piece = try upload.whole()
      return try write(
        S3Bucket.Request(method: "PUT", key: key, body: piece.body, payload: piece.hash), of: upload,
        if: condition)
    }
  }

  /// Where both buckets are served by one endpoint.
  package func copy(
    _ source: ObjectInfo, of store: any ObjectStore, to key: Key, sha256: String
  ) throws(StoreError) -> Bool {
    try StoreKey.check(key)
    guard let other = (store as? S3Store)?.bucket, other.isServed(with: bucket) else {
      throw .unsupported("the two are not in one store")
    }
    let copy = S3Copy(
      bucket: bucket, retries: retries, source: other.copySource(source.key), tag: source.tag,
      bytes: source.bytes)
    if source.bytes <= sizes.copyWhole { return try copy.run(to: key, sha256: sha256) }
    // Ceph's gateway (16.2) decodes this name twice, and dies of a % that is left.
    guard !source.key.bytes.contains(UInt8(ascii: "%")) else {
      throw .unsupported("an object with % in its name is not copied in parts")
    }
    _ = try parts(of: .object(copy), at: key).write()
    return false
  }

  func parts(of source: S3Multipart.Source, at key: Key) -> S3Multipart {
    S3Multipart(
      bucket: bucket, retries: retries, key: key, source: source, partSize: sizes.part(of: source.bytes),
      threads: sizes.parts, look: { () throws(StoreError) in try self.look(key) })
  }

  package func unfinished(below prefix: Key) throws(StoreError) -> [UnfinishedWrite] {
    try S3Uploads(bucket: bucket, retries: retries).list(below: prefix)
  }

  package func abandon(_ write: UnfinishedWrite) throws(StoreError) {
    try S3Uploads(bucket: bucket, retries: retries).abandon(write.key, write.id)
  }

  private func write(
    _ put: S3Bucket.Request, of upload: S3Upload, if condition: WriteCondition
  ) throws(StoreError) -> String {
    switch condition {
    case .always:
      return try retries.run { () throws(StoreError) in
        try upload.checkUnchanged()
        return try send(put)
      }
    case .absent: return try send(put, HTTPHeader("if-none-match", "*"))
    case .matches(let tag):
      return try conditions.write(
        if: tag, trying: bucket.isCeph ? .bare : .quoted,
        put: { header throws(StoreError) in try send(put, header) },
        look: { () throws(StoreError) in try info(put.key)?.tag })
    }
  }

  private func send(_ put: S3Bucket.Request, _ condition: HTTPHeader? = nil) throws(StoreError) -> String {
    var put = put
    if let condition {
      put.headers.append(condition)
      try retries.waitForLeave()
    }
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
