internal import Bytes
internal import HTTP
internal import Threads

/// Writes a large file in parts, of which several are sent at once and each is sent again by itself; the object is there,
/// whole, when the last request is answered, and not before. Where that can't be, the parts are thrown away. What the store has
/// itself is copied in parts (S3Copy), and not sent.
///
///     POST /key?uploads                              <InitiateMultipartUploadResult> <UploadId/>
///     PUT  /key?partNumber=1&uploadId=...            ETag
///     POST /key?uploadId=...                         <CompleteMultipartUploadResult> <ETag/>, or 200 with <Error> <Code/>
///     DELETE /key?uploadId=...
///
/// A part's SHA-256 is signed with its request, so that a store can't take another one for it. The checksum headers of newer
/// stores add nothing to that, and some refuse them.
struct S3Multipart {
  let bucket: S3Bucket
  let retries: Retries
  let key: Key
  let source: Source
  let partSize: Int64
  /// How many are sent at once.
  let threads: Int
  /// What is there now.
  let look: @Sendable () throws(StoreError) -> ObjectInfo?

  enum Source {
    case file(S3Upload)
    case object(S3Copy)

    var bytes: Int64 {
      switch self {
      case .file(let upload): upload.count
      case .object(let copy): copy.bytes
      }
    }
  }

  func write() throws(StoreError) -> String {
    let id = try begin()
    var mayComplete = false
    do throws(StoreError) {
      let tags = try sendParts(id)
      if case .file(let upload) = source { try upload.checkUnchanged() }
      mayComplete = true
      return try complete(id, tags)
    } catch {
      // The store may be putting it together still. What stays behind, here or below, is for the collector (Publishing).
      if mayComplete, case .unavailable = error { throw error }
      var brief = retries
      brief.patience = min(brief.patience, 10)
      try? S3Uploads(bucket: bucket, retries: brief).abandon(key, id)
      // What is missing is the upload; of a copy it may be what is copied.
      guard case .file = source, error == .notFound(.object) else { throw error }
      throw .unavailable("somebody gave the upload up before it had ended")
    }
  }

  private func request(
    _ method: String, _ query: [(String, String)], _ piece: S3Upload.Piece
  ) -> S3Bucket.Request {
    S3Bucket.Request(
      method: method, key: key, query: query.map { ($0, Array($1.utf8)) }, body: piece.body,
      payload: piece.hash)
  }

  func begin() throws(StoreError) -> String {
    let answer = try retries.run { () throws(StoreError) in
      let answer = try bucket.send(request("POST", [("uploads", "")], Self.nothing)).body.whole(
        limit: 1 << 16)
      try S3Answer.check(answer)
      return answer
    }
    var reader = try XMLReader(answer, root: "InitiateMultipartUploadResult")
    while let name = try reader.child() {
      if name == "UploadId" { return try reader.text() }
      try reader.skip()
    }
    throw .invalid("the store begins an upload and does not name it")
  }

  /// The tags of the parts, in order.
  private func sendParts(_ id: String) throws(StoreError) -> [String] {
    let bytes = source.bytes
    let count = Int((bytes + partSize - 1) / partSize)
    return try parallelMap(count: count, threads: threads) { index throws(StoreError) in
      let start = Int64(index) * partSize
      let range = start..<min(start + partSize, bytes)
      let query = [("partNumber", String(index + 1)), ("uploadId", id)]
      switch source {
      case .file(let upload): return try send(request("PUT", query, try upload.piece(range)), of: upload)
      case .object(let copy): return try copy.run(range, as: request("PUT", query, Self.nothing))
      }
    }
  }

  private func send(_ put: S3Bucket.Request, of upload: S3Upload) throws(StoreError) -> String {
    try retries.run { () throws(StoreError) in
      try upload.checkUnchanged()
      guard let tag = try bucket.send(put).tag else {
        throw .unavailable("the store took a part and gives no tag")
      }
      return tag
    }
  }

  private static let nothing = S3Upload.Piece(body: .bytes([]), hash: SigV4.emptyPayload)

  /// Seconds: a store takes its time to put the parts together, minutes in silence, or AWS with a blank now and then.
  static let longestCompletion = 180.0

  /// When it is not known what has become of a request, the object is looked at: it may be there.
  private func complete(_ id: String, _ tags: [String]) throws(StoreError) -> String {
    let body = Array(S3Completion.body(tags).utf8)
    var post = request("POST", [("uploadId", id)], S3Upload.Piece(body: .bytes(body), hash: SHA256.hex(body)))
    post.idleTimeout = max(Self.longestCompletion, retries.patience / 2)
    let expected = S3Completion.tag(of: tags)
    var isUnknown = false
    do throws(StoreError) {
      return try retries.run { () throws(StoreError) in
        if isUnknown, let tag = try landed(expected) { return tag }
        do throws(StoreError) {
          if let tag = try S3Completion.parse(bucket.send(post).body.whole(limit: 1 << 16)) { return tag }
          guard let there = try look(), there.bytes == source.bytes else {
            throw .unavailable("the store took the object and gives no tag")
          }
          return there.tag
        } catch {
          isUnknown = true
          throw error
        }
      }
    } catch {
      // NoSuchUpload: it may be the same request that got through before. libcurl, too, sends it again where a connection
      // that it had kept breaks.
      if let tag = try? landed(expected) { return tag }
      throw error
    }
  }

  private func landed(_ expected: String?) throws(StoreError) -> String? {
    guard let expected, let there = try look() else { return nil }
    return there.tag == expected && there.bytes == source.bytes ? expected : nil
  }
}
