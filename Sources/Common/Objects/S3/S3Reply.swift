internal import Failures
internal import HTTP

/// What an answer that is no success means. The whole table; what is "sent again" is so as `Retries` has it, where it may
/// be done twice, and is the callers' to look into where it may not, as after a conditional write:
///
///     500, other 5xx, 429, 408, 409                     unavailable        sent again
///     400 RequestTimeout, 200 with one of those codes,
///     or with none                                      unavailable        sent again
///     400 BadDigest, XAmzContentSHA256Mismatch          unavailable        sent again, if the file is as it was
///     400 whose body, and so its code, is cut short     unavailable        sent again
///     no connection, reset, stall, cut short            unavailable        sent again
///     a host that nobody knows                          unavailable        sent again once any answer came
///     403 RequestTimeTooSkewed                          exit 75            once, by the store's clock
///     412                                               conditionFailed    never: a lost race
///     404, 404 NoSuchBucket                             notFound           never
///     401, 403, an expired or unknown token             denied             once, with other credentials where it expired
///     400 to HEAD, which has no code                    denied             the same
///     501                                               unsupported        never
///     301, 307, 308, and what tells the region          invalid            never: no redirect is followed
///     400, 405, 411, 416, any other                     invalid            never
///
/// An error that comes with 200 means what it would mean with a status of its own.
struct S3Reply {
  let status: Int
  /// From the XML body: `NoSuchKey`, `AccessDenied` and so on; nil where there is none, as after HEAD.
  let code: String?
  /// Where the bucket is, when the answer says so.
  let region: String?
  /// The store's clock, in seconds since 1970.
  let date: Int64?
  /// Seconds for which the store asks to be left alone.
  let retryAfter: Double?
  /// The body broke off before it had told the code.
  private let isCut: Bool

  /// A body that is no XML, such as a proxy's page, leaves the status to decide.
  init(_ response: HTTPResponse) {
    status = response.status
    var body: [UInt8] = []
    do throws(HTTPError) {
      body = try response.body.readAll(limit: 64 << 10)
      isCut = false
    } catch {
      switch error {
      case .interrupted, .timedOut: isCut = true
      default: isCut = false
      }
    }
    let parsed = try? Self.parse(body)
    code = Self.word(parsed?.code)
    region = Self.word(response.header("x-amz-bucket-region") ?? parsed?.region)
    date = response.header("date").flatMap(AWSTime.parseHTTP)
    retryAfter = Self.seconds(response.header("retry-after"), from: date)
  }

  /// The `<Error>` that came with a success: the store had begun to answer before it knew what would come of it.
  init(status: Int, body: [UInt8]) {
    self.status = status
    code = Self.word((try? Self.parse(body))?.code)
    (region, date, retryAfter, isCut) = (nil, nil, nil, false)
  }

  var error: StoreError {
    switch (status, code) {
    case (_, "NoSuchBucket"): .notFound(.root)
    case (_, "AuthorizationHeaderMalformed") where region != nil: wrongRegion
    case (301, _), (307, _), (308, _): wrongRegion
    case (_, "RequestTimeTooSkewed"):
      .io(.tryAgain, "the clock of this machine and that of the store are too far apart (\(label))")
    case (_, "ExpiredToken"), (_, "InvalidToken"), (_, "TokenRefreshRequired"), (401, _), (403, _),
      (_, "AccessDenied"):
      .denied("access denied (\(label))")
    case (404, _), (200, "NoSuchKey"), (200, "NoSuchUpload"): .notFound(.object)
    case (412, _), (200, "PreconditionFailed"): .conditionFailed
    case (200, nil): unavailable
    case (501, _), (_, "NotImplemented"): .unsupported("the store can't do this (\(label))")
    case (505, _): .invalid("the store refuses the request (\(label))")
    case (408, _), (409, _), (429, _), (500...599, _): unavailable
    case (_, let code?) where Self.passing.contains(code): unavailable
    case (_, "BadDigest"), (_, "XAmzContentSHA256Mismatch"):
      .unavailable("what the store got is not what was sent (\(label))")
    case (400, _) where isCut: .unavailable("the answer was cut short (\(label))")
    default: .invalid("the store refuses the request (\(label))")
    }
  }

  /// Codes of what passes, whatever the status: RequestTimeout comes with 400, and any of them with 200 where a store
  /// had begun to answer before it knew.
  static let passing: Set = [
    "RequestTimeout", "InternalError", "SlowDown", "ServiceUnavailable", "OperationAborted", "Throttling",
    "ThrottlingException", "TooManyRequests", "RequestLimitExceeded", "UnknownError",
  ]

  private var unavailable: StoreError { .unavailable("the store can't answer now (\(label))") }

  var label: String { code.map { "\(status) \($0)" } ?? "\(status)" }

  private var wrongRegion: StoreError {
    .invalid(
      "the bucket is in \(region.map { "region \($0)" } ?? "another region"): set AWS_REGION (\(label))")
  }

  /// How far the store's clock is ahead of ours, where that is why it refuses a request. An answer to HEAD has no code:
  /// there the two clocks speak for themselves. AWS takes requests that are up to 15 minutes old.
  func skew(now: Int64) -> Int64? {
    guard let date else { return nil }
    let offset = date - now
    let isOld = status == 403 && code == nil && offset.magnitude > 240
    return code == "RequestTimeTooSkewed" || isOld ? offset : nil
  }

  /// A number of seconds, or a date, as RFC 9110 has it.
  private static func seconds(_ text: String?, from date: Int64?) -> Double? {
    guard let text else { return nil }
    if let seconds = Double(text), seconds.isFinite { return max(0, seconds) }
    return AWSTime.parseHTTP(text).map { Double(max(0, $0 - (date ?? AWSTime.now()))) }
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
