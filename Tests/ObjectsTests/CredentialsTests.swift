import Bytes
import Failures
import Foundation
import HTTP
import Loopback
import Testing

@testable import Objects

/// Where credentials come from. Not tested here: the real services of EC2, ECS and EKS.
@Suite struct CredentialsTests {
  private let directory: String

  init() throws { directory = try Place.temporaryDirectory() }

  private func chain(_ values: [String: String]) throws -> CredentialsChain {
    let files = [
      "AWS_SHARED_CREDENTIALS_FILE": directory + "/credentials", "AWS_CONFIG_FILE": directory + "/config",
    ]
    let values = files.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 }.merging(values) { $1 }
    return try S3Access { values[$0] }.credentials
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: directory + "/" + name))
  }

  private func failure(_ values: [String: String]) -> Failure? {
    do {
      _ = try chain(values).current()
      return nil
    } catch { return error as? Failure }
  }

  @Test func `The environment comes first`() throws {
    try write("credentials", "[default]\naws_access_key_id = F\naws_secret_access_key = S\n")
    let values = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": "T"]
    #expect(try chain(values).current() == Credentials(accessKey: "E", secret: "S", token: "T"))
    #expect(try chain([:]).current() == Credentials(accessKey: "F", secret: "S"))
  }

  @Test func `A profile is in either file, and in the one of credentials first`() throws {
    try write(
      "credentials",
      "# c\n[work]\naws_access_key_id=W\naws_secret_access_key=S=/+ ; comment\n\n[other]\naws_access_key_id = O\naws_secret_access_key=S#x\n"
    )
    try write(
      "config",
      "[default]\nregion = us-west-2\n[profile work]\nregion = eu-west-3\nendpoint_url = http://h:1\naws_access_key_id = C\ns3 =\n  region = no\n"
    )
    #expect(try chain(["AWS_PROFILE": "work"]).current() == Credentials(accessKey: "W", secret: "S=/+"))
    #expect(try chain(["AWS_PROFILE": "other"]).current() == Credentials(accessKey: "O", secret: "S#x"))
    let values = [
      "AWS_PROFILE": "work", "AWS_SHARED_CREDENTIALS_FILE": directory + "/credentials",
      "AWS_CONFIG_FILE": directory + "/config",
    ]
    let access = try S3Access { values[$0] }
    #expect(access.region == "eu-west-3")
    #expect(access.endpoint == "http://h:1")
    #expect(try S3Access { values.merging(["AWS_REGION": "r"]) { $1 }[$0] }.region == "r")
  }

  @Test func `What is missing, or can't be used, is said`() throws {
    try write("config", "[profile role]\nrole_arn = arn:aws:iam::1:role/x\n")
    let none = try #require(failure([:]))
    #expect(none.exit == .permission && none.message.contains("AWS_ACCESS_KEY_ID"))
    #expect(failure(["AWS_PROFILE": "nobody"])?.exit == .configuration)
    #expect(failure(["AWS_PROFILE": "role"])?.message.contains("role_arn") == true)
    #expect(failure(["AWS_ACCESS_KEY_ID": "E"])?.exit == .configuration)
    let bad = try #require(failure(["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "canary\r\nx: y"]))
    #expect(bad.exit == .configuration && !bad.message.contains("canary"))
  }

  private static func json(_ key: String, expires: String) -> String {
    let body = """
      {"Code": "Success", "AccessKeyId": "\(key)", "SecretAccessKey": "S", "Token": "T", "Expiration": "\(expires)"}
      """
    return "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test func `A container's role is asked for with its token`() throws {
    let log = Log()
    let server = try Loopback.answering([Self.json("A", expires: "2099-01-01T00:00:00Z")], log: log)
    try write("token", "secret-token\n")
    let values = [
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/role",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": directory + "/token",
    ]
    let credentials = try chain(values)
    #expect(try credentials.current().accessKey == "A")
    #expect(try credentials.current().token == "T")
    #expect(log.requests.map(\.line) == ["GET /role"])
    #expect(log.requests.first?.header("authorization") == "secret-token")
    #expect(
      failure(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/role"])?.exit == .configuration)
    #expect(
      failure(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1.example.com/"])?.exit == .configuration
    )
  }

  @Test func `A machine's role is asked for by token, and again before it expires`() throws {
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        let number = log.add(request)
        switch request.line {
        case "PUT /latest/api/token": connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntok")
        case "GET /latest/meta-data/iam/security-credentials/":
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nrole\n")
        case "GET /latest/meta-data/iam/security-credentials/role":
          connection.send(
            Self.json("A\(number)", expires: number < 3 ? "2026-05-04T10:11:42Z" : "2026-05-05T10:11:42Z"))
        default: connection.send("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
        }
      }
    }
    let values = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url + "/"]
    let provider = InstanceProvider(environment: { values[$0] }, client: Metadata.client())
    let credentials = CredentialsChain([provider], now: { 1_777_889_502 - 200 })
    #expect(try credentials.current().accessKey == "A2")
    #expect(try credentials.current().accessKey == "A5")
    #expect(try credentials.current().accessKey == "A5")
    #expect(log.requests.count == 6)
    #expect(log.requests.dropFirst().first?.header("x-aws-ec2-metadata-token") == "tok")
  }

  @Test func `Where there is no metadata service, there are no credentials, soon`() throws {
    let server = try Loopback { connection, _ in connection.stall() }
    #expect(
      failure(["AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url])?.exit
        == .permission)
  }

  @Test(
    arguments: [
      ("2026-05-04T10:11:42Z", Int64(1_777_889_502)), ("2026-05-04T10:11:42.999Z", 1_777_889_502),
      ("1970-01-01T00:00:00Z", 0),
      ("2026-02-31T00:00:00", nil), ("2026-13-01T00:00:00Z", nil), ("", nil), ("2026-05-04T10:11Z", nil),
      ("99999999999-01-01T00:00:00Z", nil),
    ] as [(String, Int64?)]) func `Times of AWS`(_ row: (String, Int64?))
  {
    #expect(AWSTime.parseISO(row.0) == row.1)
  }

  @Test func `Times of HTTP`() {
    #expect(AWSTime.parseHTTP("Mon, 04 May 2026 10:11:42 GMT") == 1_777_889_502)
    #expect(AWSTime.parseHTTP("Mon, 04 Mai 2026 10:11:42 GMT") == nil)
    #expect(AWSTime.compact(1_777_889_502) == "20260504T101142Z")
  }
}
