internal import Bytes
internal import HTTP
internal import Synchronization

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
  var keys = SigningKeys()

  /// The headers to send: those of the request, and those that the signature adds. `time` is seconds since 1970.
  func headers(for request: Request, at time: Int64) -> [HTTPHeader] {
    let stamp = AWSTime.compact(time)
    var headers = request.headers + [HTTPHeader("host", request.host), HTTPHeader("x-amz-date", stamp)]
    headers.append(HTTPHeader("x-amz-content-sha256", request.payload))
    if let token = credentials.token { headers.append(HTTPHeader("x-amz-security-token", token)) }
    let sorted = Self.sorted(headers)
    let names = sorted.map(\.name).joined(separator: ";")
    let canonical = [
      request.method, request.path, Self.canonicalQuery(request.query),
      sorted.map { "\($0.name):\($0.value)\n" }.joined(), names, request.payload,
    ].joined(separator: "\n")
    let day = String(stamp.prefix(8))
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let toSign = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(SHA256.hex(Array(canonical.utf8)))"
    let key = keys.key(for: credentials.secret, [day, region, service, "aws4_request"])
    let signature = Hex.encode(HMAC.sha256(key: key, Array(toSign.utf8)))
    let authorization =
      "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
    return headers + [HTTPHeader("authorization", authorization)]
  }

  /// Encoded, then sorted by name and value.
  static func canonicalQuery(_ query: [(name: String, value: [UInt8])]) -> String {
    query.map { (PercentEncoding.encodeForURI($0.name.utf8), PercentEncoding.encodeForURI($0.value)) }
      .sorted { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }
      .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  /// Names in lower case, values without blanks around them and with single ones inside.
  private static func sorted(_ headers: [HTTPHeader]) -> [HTTPHeader] {
    headers.map { header in
      let hasBlanks = header.value.utf8.contains(UInt8(ascii: " "))
      let value = hasBlanks ? header.value.split(separator: " ").joined(separator: " ") : header.value
      return HTTPHeader(header.name.lowercased(), value)
    }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}

/// The key of a day, a region and a service, kept for the next request: making it anew was 7 % of all that delta-build
/// did for 500 small objects.
final class SigningKeys: Sendable {
  private struct Kept {
    let secret: String
    let scope: [String]
    let key: [UInt8]
  }

  private let kept = Mutex<Kept?>(nil)

  func key(for secret: String, _ scope: [String]) -> [UInt8] {
    kept.withLock { kept in
      if let kept, kept.secret == secret, kept.scope == scope { return kept.key }
      let key = scope.reduce(Array(("AWS4" + secret).utf8)) { HMAC.sha256(key: $0, Array($1.utf8)) }
      kept = Kept(secret: secret, scope: scope, key: key)
      return key
    }
  }
}
