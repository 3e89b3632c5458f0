internal import Bytes
internal import HTTP
internal import Threads

/// Writes a large file in parts, of which several are sent at once and each is sent again by itself; the object is there,
/// whole, when the last request is answered, and not before. Where that can't be, the parts are thrown away.
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
  let upload: S3Upload
  let partSize: Int64
  /// How many are sent at once.
  let threads: Int
  /// Sent with the last request.
  let condition: HTTPHeader?
  /// What is there now.
  let look: @Sendable () throws(StoreError) -> ObjectInfo?

  func write() throws(StoreError) -> String {
    let id = try begin()
    do throws(StoreError) {
      let tags = try sendParts(id)
      guard upload.isUnchanged else { throw .io(.io, "it was changed while it was sent") }
      return try complete(id, tags)
    } catch {
      // What stays behind all the same is for the collector (Publishing).
      var brief = retries
      brief.patience = min(brief.patience, 10)
      try? S3Uploads(bucket: bucket, retries: brief).abandon(key, id)
      // What is missing is the upload.
      guard error == .notFound(.object) else { throw error }
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
    let empty = S3Upload.Piece(body: .bytes([]), hash: SigV4.emptyPayload)
    let answer = try retries.run { () throws(StoreError) in
      try bucket.send(request("POST", [("uploads", "")], empty)).body.whole(limit: 1 << 16)
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
    let count = Int((upload.count + partSize - 1) / partSize)
    return try parallelMap(count: count, threads: threads) { index throws(StoreError) in
      let start = Int64(index) * partSize
      let piece = try upload.piece(start..<min(start + partSize, upload.count))
      let put = request("PUT", [("partNumber", String(index + 1)), ("uploadId", id)], piece)
      return try retries.run { () throws(StoreError) in
        guard let tag = try bucket.send(put).tag else {
          throw .unavailable("the store took a part and gives no tag")
        }
        return tag
      }
    }
  }

  /// When it is not known what has become of a request, the object is looked at: it may be there.
  private func complete(_ id: String, _ tags: [String]) throws(StoreError) -> String {
    let body = Array(S3Completion.body(tags).utf8)
    var post = request("POST", [("uploadId", id)], S3Upload.Piece(body: .bytes(body), hash: SHA256.hex(body)))
    if let condition { post.headers.append(condition) }
    let expected = S3Completion.tag(of: tags)
    var isUnknown = false
    do throws(StoreError) {
      return try retries.run { () throws(StoreError) in
        if isUnknown, let tag = try landed(expected) { return tag }
        do throws(StoreError) {
          if let tag = try S3Completion.parse(bucket.send(post).body.whole(limit: 1 << 16)) { return tag }
          guard let there = try look(), there.bytes == upload.count else {
            throw .unavailable("the store took the object and gives no tag")
          }
          return there.tag
        } catch {
          isUnknown = true
          throw error
        }
      }
    } catch {
      // NoSuchUpload, or a lost race: it may be the same request that got through before. libcurl, too, sends it again
      // where a connection that it had kept breaks.
      if let tag = try? landed(expected) { return tag }
      throw error
    }
  }

  private func landed(_ expected: String?) throws(StoreError) -> String? {
    guard let expected, let there = try look() else { return nil }
    return there.tag == expected && there.bytes == upload.count ? expected : nil
  }
}

/// The last request of an upload, and its answer.
enum S3Completion {
  static func body(_ tags: [String]) -> String {
    let parts = tags.enumerated().map { index, tag in
      "<Part><PartNumber>\(index + 1)</PartNumber><ETag>&quot;\(escape(tag))&quot;</ETag></Part>"
    }
    return "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(parts.joined())"
      + "</CompleteMultipartUpload>"
  }

  private static func escape(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      default: String(character)
      }
    }.joined()
  }

  /// The tag of an object of those parts: the MD5 of their MD5s, and their number. Nil where theirs are no MD5s.
  static func tag(of parts: [String]) -> String? {
    var sums: [UInt8] = []
    for part in parts {
      guard Hex.isWritten(part, digits: 32) else { return nil }
      let digits = part.utf8.compactMap { Hex.value(of: $0) }
      for index in stride(from: 0, to: digits.count - 1, by: 2) {
        sums.append(digits[index] << 4 | digits[index + 1])
      }
    }
    return Hex.encode(Checksum.of(sums, .md5)) + "-\(parts.count)"
  }

  /// The new object's tag, which Ceph leaves out. The status was 200 before the store knew what would become of it: what
  /// counts is the body, and one that is cut short says nothing.
  static func parse(_ answer: [UInt8]) throws(StoreError) -> String? {
    if let error = try? XMLReader(answer, root: "Error") {
      var reader = error
      throw try S3Completion.error(&reader)
    }
    do throws(StoreError) {
      var reader = try XMLReader(answer, root: "CompleteMultipartUploadResult")
      var tag: String?
      while let name = try reader.child() {
        if name == "ETag" { tag = ETag.bare(try reader.text()) } else { try reader.skip() }
      }
      return tag?.isEmpty == false ? tag : nil
    } catch { throw .unavailable("the store's answer was cut short") }
  }

  private static func error(_ reader: inout XMLReader) throws(StoreError) -> StoreError {
    var code = ""
    while let name = try? reader.child() {
      if name == "Code" { code = try reader.text() } else { try reader.skip() }
    }
    // Only what can't disturb a person's terminal.
    let isPlain = code.utf8.count <= 64 && code.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    let label = isPlain && !code.isEmpty ? "200 \(code)" : "200"
    switch code {
    case "NoSuchUpload": return .notFound(.object)
    case "NoSuchBucket": return .notFound(.root)
    case "PreconditionFailed": return .conditionFailed
    case "AccessDenied": return .denied("access denied (\(label))")
    case "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "EntityTooLarge", "InvalidRequest",
      "InvalidArgument", "MalformedXML":
      return .invalid("the store refuses the upload (\(label))")
    case "NotImplemented": return .unsupported("the store can't do this (\(label))")
    default: return .unavailable("the store can't answer now (\(label))")
    }
  }
}
