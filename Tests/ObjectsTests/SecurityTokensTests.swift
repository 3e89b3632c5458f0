import Failures
import Foundation
import HTTP
import Loopback
import Testing

@testable import Objects

/// Roles, from a small token service; and, where there is one, from that of the S3 server.
@Suite struct SecurityTokensTests {
  private let home: AWSHome

  init() throws { home = try AWSHome() }

  private static let keys = "aws_access_key_id = K\naws_secret_access_key = S\n"

  @Test func `A web identity's request is a form that nobody signed`() throws {
    let log = Log()
    let server = try Loopback.answering([Answer.role("A", "AssumeRoleWithWebIdentity")], log: log)
    let values = [
      "AWS_WEB_IDENTITY_TOKEN_FILE": home.path("token"), "AWS_ROLE_ARN": "arn:aws:iam::1:role/a+b",
      "AWS_ROLE_SESSION_NAME": "me", "AWS_ENDPOINT_URL": server.url + "/x/",
    ]
    let chain = try home.chain(values)
    for token in ["jwt.1", "jwt.2"] {
      try home.write("token", token + "\n")
      let found = try chain.current()
      #expect(
        found == Credentials(accessKey: "A", secret: "S/A", token: "T/A", expires: 4_070_908_800))
      chain.forget(found)
    }
    #expect(log.requests.map(\.line) == ["POST /x/", "POST /x/"])
    #expect(log.requests.map { $0.form["WebIdentityToken"] } == ["jwt.1", "jwt.2"])
    let form = try #require(log.requests.first?.form)
    #expect(form["Action"] == "AssumeRoleWithWebIdentity" && form["Version"] == "2011-06-15")
    #expect(form["RoleArn"] == "arn:aws:iam::1:role/a+b" && form["RoleSessionName"] == "me")
    #expect(log.requests.allSatisfy { $0.header("authorization") == nil })
  }

  /// Every way to a role in a profile, by whose key signed the requests in turn.
  @Test(
    arguments: [
      ("role_arn = R1\nsource_profile = base", ["K/us-east-1/sts"], ["R1"]),
      ("role_arn = R1\nsource_profile = a\n" + keys, ["K/us-east-1/sts"], ["R1"]),
      ("role_arn = R1\nsource_profile = middle", ["K/us-east-1/sts", "A0/us-east-1/sts"], ["R2", "R1"]),
      (
        "region = eu-west-1\nrole_arn = R1\nsource_profile = process", ["P/eu-west-1/sts"], ["R1"]
      ),
      ("role_arn = R1\nsource_profile = both", ["B/us-east-1/sts"], ["R1"]),
      ("role_arn = R1\ncredential_source = EcsContainer", ["C/us-east-1/sts"], ["R1"]),
    ] as [(String, [String], [String])])
  func `A profile's role is assumed with its source's keys`(_ row: (String, [String], [String])) throws {
    try home.write(
      "config",
      """
      [profile a]
      \(row.0)
      [profile base]
      \(Self.keys)
      [profile middle]
      role_arn = R2
      source_profile = base
      [profile both]
      role_arn = R3
      source_profile = base
      aws_access_key_id = B
      aws_secret_access_key = S
      [profile process]
      credential_process = echo '{"Version": 1, "AccessKeyId": "P", "SecretAccessKey": "S"}'
      """)
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() { connection.send(Answer.role("A\(log.add(request))")) }
    }
    let container = try Loopback.answering([Answer.json("C")])
    let values = [
      "AWS_PROFILE": "a", "AWS_ENDPOINT_URL_STS": server.url,
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url,
    ]
    #expect(try home.chain(values).current().accessKey == "A\(row.1.count - 1)")
    #expect(log.requests.map { $0.scope?.replacing(/\/\d{8}\//) { _ in "/" } } == row.1)
    #expect(log.requests.map { $0.form["RoleArn"] } == row.2)
    let tokens = row.1.map { $0.hasPrefix("A") ? "T/A0" : $0.hasPrefix("C") ? "T" : nil }
    #expect(log.requests.map { $0.header("x-amz-security-token") } == tokens)
    #expect(
      log.requests.allSatisfy { $0.form["RoleSessionName"] == "freshet" && $0.form["Action"] == "AssumeRole" }
    )
  }

  @Test(arguments: [(1260, 403, 2), (-1260, 400, 2), (60, 403, 1), (1260, 500, 1)] as [(Int64, Int, Int)])
  func `A clock that is wrong is said, and the service's is used`(_ row: (Int64, Int, Int)) throws {
    try home.write("config", "[default]\nrole_arn = R\nsource_profile = default\n" + Self.keys)
    let (log, notes) = (Log(), Notes())
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        let now = AWSTime.now() + row.0
        let isRight = request.header("x-amz-date").map { abs((Stamp.seconds($0) ?? 0) - now) < 50 } == true
        let date = "Date: \(HTTPDate.text(now))\r\n"
        let isLast = log.add(request) > 0 && row.1 == 500
        connection.send(isRight || isLast ? Answer.role("A") : Answer.status(row.1, "", date))
      }
    }
    let access = try home.access(["AWS_ENDPOINT_URL_STS": server.url], notes.settings)
    let found = try? access.credentials.current()
    let isCorrected = row.2 == 2
    #expect(notes.lines.count == (isCorrected ? 1 : 0))
    // A second may pass between the two clocks.
    #expect(abs(access.clock.offset - (isCorrected ? row.0 : 0)) <= 2)
    #expect((found == nil) == (row.0 == 60))
    #expect(log.requests.count == (row.1 == 500 ? 2 : row.2))
  }

  @Test func `What else a profile says of the role is sent`() throws {
    let log = Log()
    let server = try Loopback.answering([Answer.role("A")], log: log)
    try home.write("token", "jwt")
    try home.write(
      "config",
      """
      [default]
      endpoint_url = \(server.url)
      role_arn = R
      source_profile = default
      external_id = x=1&y
      role_session_name = me@here
      duration_seconds = 900
      \(Self.keys)
      [profile web]
      endpoint_url = \(server.url)
      role_arn = W
      web_identity_token_file = \(home.path("token"))
      """)
    _ = try home.chain([:]).current()
    #expect(home.failure(["AWS_PROFILE": "web"])?.exit == .badData)
    let form = try #require(log.requests.first?.form)
    #expect(form["ExternalId"] == "x=1&y" && form["RoleSessionName"] == "me@here")
    #expect(form["DurationSeconds"] == "900")
    #expect(log.requests.last?.form["Action"] == "AssumeRoleWithWebIdentity")
  }

  @Test(
    arguments: [
      ([Answer.error(403, "AccessDenied")], .permission, "refuses (403 AccessDenied)", 1),
      ([Answer.error(400, "ExpiredTokenException")], .permission, "400 ExpiredTokenException", 1),
      (
        [Answer.status(403, "<?xml version=\"1.0\"?><Error><Code>NoSuchRole</Code></Error>")], .permission,
        "403 NoSuchRole", 1
      ),
      ([Answer.status(302, "", "Location: http://127.0.0.1:1/\r\n")], .permission, "refuses (302)", 1),
      ([Answer.status(200, "<html>canary</html>")], .badData, "malformed", 1),
      ([Answer.role("A", expires: "canary")], .badData, "malformed", 1),
      (
        [Answer.error(500, "InternalFailure"), Answer.error(400, "Throttling"), Answer.role("A")], nil, "", 3
      ),
    ] as [([String], Exit?, String, Int)])
  func `An error has its code, and no secret`(_ row: ([String], Exit?, String, Int)) throws {
    let log = Log()
    let server = try Loopback.answering(row.0, log: log)
    try home.write(
      "config", "[default]\nrole_arn = R\nsource_profile = default\n" + Self.keys)
    let failure = home.failure(["AWS_ENDPOINT_URL_STS": server.url])
    #expect(failure?.exit == row.1)
    #expect(failure?.message.contains(row.2) != false, "\(failure?.message ?? "")")
    #expect(failure?.message.contains("canary") != true)
    #expect(log.requests.count == row.3)
  }

  @Test(arguments: [
    ("eu-west-1", "eu-west-1.amazonaws.com"), ("us-gov-west-1", "us-gov-west-1.amazonaws.com"),
    ("cn-north-1", "cn-north-1.amazonaws.com.cn"), ("us-iso-east-1", "us-iso-east-1.c2s.ic.gov"),
    ("us-isob-east-1", "us-isob-east-1.sc2s.sgov.gov"), ("eusc-de-east-1", "eusc-de-east-1.amazonaws.eu"),
  ]) func `Each region has its domain`(_ row: (String, String)) throws {
    #expect(try Region(row.0).domain == row.1)
  }

  @Test(arguments: ["", "EU", "evil.com/", "a.b", "-a", "a-", "a b", "é", String(repeating: "a", count: 64)])
  func `What can't be a region is refused`(_ name: String) {
    #expect(throws: Failure.self) { try Region(name) }
  }

  /// Ceph's token service gives keys for a while to whoever has keys for good. `s3 token` of a rig does the same.
  @Test(arguments: Place.bucket) func `Keys for a while list a bucket`(_ place: Place) throws {
    let environment: Environment = { Place.environment($0) }
    guard let token = try Self.sessionToken(environment) else { return }
    let values = [
      "AWS_ACCESS_KEY_ID": token.accessKey, "AWS_SECRET_ACCESS_KEY": token.secret,
      "AWS_SESSION_TOKEN": token.token ?? "",
    ]
    let bucket = try #require(environment("FRESHET_S3_BUCKET"))
    let access = try S3Access(environment: { values[$0] ?? environment($0) })
    _ = try access.bucket(bucket).list(ListRequest(prefix: "", limit: 1))
    let wrong = values.merging(["AWS_SESSION_TOKEN": String(repeating: "x", count: 200)]) { $1 }
    let stranger = try S3Access(environment: { wrong[$0] ?? environment($0) }).bucket(bucket)
    #expect(error { try stranger.list(ListRequest(prefix: "")) }?.exit == .permission)
  }

  /// Nil where the server has no token service.
  private static func sessionToken(_ environment: (String) -> String?) throws -> Credentials? {
    let endpoint = try #require(environment("AWS_ENDPOINT_URL_S3"))
    let access = try S3Access()
    let tokens = SecurityTokens(
      client: access.client, region: access.region, endpoint: endpoint, retries: Retries(patience: 1),
      remarks: Remarks())
    do {
      return try tokens.ask(
        "GetSessionToken", [("DurationSeconds", "900")], signedBy: access.credentials.current())
    } catch {
      print("the server gives no session tokens: \(error)")
      return nil
    }
  }
}
