import Bytes
import HTTP
import Testing

@testable import Objects

/// Signatures against botocore 1.43's (S3SigV4Auth), for awkward keys, queries and headers; all signed at
/// 2026-05-04T10:11:42Z for eu-west-1. That servers agree is shown by the store suite.
@Suite struct SigV4Tests {
  struct Case: Sendable, CustomTestStringConvertible {
    let method: String
    let path: String
    let query: [(String, String)]
    let headers: [(String, String)]
    let body: [UInt8]
    let token: String?
    let signature: String

    var testDescription: String { "\(method) \(path.debugDescription) \(query)" }

    init(
      _ method: String, _ path: String, _ query: [(String, String)], _ headers: [(String, String)],
      _ body: [UInt8],
      _ token: String?, _ signature: String
    ) {
      (self.method, self.path, self.query, self.headers) = (method, path, query, headers)
      (self.body, self.token, self.signature) = (body, token, signature)
    }
  }

  static let cases: [Case] = [
    Case(
      "GET", "/", [], [], [], nil,
      "f52aa2b27179b6eada94ce9a5d60681e8520d184aabc77dc330f2d9828c6f04c"),
    Case(
      "GET", "/bucket/plain", [], [], [], nil,
      "9da953f0435b2858061e6908a3e22070bf661debb39c9e2202c2765082a11afe"),
    Case(
      "GET", "/bucket/with space", [], [], [], nil,
      "6b03a51b468bbf9e8ecc2b3b8a58a905caf73c077d6c405faa648468d1b85997"),
    Case(
      "GET", "/bucket/plus+plus", [], [], [], nil,
      "1e560a4d6ab7de09486611fba97ab187f4be63f013af86c65da776f91dd5c1f3"),
    Case(
      "GET", "/bucket/per%cent", [], [], [], nil,
      "accc6b4437d2932db3ae1c8430bda593e9b18f1fda93c9069f9b49dc111884d4"),
    Case(
      "GET", "/bucket/%2e%2e/x", [], [], [], nil,
      "6a42dd31c554d979deb83929740ef38ff2b11925b3f003577a967be7f9bf1890"),
    Case(
      "GET", "/bucket/a/../b/./c//d", [], [], [], nil,
      "dcc876f230827780b423f6fb09e67d856ecce8065f01a6ce29844f5988e1df82"),
    Case(
      "GET", "/bucket/caf\u{e9}", [], [], [], nil,
      "c82eeea10ce5d1b2c3d80df9cc1c5b0f03ebe5b9cb9d0cbf6d739699b30d85d0"),
    Case(
      "GET", "/bucket/cafe\u{301} \u{65e5}\u{672c}\u{1f600}", [], [], [], nil,
      "9c001935ecdda0d5686c4e4f5a478f078efd66614f81a5cfdc3a8f8854458d73"),
    Case(
      "GET", "/bucket/new\u{a}line\u{9}tab", [], [], [], nil,
      "f52f74b365c4770ba08c95d3920977072cbcef647dff98de8989184f046f0802"),
    Case(
      "GET", "/bucket/a&b=c?d#e;f:g@h,i!j$k'(l)*m", [], [], [], nil,
      "e3f70e086627af13ea8c19a49239f2aad2fe67bb744dc585cc6ca9d1e73a442b"),
    Case(
      "GET", "/bucket/~tilde-_.", [], [], [], nil,
      "68d587004d156277849b0fd92d7565f2c55160bc1ae896ea42e73435ee91c41b"),
    Case(
      "GET", "/bucket", [("list-type", "2"), ("prefix", "a b+c/%41"), ("delimiter", "/"), ("max-keys", "7")],
      [], [], nil,
      "ffb2866d537ac1102d61f63beeecbb5f92f0de30dc3dff22ec01454b9d0e6b4a"),
    Case(
      "GET", "/bucket", [("uploads", ""), ("a", "2"), ("A", "1"), ("a", "1"), ("a-", "x"), ("a.b", "y")], [],
      [], nil,
      "de006c11c017304324a788169929ab2e316b84c127cbc265339be052dd4f1c94"),
    Case(
      "GET", "/bucket", [("start-after", "z\u{fc}\u{2028}=&?/"), ("continuation-token", "1+/=abc==")], [], [],
      nil,
      "5773fc09f5b6dea25d7ed45b4f83c4b2d9f3979ce99dd82ec97ff61b6a9d887b"),
    Case(
      "GET", "/bucket/k", [], [("range", "bytes=10-19"), ("if-match", "\"0123-4\"")], [], nil,
      "293d88c9783d55f91049149bbf212aa28e58c515c4b4daa9bc14e3bcf49e8c7a"),
    Case(
      "PUT", "/bucket/k", [], [("if-none-match", "*")], [104, 101, 108, 108, 111], nil,
      "a58a0e32b829bc0d45830dc1feddab880b892e3b0f8736bd21ae66ab6192a459"),
    Case(
      "PUT", "/bucket/k", [], [("x-amz-meta-a", "  two   blanks  "), ("x-amz-meta-ab", "prefix")], [0, 255],
      "token/with+plus==",
      "525bac5664a4143a3d842b678aa12f291816b3447012bb5a89ca5788d3e66081"),
    Case(
      "DELETE", "/bucket/-rf", [], [], [], "t",
      "231e223a4aafe347a74426b650561bfb3589fb21e90f9ce21dbc27c239190b23"),
    Case(
      "HEAD", "/bucket/" + String(repeating: "k", count: 300), [], [], [], nil,
      "c8b1bdb93978fa8663ddf4dcdf968e0154cabf772aee3359655c0de40d178633"),
  ]

  @Test(arguments: cases) func `A signature is botocore's`(_ row: Case) throws {
    let credentials = Credentials(
      accessKey: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token: row.token)
    let request = SigV4.Request(
      method: row.method, host: "s3.example.com:8443",
      path: PercentEncoding.encodeForURI(row.path.utf8, keepSlash: true),
      query: row.query.map { ($0.0, Array($0.1.utf8)) }, headers: row.headers.map { HTTPHeader($0.0, $0.1) },
      payload: SHA256.hex(row.body))
    let headers = SigV4(credentials: credentials, region: "eu-west-1").headers(
      for: request, at: 1_777_889_502)
    let authorization = try #require(headers.first { $0.name == "authorization" }).value
    #expect(
      authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260504/eu-west-1/s3/aws4_request, "))
    #expect(authorization.hasSuffix("Signature=" + row.signature))
    #expect(headers.contains(HTTPHeader("x-amz-date", "20260504T101142Z")))
    #expect(headers.first { $0.name == "x-amz-security-token" }?.value == row.token)
  }

  @Test func `A key that is kept is that of the secret, the day, the region and the service`() {
    let kept = SigningKeys()
    let scopes = [
      ["20260504", "r", "s3"], ["20260505", "r", "s3"], ["20260505", "q", "s3"], ["20260505", "q", "sts"],
    ]
    let all = scopes.flatMap { [("a", $0), ("a", $0), ("b", $0)] }
    for (secret, scope) in all + all {
      #expect(kept.key(for: secret, scope) == SigningKeys().key(for: secret, scope))
    }
    #expect(Set(all.map { kept.key(for: $0, $1) }).count == 8)
  }

  @Test func `Credentials print as nothing`() {
    let credentials = Credentials(accessKey: "AKID", secret: "canary", token: "canary")
    var text = "\(credentials) \(String(reflecting: credentials)) \(String(describing: [credentials]))"
    dump(credentials, to: &text)
    #expect(!text.contains("canary") && !text.contains("AKID"))
  }
}
