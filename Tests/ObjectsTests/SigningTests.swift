import Failures
import HTTP
import Loopback
import Testing

@testable import Objects

/// What a request carries, and to whom. That AWS is asked at another region's host is in Tests/Pipes/45-secrets.
@Suite struct SigningTests {
  private let home: AWSHome
  private static let listing = Answer.status(
    200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")

  init() throws { home = try AWSHome() }

  private func store(
    _ server: Loopback, _ settings: StoreSettings = StoreSettings(), _ more: [String: String] = [:]
  ) throws -> S3Store {
    let values = [
      "AWS_ENDPOINT_URL_S3": server.url, "AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "canary",
    ].merging(more) { $1 }
    return try home.access(values, settings).bucket("b", retries: Retries(patience: 1, base: 0.001))
  }

  @Test func `Without a signature no credentials are looked for`() throws {
    let log = Log()
    let server = try Loopback.answering([Self.listing, Answer.status(403)], log: log)
    var settings = StoreSettings()
    settings.isAnonymous = true
    // All of these would be errors to somebody who looks.
    try home.write("credentials", "[default]\naws_access_key_id = canary\n")
    let more = [
      "AWS_SECRET_ACCESS_KEY": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com",
    ]
    let store = try store(server, settings, more)
    _ = try store.list(ListRequest(prefix: ""))
    #expect(
      error { try store.open("k", tag: nil) }
        == .denied("access denied (403); without --anonymous the request is signed"))
    #expect(log.requests.count == 2)
    for name in ["authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"] {
      #expect(log.requests.allSatisfy { $0.header(name) == nil })
    }
  }

  @Test(arguments: [false, true]) func `Who pays is in each request, signed`(_ isAnonymous: Bool) throws {
    let log = Log()
    let server = try Loopback.answering([Self.listing, Answer.status(404)], log: log)
    var settings = StoreSettings()
    settings.requesterPays = true
    settings.isAnonymous = isAnonymous
    let store = try store(server, settings)
    _ = try store.list(ListRequest(prefix: ""))
    _ = try store.info("k")
    #expect(log.requests.map { $0.header("x-amz-request-payer") } == ["requester", "requester"])
    #expect(
      log.requests.allSatisfy {
        isAnonymous || $0.header("authorization")?.contains("x-amz-request-payer") == true
      })
    let plain = try self.store(server)
    _ = try plain.info("k")
    #expect(log.requests.last?.header("x-amz-request-payer") == nil)
  }

  @Test(arguments: [
    (301, "PermanentRedirect"), (307, "TemporaryRedirect"), (302, "Found"), (308, "PermanentRedirect"),
    (400, "AuthorizationHeaderMalformed"),
  ]) func `No redirect is followed, whatever it says`(_ row: (Int, String)) throws {
    let (near, far) = (Log(), Log())
    let other = try Loopback.answering([Self.listing], log: far)
    let body =
      "<Error><Code>\(row.1)</Code><Endpoint>127.0.0.1:\(other.port)</Endpoint><Region>eu-west-1</Region></Error>"
    let headers = "Location: \(other.url)/b/k\r\nx-amz-bucket-region: eu-west-1\r\n"
    let server = try Loopback.answering([Answer.status(row.0, body, headers)], log: near)
    let store = try store(server)
    #expect(error { try store.list(ListRequest(prefix: "")) }?.exit == .badData)
    #expect(error { try store.write("k", .bytes([1]), if: .always) }?.exit == .badData)
    #expect(near.requests.count == 2 && far.requests.isEmpty)
  }

  @Test(
    arguments: [
      ("b-1", "us-east-1", "eu-west-1", "b-1.s3.eu-west-1.amazonaws.com"),
      ("b.1", "us-east-1", "eu-west-1", "s3.eu-west-1.amazonaws.com"),
      ("b-1", "us-east-1", "us-east-1", nil), ("b-1", "us-east-1", "evil.com/", nil),
      ("b-1", "us-east-1", "", nil),
      ("b-1", "us-east-1", "eu-west-1.evil.com#", nil), ("b-1", "us-east-1", "EU", nil),
    ] as [(String, String, String, String?)])
  func `At AWS a bucket moves to a host that we name`(_ row: (String, String, String, String?)) throws {
    let endpoint = try S3Endpoint(bucket: row.0, region: row.1)
    #expect(endpoint.moved(to: row.2)?.host == row.3)
    #expect(endpoint.moved(to: row.2)?.scheme ?? "https" == "https")
    #expect(try S3Endpoint(bucket: row.0, endpoint: "http://h").moved(to: row.2) == nil)
  }

  @Test func `Credentials that the store calls expired are fetched anew, once`() throws {
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        _ = log.add(request)
        let isOld = request.scope?.hasPrefix("OLD/") == true
        connection.send(isOld ? Answer.status(400, "<Error><Code>ExpiredToken</Code></Error>") : Self.listing)
      }
    }
    func write(_ key: String) throws {
      try home.write("credentials", "[default]\naws_access_key_id = \(key)\naws_secret_access_key = S\n")
    }
    try write("OLD")
    let store = try store(server, StoreSettings(), ["AWS_ACCESS_KEY_ID": ""])
    #expect(error { try store.list(ListRequest(prefix: "")) } == .denied("access denied (400 ExpiredToken)"))
    #expect(log.requests.count == 1)
    try write("NEW")
    _ = try store.list(ListRequest(prefix: ""))
    _ = try store.list(ListRequest(prefix: ""))
    #expect(log.requests.compactMap { $0.scope?.prefix(3) } == ["OLD", "OLD", "NEW", "NEW"])
  }

  @Test(
    arguments: [
      ("http://minio:9000", "requests to minio:9000 are not encrypted: its endpoint is http"),
      ("https://minio:9000", nil), ("http://localhost:9000", nil), ("http://127.0.0.9", nil),
      ("http://[::1]:9", nil), ("http://127.0.0.1.example.com", "x"),
    ] as [(String, String?)])
  func `Plain HTTP to another machine is remarked on, once`(_ row: (String, String?)) throws {
    let notes = Notes()
    let values = [
      "AWS_ENDPOINT_URL": row.0, "AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "canary",
    ]
    let access = try home.access(values, notes.settings)
    for bucket in ["a", "b"] { _ = try access.bucket(bucket) }
    #expect(notes.lines.count == (row.1 == nil ? 0 : 1))
    if row.0 == "http://minio:9000" { #expect(notes.lines.first == row.1) }
    var settings = notes.settings
    settings.isAnonymous = true
    _ = try home.access(values, settings).bucket("b")
    #expect(notes.lines.count == (row.1 == nil ? 0 : 1))
  }
}
