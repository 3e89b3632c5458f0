internal import Bytes
internal import HTTP

/// An object that the store itself copies, from any bucket of the same endpoint ("CopyObject" in the S3 API Reference):
///
///     PUT /key    x-amz-copy-source: bucket/key              <CopyObjectResult> <ETag/> <ChecksumSHA256/>
///                 x-amz-copy-source-if-match: "tag"          or 200 with <Error> <Code/>
///                 x-amz-checksum-algorithm: SHA256
///
/// AWS, which is asked for it, hashes what it copies and says what came out. The status was 200 before the store knew what
/// would become of it: what counts is the body. A server that knows no copies takes the request for an empty object, and
/// answers as to one, with a tag in the headers and no body.
struct S3Copy {
  let bucket: S3Bucket
  let retries: Retries
  /// `bucket/key`, percent-encoded.
  let source: String
  let tag: String
  let key: Key
  /// In hex.
  let sha256: String

  /// Whether the store has said that the copy has that SHA-256; `invalid` where it says another one.
  func run() throws(StoreError) -> Bool {
    let request = request
    let answer = try retries.run { () throws(StoreError) in
      let response = try bucket.send(request)
      let body = try response.body.whole(limit: 1 << 16)
      if body.isEmpty, response.tag != nil { throw .unsupported("the store copies no objects") }
      try S3Answer.check(body)
      return body
    }
    guard let said = try Self.checksum(answer) else { return false }
    guard said == Hex.decode(sha256).map(Base64.encode) else {
      throw .invalid("the store says that its copy has another checksum")
    }
    return true
  }

  private var request: S3Bucket.Request {
    var put = S3Bucket.Request(method: "PUT", key: key, body: .bytes([]))
    put.headers = [
      HTTPHeader("x-amz-copy-source", source), HTTPHeader("x-amz-copy-source-if-match", "\"\(tag)\""),
    ]
    put.wish = HTTPHeader("x-amz-checksum-algorithm", "SHA256")
    put.idleTimeout = max(S3Multipart.longestCompletion, retries.patience / 2)
    return put
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
