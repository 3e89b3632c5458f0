internal import Bytes
internal import HTTP

/// An object that the store itself copies, from any bucket of the same endpoint ("CopyObject" and "UploadPartCopy" in the S3 API
/// Reference):
///
///     PUT /key    x-amz-copy-source: bucket/key              <CopyObjectResult> <ETag/> <ChecksumSHA256/>
///                 x-amz-copy-source-if-match: "tag"          or 200 with <Error> <Code/>
///                 x-amz-checksum-algorithm: SHA256
///
///     PUT /key?partNumber=1&uploadId=...                     <CopyPartResult> <ETag/>
///                 the first two                              or 200 with <Error> <Code/>
///                 x-amz-copy-source-range: bytes=0-16777215
///
/// AWS, which is asked for it, hashes what it copies and says what came out; in parts, which it asks for above 5 GiB, it has no
/// checksum of the whole. The status was 200 before the store knew what would become of it: what counts is the body. A server that
/// knows no copies takes the request for an empty object, and answers as to one, with a tag in the headers and no body.
struct S3Copy {
  let bucket: S3Bucket
  let retries: Retries
  /// `bucket/key`, percent-encoded.
  let source: String
  let tag: String
  let bytes: Int64

  /// Whether the store has said that the copy has that SHA-256 (in hex); `invalid` where it says another one.
  func run(to key: Key, sha256: String) throws(StoreError) -> Bool {
    var put = S3Bucket.Request(method: "PUT", key: key)
    put.wish = HTTPHeader("x-amz-checksum-algorithm", "SHA256")
    guard let said = try Self.checksum(answer(to: put)) else { return false }
    guard said == Hex.decode(sha256).map(Base64.encode) else {
      throw .invalid("the store says that its copy has another checksum")
    }
    return true
  }

  /// Copies a range as what that request puts; the part's tag.
  func run(_ range: Range<Int64>, as part: S3Bucket.Request) throws(StoreError) -> String {
    var put = part
    put.headers = [
      HTTPHeader("x-amz-copy-source-range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
    ]
    var reader = try XMLReader(try answer(to: put), root: "CopyPartResult")
    while let name = try reader.child() {
      if name == "ETag" { return ETag.bare(try reader.text()) }
      try reader.skip()
    }
    throw .invalid("the store copied a part and gives no tag")
  }

  private func answer(to put: S3Bucket.Request) throws(StoreError) -> [UInt8] {
    var put = put
    put.body = .bytes([])
    put.headers += [
      HTTPHeader("x-amz-copy-source", source), HTTPHeader("x-amz-copy-source-if-match", "\"\(tag)\""),
    ]
    put.idleTimeout = max(S3Multipart.longestCompletion, retries.patience / 2)
    let request = put
    return try retries.run { () throws(StoreError) in
      let response = try bucket.send(request)
      let body = try response.body.whole(limit: 1 << 16)
      if body.isEmpty, response.tag != nil { throw .unsupported("the store copies no objects") }
      try S3Answer.check(body)
      return body
    }
  }

  /// In Base64, of the whole object; nil where the answer does not tell.
  static func checksum(_ answer: [UInt8]) throws(StoreError) -> String? {
    var reader = try XMLReader(answer, root: "CopyObjectResult")
    var (sum, isWhole): (String?, Bool) = (nil, true)
    while let name = try reader.child() {
      switch name {
      case "ChecksumSHA256": sum = try reader.text()
      case "ChecksumType": isWhole = try reader.text() == "FULL_OBJECT"
      default: try reader.skip()
      }
    }
    // One of the parts of an upload ends in their number.
    return isWhole ? sum.flatMap { $0.isEmpty || $0.contains("-") ? nil : $0 } : nil
  }
}
