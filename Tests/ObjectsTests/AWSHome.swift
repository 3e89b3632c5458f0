import Failures
import Foundation
import HTTP
import Loopback

@testable import Objects

/// A home directory with AWS's shared files, and nothing else in the environment but what a test puts there.
struct AWSHome: Sendable {
  let directory: String

  init() throws { directory = try Place.temporaryDirectory() }

  func path(_ name: String) -> String { directory + "/" + name }

  func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    chmod(path(name), mode)
  }

  func access(_ values: [String: String], _ settings: StoreSettings = StoreSettings()) throws -> S3Access {
    let files = [
      "AWS_SHARED_CREDENTIALS_FILE": path("credentials"), "AWS_CONFIG_FILE": path("config"),
      "AWS_EC2_METADATA_DISABLED": "true",
    ]
    let all = files.merging(values) { $1 }
    return try S3Access(settings, environment: { all[$0].flatMap { $0.isEmpty ? nil : $0 } })
  }

  func chain(_ values: [String: String]) throws -> CredentialsChain { try access(values).credentials }

  func failure(_ values: [String: String]) -> Failure? {
    do {
      _ = try chain(values).current()
      return nil
    } catch { return error as? Failure }
  }
}

/// What services answer.
enum Answer {
  static func status(_ status: Int, _ body: String = "", _ headers: String = "") -> String {
    "HTTP/1.1 \(status) X\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  static func json(_ key: String, expires: String = "2099-01-01T00:00:00Z") -> String {
    let body = """
      {"Code": "Success", "AccessKeyId": "\(key)", "SecretAccessKey": "S", "Token": "T", "Expiration": "\(expires)"}
      """
    return status(200, body)
  }

  /// The token service's, as AWS's API reference shows it.
  static func role(_ key: String, _ action: String = "AssumeRole", expires: String = "2099-01-01T00:00:00Z")
    -> String
  {
    status(
      200,
      """
      <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <\(action)Result>
          <AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>arn:aws:sts::1:assumed-role/r/s</Arn></AssumedRoleUser>
          <Credentials>
            <AccessKeyId>\(key)</AccessKeyId><SecretAccessKey>S/\(key)</SecretAccessKey>
            <SessionToken>T/\(key)</SessionToken><Expiration>\(expires)</Expiration>
          </Credentials>
          <PackedPolicySize>6</PackedPolicySize>
        </\(action)Result>
        <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
      </\(action)Response>
      """)
  }

  static func error(_ status: Int, _ code: String) -> String {
    self.status(
      status,
      "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>canary</Message></Error></ErrorResponse>"
    )
  }
}

extension Connection.Request {
  /// The fields of a form.
  var form: [String: String] {
    let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { $0.split(separator: "=") }
    return Dictionary(
      pairs.map { (String($0[0]), $0.count > 1 ? $0[1].removingPercentEncoding ?? "" : "") },
      uniquingKeysWith: { $1 }
    )
  }

  /// Whose signature it carries: `KEY/20260504/us-east-1/sts`.
  var scope: String? {
    guard let text = header("authorization"), let start = text.range(of: "Credential=") else { return nil }
    return text[start.upperBound...].range(of: "/aws4_request").map {
      String(text[start.upperBound..<$0.lowerBound])
    }
  }
}
