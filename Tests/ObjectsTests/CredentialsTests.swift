import Failures
import Foundation
import Loopback
import Testing

@testable import Objects

/// Which of the places credentials are taken from, and the shared files. Not tested here: AWS itself.
@Suite struct CredentialsTests {
  private let home: AWSHome

  init() throws { home = try AWSHome() }

  /// Each place has its own key; all of them are there, and are taken away one after the other.
  @Test func `The places are asked in AWS's order`() throws {
    let tokens = try Loopback.answering([Answer.role("WEB", "AssumeRoleWithWebIdentity")])
    let container = try Loopback.answering([Answer.json("CONTAINER")])
    let machine = try Loopback { connection, _ in
      while let request = connection.request() {
        connection.send(
          request.line.hasSuffix("/role") ? Answer.json("MACHINE") : Answer.status(200, "role"))
      }
    }
    try home.write("token", "jwt")
    try home.write("credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = S\n")
    var values = [
      "AWS_ACCESS_KEY_ID": "ENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "S",
      "AWS_WEB_IDENTITY_TOKEN_FILE": home.path("token"), "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
      "AWS_ENDPOINT_URL_STS": tokens.url, "AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url,
      "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": machine.url,
    ]
    func key() throws -> String { try home.chain(values).current().accessKey }
    #expect(try key() == "ENVIRONMENT")
    values["AWS_ACCESS_KEY_ID"] = nil
    #expect(try key() == "WEB")
    values["AWS_WEB_IDENTITY_TOKEN_FILE"] = nil
    #expect(try key() == "FILE")
    try home.write("credentials", "")
    try home.write(
      "config",
      #"[default]\#ncredential_process = echo '{"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "S"}'"#
    )
    #expect(try key() == "PROCESS")
    try home.write("config", "")
    #expect(try key() == "CONTAINER")
    values["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = nil
    #expect(try key() == "MACHINE")
    values["AWS_EC2_METADATA_DISABLED"] = "True"
    #expect(home.failure(values)?.exit == .permission)
  }

  @Test func `A profile is in either file, and in the one of credentials first`() throws {
    try home.write(
      "credentials",
      "# c\n[work]\naws_access_key_id=W\naws_secret_access_key=S=/+ ; comment\n\n[other]\naws_access_key_id = O\naws_secret_access_key=S#x\n"
    )
    try home.write(
      "config",
      "[default]\nregion = us-west-2\n[ profile\t\"work\" ]\nregion = eu-west-3\nendpoint_url = http://h:1\naws_access_key_id = C\ns3 =\n  region = no\n"
    )
    #expect(
      try home.chain(["AWS_PROFILE": "work"]).current() == Credentials(accessKey: "W", secret: "S=/+"))
    #expect(try home.chain(["AWS_PROFILE": "other"]).current() == Credentials(accessKey: "O", secret: "S#x"))
    let access = try home.access(["AWS_PROFILE": "work"])
    #expect(access.region == "eu-west-3")
    #expect(access.endpoint == "http://h:1")
    #expect(try home.access(["AWS_PROFILE": "work", "AWS_REGION": "r"]).region == "r")
    #expect(try home.access(["AWS_ENDPOINT_URL": "http://g"]).endpoint == "http://g")
  }

