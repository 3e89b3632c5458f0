internal import Bytes
internal import Failures
internal import Glibc
internal import HTTP
internal import JSON

/// The services next door that have credentials for whoever runs here, over plain HTTP.
struct Metadata: Sendable {
  enum Answer {
    /// Nobody is there.
    case none
    case refused(status: Int)
    case body([UInt8])
  }

  private let client: HTTPClient
  /// Seconds between two attempts.
  private let pause: Double

  /// It waits for a second, and knows of no proxy.
  init(certificates: String? = nil, pause: Double = 0.5) {
    var settings = HTTPSettings()
    settings.connectTimeout = 1
    settings.proxies = false
    settings.certificates = certificates
    client = HTTPClient(settings)
    self.pause = pause
  }

  /// Sends the request up to three times, as long as somebody answers that it can't be done now; where nobody
  /// answers, as often as `patient` says.
  func ask(_ request: HTTPRequest, patient: Bool) -> Answer {
    var last = Answer.none
    for attempt in 1...3 {
      if attempt > 1 { usleep(UInt32(pause * 1_000_000)) }
      if let response = try? client.send(request), let body = try? response.body.readAll(limit: 1 << 16) {
        if response.status == 200, !body.isEmpty { return .body(body) }
        last = .refused(status: response.status)
        guard Self.exit(of: response.status) == .tryAgain else { return last }
      } else if !patient {
        return last
      }
    }
    return last
  }

  /// What it means for a tool that the service refuses it.
  static func exit(of status: Int) -> Exit { status == 429 || status >= 500 ? .tryAgain : .unavailable }

  /// `{"AccessKeyId": ..., "SecretAccessKey": ..., "Token": ..., "Expiration": ...}`; the program of
  /// `credential_process` says `SessionToken`, and need not say when they expire. Nil for anything else.
  static func credentials(_ body: [UInt8], token: String = "Token") -> Credentials? {
    guard let json = try? JSONValue.parse(body), let accessKey = json["AccessKeyId"]?.string,
      let secret = json["SecretAccessKey"]?.string
    else { return nil }
    var expires: Int64?
    if let text = json["Expiration"]?.string {
      guard let time = Expiration.parse(text) else { return nil }
      expires = time
    }
    return Credentials(
      accessKey: accessKey, secret: secret, token: json[token]?.string, expires: expires)
  }
}

extension [UInt8] {
  /// The first line of a text that is not empty.
  var firstLine: String? {
    String(decoding: self, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
  }
}
