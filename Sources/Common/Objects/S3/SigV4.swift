internal import Bytes
internal import HTTP

/// AWS Signature Version 4, as a function of the request, the credentials and the time.
///
///     canonical request = METHOD \n path \n query \n name:value\n ... \n name;name;... \n hash of the body
///     string to sign    = AWS4-HMAC-SHA256 \n 20260504T101142Z \n 20260504/region/service/aws4_request \n hash of the above
///     signature         = HMAC(HMAC(HMAC(HMAC(HMAC("AWS4" + secret, day), region), service), "aws4_request"), string to sign)
///
/// After "Create a signed AWS API request" in the IAM User Guide; as S3 wants it, the path is encoded once and never
/// normalized. What is signed is what is sent: the URL is made of the same path and query.
struct SigV4 {
  struct Request {
    var method: String
    /// As it stands in the Host header.
    var host: String
    /// Percent-encoded, beginning with `/`.
    var path: String
    /// Not encoded yet, in any order.
    var query: [(name: String, value: [UInt8])] = []
    /// All of them are signed.
    var headers: [HTTPHeader] = []
    /// SHA-256 of the body, in hex.
    var payload: String
  }

  static let emptyPayload = SHA256.hex([])

  let credentials: Credentials
  let region: String
  var service = "s3"

  /// The headers to send: those of the request, and those that the signature adds. `time` is seconds since 1970.
  func headers(for request: Request, at time: Int64) -> [HTTPHeader] {
    let stamp = AWSTime.compact(time)
    var headers = request.headers + [HTTPHeader("host", request.host), HTTPHeader("x-amz-date", stamp)]
    headers.append(HTTPHeader("x-amz-content-sha256", request.payload))
    if let token = credentials.token { headers.append(HTTPHeader("x-amz-security-token", token)) }
    let canonical = Self.canonicalRequest(request, headers)
    let day = String(stamp.prefix(8))
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let toSign = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(SHA256.hex(Array(canonical.utf8)))"
    let authorization =
      "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), "
      + "SignedHeaders=\(Self.names(headers)), Signature=\(signature(of: toSign, day: day))"
    return headers + [HTTPHeader("authorization", authorization)]
  }

  static func canonicalRequest(_ request: Request, _ headers: [HTTPHeader]) -> String {
    let lines = sorted(headers).map { "\($0.name):\($0.value)\n" }.joined()
    return [
      request.method, request.path, canonicalQuery(request.query), lines, names(headers), request.payload,
    ].joined(separator: "\n")
  }

  /// Encoded, then sorted by name and value.
  static func canonicalQuery(_ query: [(name: String, value: [UInt8])]) -> String {
    query.map { (PercentEncoding.encodeForURI($0.name.utf8), PercentEncoding.encodeForURI($0.value)) }
      .sorted { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }
      .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  private static func names(_ headers: [HTTPHeader]) -> String {
    sorted(headers).map(\.name).joined(separator: ";")
  }

  /// Names in lower case, values without blanks around them and with single ones inside.
  private static func sorted(_ headers: [HTTPHeader]) -> [HTTPHeader] {
    headers.map { HTTPHeader($0.name.lowercased(), $0.value.split(separator: " ").joined(separator: " ")) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private func signature(of text: String, day: String) -> String {
    var key = Array(("AWS4" + credentials.secret).utf8)
    for part in [day, region, service, "aws4_request"] { key = HMAC.sha256(key: key, Array(part.utf8)) }
    return Hex.encode(HMAC.sha256(key: key, Array(text.utf8)))
  }
}