  @Test(
    arguments: [
      ([:], "", .permission, "AWS_ACCESS_KEY_ID"),
      (["AWS_PROFILE": "nobody"], "", .configuration, "there is no profile nobody"),
      (["AWS_ACCESS_KEY_ID": "E"], "", .configuration, "AWS_SECRET_ACCESS_KEY is not"),
      (
        ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "canary\r\nx: y"], "", .configuration,
        "characters"
      ),
      (["AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/null"], "", .configuration, "AWS_ROLE_ARN"),
      ([:], "aws_access_key_id = canary", .configuration, "one key of two"),
      ([:], "role_arn = r", .configuration, "source_profile and credential_source"),
      (
        [:], "role_arn = r\nsource_profile = a\ncredential_source = Environment", .configuration, "not one of"
      ),
      ([:], "role_arn = r\nsource_profile = a", .configuration, "there is no profile a"),
      (
        [:], "role_arn = r\nsource_profile = default", .configuration, "each other's source: default, default"
      ),
      ([:], "role_arn = r\nsource_profile = p\n[profile p]\nregion = x", .permission, "has no credentials"),
      ([:], "role_arn = r\ncredential_source = Nowhere", .configuration, "Ec2InstanceMetadata, EcsContainer"),
      ([:], "role_arn = r\ncredential_source = Environment", .permission, "has no credentials"),
      ([:], "role_arn = r\nsource_profile = a\nmfa_serial = m", .configuration, "mfa_serial"),
      ([:], "role_arn = r\nduration_seconds = 1h\nsource_profile = a", .configuration, "duration_seconds"),
      ([:], "sso_session = s", .configuration, "aws configure export-credentials --profile default"),
      ([:], "sso_start_url = https://canary", .configuration, "--format process"),
      ([:], "login_session = arn", .configuration, "login_session"),
      ([:], "role_arn = r\nweb_identity_token_file = /nonexistent", .noInput, "cannot open /nonexistent"),
      ([:], "role_arn = r\nweb_identity_token_file = /dev/null", .badData, "there is no token in it"),
    ] as [([String: String], String, Exit, String)])
  func `What is missing, or can't be used, is said`(_ row: ([String: String], String, Exit, String)) throws {
    try home.write("config", "[default]\n" + row.1)
    let failure = try #require(home.failure(row.0))
    #expect(failure.exit == row.2)
    #expect(failure.message.contains(row.3), "\(failure.message)")
    #expect(!failure.message.contains("canary"))
  }

  @Test func `Files that can't be read matter only where they are needed`() throws {
    let files = ["AWS_SHARED_CREDENTIALS_FILE": home.directory, "AWS_CONFIG_FILE": home.directory]
    let keys = files.merging(["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "S"]) { $1 }
    #expect(try home.chain(keys).current().accessKey == "E")
    for values in [files, keys.merging(["AWS_PROFILE": "default"]) { $1 }] {
      #expect(home.failure(values)?.message.contains("cannot read \(home.directory)") == true)
    }
  }

  @Test func `Profiles that are each other's source are found out`() throws {
    let ring = ["a", "b", "c"].map {
      "[profile \($0)]\nrole_arn = r\nsource_profile = \($0 == "a" ? "b" : $0 == "b" ? "c" : "b")\n"
    }
    try home.write("config", ring.joined())
    let failure = try #require(home.failure(["AWS_PROFILE": "a"]))
    #expect(failure.exit == .configuration && failure.message.hasSuffix("each other's source: a, b, c, b"))
  }

  @Test(arguments: [(0o600, 0), (0o640, 1), (0o604, 1)] as [(mode_t, Int)])
  func `Keys that others can read are remarked on, once`(_ row: (mode_t, Int)) throws {
    try home.write(
      "credentials", "[default]\naws_access_key_id = F\naws_secret_access_key = S\n", mode: row.0)
    let notes = Notes()
    let chain = try home.access([:], notes.settings).credentials
    for _ in 0..<3 { chain.forget(try chain.current()) }
    #expect(notes.lines.count == row.1)
    #expect(notes.lines.allSatisfy { $0.hasSuffix("chmod 600 " + home.path("credentials")) })
    _ = try home.access(["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "S"], notes.settings).credentials
      .current()
    #expect(notes.lines.count == row.1)
  }

  @Test func `A process that has credentials leaves no core file`() throws {
    var limit = rlimit()
    _ = try home.chain(["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "S"]).current()
    #expect(getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 && limit.rlim_cur == 0)
  }

  @Test(
    arguments: [
      ("2026-05-04T10:11:42Z", Int64(1_777_889_502)), ("2026-05-04T10:11:42.999Z", 1_777_889_502),
      ("1970-01-01T00:00:00Z", 0),
      ("2026-05-04T10:11:42+00:00", 1_777_889_502), ("2026-05-04T10:11:42.5+00:00", 1_777_889_502),
      ("2026-05-04T12:11:42+02:00", 1_777_889_502), ("2026-05-04T04:41:42-05:30", 1_777_889_502),
      ("2026-02-31T00:00:00", nil), ("2026-13-01T00:00:00Z", nil), ("", nil), ("2026-05-04T10:11Z", nil),
      ("99999999999-01-01T00:00:00Z", nil), ("2026-05-04T10:11:42+0a:00", nil), ("+00:00", nil),
      ("2026-05-04T10:11:42+24:00", nil), ("2026-05-04T10:11:42Z+00:00", nil),
    ] as [(String, Int64?)]) func `Times of expiry`(_ row: (String, Int64?))
  {
    #expect(Expiration.parse(row.0) == row.1)
  }

  @Test func `Times of HTTP`() {
    #expect(AWSTime.parseHTTP("Mon, 04 May 2026 10:11:42 GMT") == 1_777_889_502)
    #expect(AWSTime.parseHTTP("Mon, 04 Mai 2026 10:11:42 GMT") == nil)
    #expect(AWSTime.compact(1_777_889_502) == "20260504T101142Z")
  }
}
