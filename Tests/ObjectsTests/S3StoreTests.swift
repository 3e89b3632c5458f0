import Bytes
import Failures
import HTTP
import Loopback
import Testing

@testable import Objects

/// The S3 store against a server on this machine that answers badly. What real servers answer is in the store suite.
/// Not tested here: AWS itself, TLS.
@Suite struct S3StoreTests {
  private static func store(_ server: Loopback, _ more: [String: String] = [:]) throws -> S3Store {
    let values = [
      "AWS_ENDPOINT_URL_S3": server.url, "AWS_ACCESS_KEY_ID": "AKID",
      "AWS_SECRET_ACCESS_KEY": "canary-secret",
      "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null",
    ].merging(more) { $1 }
    return try S3Access(environment: { values[$0] })
      .bucket("b", retries: Retries(patience: 0.5, base: 0.001))
  }

  private static func answer(
    _ status: Int, _ code: String? = nil, _ headers: String = "", _ extra: String = ""
  ) -> String {
    let body = code.map { "<?xml version=\"1.0\"?><Error><Code>\($0)</Code><Message/>\(extra)</Error>" } ?? ""
    return "HTTP/1.1 \(status) X\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private static let empty = { (body: String) in
    "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")

  private static func object(_ text: String, tag: String = "e") -> String {
    "HTTP/1.1 200 OK\r\nETag: \"\(tag)\"\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
  }

  @Test(arguments: [
    (answer(404, "NoSuchBucket"), StoreError.notFound(.root)),
    (answer(404, "NoSuchKey"), .notFound(.object)),
    (answer(404), .notFound(.object)),
    (answer(403, "AccessDenied"), .denied("access denied (403 AccessDenied)")),
    (answer(403), .denied("access denied (403)")),
    (answer(403, "SignatureDoesNotMatch"), .denied("access denied (403 SignatureDoesNotMatch)")),
    (answer(400, "ExpiredToken"), .denied("access denied (400 ExpiredToken)")),
    (
      answer(403, "RequestTimeTooSkewed"),
      .io(
        .tryAgain,
        "the clock of this machine and that of the store are too far apart (403 RequestTimeTooSkewed)")
    ),
    (answer(412, "PreconditionFailed"), .conditionFailed),
    (answer(501, "NotImplemented"), .unsupported("the store can't do this (501 NotImplemented)")),
    (
      answer(301, "PermanentRedirect", "x-amz-bucket-region: eu-west-1\r\nLocation: http://127.0.0.1:1/\r\n"),
      .invalid("the bucket is in region eu-west-1: set AWS_REGION (301 PermanentRedirect)")
    ),
    (
      answer(400, "AuthorizationHeaderMalformed", "", "<Region>eu-west-2</Region>"),
      .invalid("the bucket is in region eu-west-2: set AWS_REGION (400 AuthorizationHeaderMalformed)")
    ),
    (answer(400, "InvalidArgument"), .invalid("the store refuses the request (400 InvalidArgument)")),
    (answer(400, "esc\u{1b}[31m"), .invalid("the store refuses the request (400)")),
    (answer(418), .invalid("the store refuses the request (418)")),
  ]) func `An answer becomes what a caller decides on`(_ row: (String, StoreError)) throws {
    let log = Log()
    let store = try Self.store(try Loopback.answering([row.0], log: log))
    #expect(error { try store.open("k", tag: nil) } == row.1)
    // What is refused may have been refused for its asking for checksums.
    #expect(log.requests.count == (row.0.contains("InvalidArgument") ? 2 : 1))
  }

  @Test(arguments: [
    answer(500, "InternalError"), answer(503, "SlowDown"), answer(502), answer(429), answer(504),
    answer(409, "OperationAborted"),
    answer(400, "RequestTimeout"),
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 500\r\n\r\n<ListB",
  ]) func `What may be done twice is tried again`(_ bad: String) throws {
    let log = Log()
    let store = try Self.store(try Loopback.answering([bad, bad, Self.empty], log: log))
    #expect(try store.list(ListRequest(prefix: "")).objects.isEmpty)
    #expect(log.requests.count == 3)
    #expect(store.requests == 3)
  }

