internal import HTTP

/// What an answer that is no success means.
struct S3Reply {
  let status: Int
  /// From the XML body: `NoSuchKey`, `AccessDenied` and so on; nil where there is none, as after HEAD.
  let code: String?
  /// Where the bucket is, when the answer says so.
  let region: String?

  /// A body that is no XML, such as a proxy's page, leaves the status to decide.
  init(_ response: HTTPResponse) {
    status = response.status
    let parsed = try? Self.parse(response.body.readAll(limit: 64 << 10))
    code = Self.word(parsed?.code)
    region = Self.word(response.header("x-amz-bucket-region") ?? parsed?.region)
  }

  var error: StoreError {
    switch (status, code) {
    case (_, "NoSuchBucket"): .notFound(.root)
    case (_, "AuthorizationHeaderMalformed") where region != nil: wrongRegion
    case (301, _), (307, _), (308, _): wrongRegion
    case (_, "RequestTimeTooSkewed"):
      .denied("the clock of this machine and that of the store are too far apart (\(label))")
    case (_, "ExpiredToken"), (_, "InvalidToken"), (_, "TokenRefreshRequired"), (401, _), (403, _):
      .denied("access denied (\(label))")
    case (404, _): .notFound(.object)
    case (412, _): .conditionFailed
    case (409, _), (429, _), (500, _), (502...599, _), (_, "RequestTimeout"):
      .unavailable("the store can't answer now (\(label))")
    case (501, _): .unsupported("the store can't do this (\(label))")
    default: .invalid("the store refuses the request (\(label))")
    }
  }

  private var label: String { code.map { "\(status) \($0)" } ?? "\(status)" }

  private var wrongRegion: StoreError {
    .invalid(
      "the bucket is in \(region.map { "region \($0)" } ?? "another region"): set AWS_REGION (\(label))")
  }

  private static func parse(_ body: [UInt8]) throws(StoreError) -> (code: String?, region: String?) {
    var reader = try XMLReader(body, root: "Error")
    var code: String?
    var region: String?
    while let name = try reader.child() {
      switch name {
      case "Code": code = try reader.text()
      case "Region": region = try reader.text()
      default: try reader.skip()
      }
    }
    return (code, region)
  }

  /// Only what can't disturb a person's terminal.
  static func word(_ text: String?) -> String? {
    guard let text, (1...64).contains(text.utf8.count) else { return nil }
    return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
  }
}