  @Test func `Trying again ends, and says why`() throws {
    let store = try Self.store(try Loopback.answering([Self.answer(503, "SlowDown")]))
    let found = try #require(error { try store.list(ListRequest(prefix: "")) })
    #expect(found.reason.hasPrefix("the store can't answer now (503 SlowDown); gave up after "))
    #expect(store.requests > 3)
  }

  @Test(
    arguments: [WriteCondition.absent, .matches("e")],
    [answer(500), answer(503, "SlowDown"), answer(409), ""])
  func `A conditional write is sent once, and not knowing is said`(_ condition: WriteCondition, _ bad: String)
    throws
  {
    let log = Log()
    let server = try Loopback { connection, _ in
      guard let request = connection.request() else { return }
      _ = log.add(request)
      connection.send(bad)
    }
    let store = try Self.store(server)
    guard case .unavailable = error({ try store.write("k", .bytes([1]), if: condition) }) else {
      Issue.record("not unavailable")
      return
    }
    #expect(log.requests.count == 1)
    #expect(error { try store.write("k", .bytes([1]), if: .always) }?.exit == .tryAgain)
    #expect(log.requests.count > 2)
  }

  @Test(arguments: ["HTTP/1.1 200 OK", "HTTP/1.1 403 Forbidden", "HTTP/1.1 404 Not Found", "HTTP/1.1 503 X"])
  func `The store's clock is that of any answer, and never this machine's`(_ line: String) throws {
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        _ = log.add(request)
        let date = log.requests.count == 1 ? "" : "Date: Mon, 04 May 2026 10:11:42 GMT\r\n"
        connection.send("\(line)\r\n\(date)Content-Length: 0\r\n\r\n")
      }
    }
    #expect(try Self.store(server).now() == 1_777_889_502_000)
    #expect(log.requests.count == 2 && log.requests.allSatisfy { $0.line.hasPrefix("HEAD /b") })
  }

  @Test func `The bare tag is tried only where the quoted one was refused for its form`() throws {
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        _ = log.add(request)
        if request.line.hasPrefix("HEAD") {
          connection.send(
            "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nLast-Modified: Mon, 04 May 2026 10:11:42 GMT\r\nContent-Length: 1\r\n\r\n"
          )
        } else {
          connection.send(request.header("if-match") == "e" ? Self.object("", tag: "f") : Self.answer(412))
        }
      }
    }
    let store = try Self.store(server)
    #expect(error { try store.write("k", .bytes([1]), if: .matches("other")) } == .conditionFailed)
    #expect(log.requests.compactMap { $0.header("if-match") } == ["\"other\""])
    #expect(try store.write("k", .bytes([1]), if: .matches("e")) == "f")
    #expect(try store.write("k", .bytes([1]), if: .matches("e")) == "f")
    #expect(log.requests.compactMap { $0.header("if-match") } == ["\"other\"", "\"e\"", "e", "e"])
  }

  @Test func `A bare 400 to HEAD has new credentials fetched, once`() throws {
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        _ = log.add(request)
        connection.send(Self.answer(request.scope?.hasPrefix("OLD/") == true ? 400 : 404))
      }
    }
    let home = try AWSHome()
    func write(_ key: String) throws {
      try home.write("credentials", "[default]\naws_access_key_id = \(key)\naws_secret_access_key = S\n")
    }
    try write("OLD")
    let store = try home.access(["AWS_ENDPOINT_URL_S3": server.url])
      .bucket("b", retries: Retries(patience: 0.5, base: 0.001))
    #expect(
      error { try store.info("k") } == .denied("access denied, or the session has expired (400)"))
    try write("NEW")
    #expect(try store.info("k") == nil)
    #expect(log.requests.compactMap { $0.scope?.prefix(3) } == ["OLD", "OLD", "NEW"])
  }

  @Test func `A broken body is fetched on from where it broke`() throws {
    let log = Log()
    let text = String((0..<200_000).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
    let server = try Loopback { connection, _ in
      guard let request = connection.request() else { return }
      _ = log.add(request)
      let start = request.header("range").flatMap { Int($0.dropFirst(6).prefix { $0 != "-" }) } ?? 0
      let rest = text.dropFirst(start)
      connection.send(
        "HTTP/1.1 \(start == 0 ? 200 : 206) X\r\nETag: \"e\"\r\nContent-Length: \(rest.utf8.count)\r\n\r\n")
      connection.send(String(rest.prefix(90_000)))
    }
    let object = try #require(try Self.store(server).read("k"))
    #expect(String(decoding: object.bytes, as: UTF8.self) == text)
    #expect(
      log.requests.map { $0.header("range") ?? "" } == ["", "bytes=90000-199999", "bytes=180000-199999"])
    #expect(log.requests.dropFirst().allSatisfy { $0.header("if-match") == "\"e\"" })
  }

  @Test func `A body that stays broken, or has become another, is an error`() throws {
    let half = "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: \"e\"\r\nContent-Length: 10\r\n\r\nhello"
    let none = "HTTP/1.1 206 X\r\nConnection: close\r\nETag: \"e\"\r\nContent-Length: 5\r\n\r\n"
    for answers in [[half, none], [half, Self.answer(412)], [half, Self.object("world")]] {
      let store = try Self.store(try Loopback.answering(answers))
      #expect(error { try store.read("k") } != nil)
    }
  }

  @Test(arguments: Place.bucket) func `A bucket that is not there, and keys that are wrong`(_ place: Place)
    throws
  {
    let location = try #require(Location("s3://no-such-bucket-\(Place.random())/"))
    let (store, _) = try Stores().store(for: location)
    #expect(error { try store.list(ListRequest(prefix: "")) } == .notFound(.root))
    #expect(error { try store.open("k", tag: nil) } == .notFound(.root))
    let bucket = try #require(Place.environment("FRESHET_S3_BUCKET"))
    let values = ["AWS_SECRET_ACCESS_KEY": "wrong"]
    let stranger = try S3Access(environment: { values[$0] ?? Place.environment($0) }).bucket(bucket)
    #expect(error { try stranger.list(ListRequest(prefix: "")) }?.exit == .permission)
  }

  @Test func `No secret is in an error or on the wire`() throws {
    let log = Log()
    let store = try Self.store(try Loopback.answering([Self.answer(403, "AccessDenied")], log: log))
    let found = try #require(error { try store.open("k", tag: nil) })
    #expect(!"\(found) \(String(reflecting: store))".contains("canary"))
    #expect(!log.requests.contains { $0.head.contains("canary") })
    #expect(log.requests.first?.header("user-agent") == "freshet/" + Release.version)
  }

  @Test(arguments: [
    ("b", "http://127.0.0.1:9000", "http", "127.0.0.1:9000", "/b/"),
    ("b", "https://h:443/", "https", "h", "/b/"),
    ("b", "HTTP://h:80/x//y/", "http", "h", "/x/y/b/"),
    ("b.c", "https://[::1]:9", "https", "[::1]:9", "/b.c/"),
  ]) func `Endpoints of one's own take the bucket in the path`(
    _ row: (String, String, String, String, String)
  ) throws {
    let endpoint = try S3Endpoint(bucket: row.0, endpoint: row.1)
    #expect((endpoint.scheme, endpoint.host, endpoint.base) == (row.2, row.3, row.4))
  }

  @Test(arguments: [
    ("plain-1", "eu-west-1", "plain-1.s3.eu-west-1.amazonaws.com", "/"),
    ("with.dots", "eu-west-1", "s3.eu-west-1.amazonaws.com", "/with.dots/"),
    ("Upper_1", "us-east-1", "s3.us-east-1.amazonaws.com", "/Upper_1/"),
    ("plain", "cn-north-1", "plain.s3.cn-north-1.amazonaws.com.cn", "/"),
  ]) func `At AWS the bucket is in the host's name where it can be`(_ row: (String, String, String, String))
    throws
  {
    let endpoint = try S3Endpoint(bucket: row.0, region: row.1)
    #expect((endpoint.scheme, endpoint.host, endpoint.base) == ("https", row.2, row.3))
  }

  @Test(arguments: [
    "h", "ftp://h", "http://", "http:///x", "http://u:p@h", "http://h?x", "http://h h", "http://h/%2e\u{7f}",
    "https:/h",
  ])
  func `What is no endpoint is refused`(_ text: String) {
    #expect(throws: Failure.self) { try S3Endpoint(bucket: "b", endpoint: text) }
  }

  @Test(arguments: [("..", "us-east-1"), (".", "us-east-1"), ("b", "evil.com/"), ("b", "")])
  func `What can't be a bucket or a region is refused`(_ row: (String, String)) {
    #expect(throws: Failure.self) { try S3Endpoint(bucket: row.0, region: row.1) }
  }
}
