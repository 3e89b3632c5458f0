import Failures
import Foundation
import HTTP
import Loopback
import Testing

@testable import Serving

/// One server, asked over a session, that does what servers under load and proxies before them do. Not tested: proxies of our
/// own, dates in Retry-After.
@Suite struct SessionTests {
  private static func answer(_ status: String, _ body: String = "{}", _ headers: String = "") -> String {
    "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  /// What the server saw, and what came of one request to it.
  private func ask(
    _ answers: [String], patience: Double = 2, credentials: String? = nil,
    _ prepare: (inout SessionOptions, inout ServingRequest) -> Void = { _, _ in }
  ) throws -> (log: Log, result: Result<ServingAnswer, Failure>) {
    let log = Log()
    let server = try Loopback.answering(answers, log: log)
    var options = SessionOptions()
    options.patience = patience
    options.credentials = try credentials.map { try secretFile("\(server.url) \($0)\n") }
    var request = ServingRequest("POST", "/a/_bulk?x=y")
    prepare(&options, &request)
    let session = try ServingSession(server.url + "/es/", options)
    return (log, Result { () throws(Failure) in try session.send(request) })
  }

  private func secretFile(_ text: String, mode: Int = 0o600) throws -> String {
    let path =
      FileManager.default.temporaryDirectory.path + "/freshet-secrets-\(UInt64.random(in: 0 ... .max))"
    #expect(
      FileManager.default.createFile(
        atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode]))
    return path
  }

  @Test func `A request goes below the base, and its answer comes whatever its status`() throws {
    for status in [
      "200 OK", "201 Created", "400 Bad Request", "404 Not Found", "409 Conflict", "413 Too Large",
    ] {
      let (log, result) = try ask([Self.answer(status, "[1]")])
      #expect(try result.get().status == Int(status.prefix(3)))
      #expect(try result.get().body == Array("[1]".utf8))
      #expect(log.requests.map(\.line) == ["POST /es/a/_bulk?x=y"])
      #expect(log.requests.first?.header("content-length") == "0")
    }
  }

  @Test(arguments: [
    "429 Too Many Requests", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout",
  ])
  func `A busy server is asked again`(status: String) throws {
    let busy = Self.answer(status)
    let (log, result) = try ask([busy, busy, Self.answer("200 OK")]) { $1.body = Array("body".utf8) }
    #expect(try result.get().status == 200)
    #expect(log.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["body", "body", "body"])
    let over = try ask([busy], patience: 0.2)
    #expect(over.result.failure?.exit == .tryAgain)
    #expect(over.result.failure?.message.contains("/es/a/_bulk: ") == true)
    #expect(over.result.failure?.message.contains("gave up after") == true)
  }

  @Test func `A pause that the server asks for is kept, by all threads; one beyond the patience ends it`()
    throws
  {
    let busy = Self.answer("429 Busy", "{}", "Retry-After: 1\r\n")
    let start = ContinuousClock.now
    #expect(try ask([busy, Self.answer("200 OK")]).result.get().status == 200)
    #expect(ContinuousClock.now - start >= .seconds(0.9))
    let long = Self.answer("503 Busy", "{}", "Retry-After: 3000\r\n")
    let (log, result) = try ask([long])
    #expect(result.failure?.exit == .tryAgain)
    #expect(log.requests.count == 1)
  }

  @Test func `A connection that breaks is made again; a port where nobody listens is unavailable`() throws {
    let log = Log()
    let server = try Loopback { connection, number in
      guard let request = connection.request() else { return }
      _ = log.add(request)
      if number < 2 { connection.reset() } else { connection.send(Self.answer("200 OK")) }
    }
    var options = SessionOptions()
    #expect(try ServingSession(server.url, options).send(ServingRequest("PUT", "/x")).status == 200)
    #expect(log.requests.count == 3)
    options.patience = 0.2
    let dead = try ServingSession("http://127.0.0.1:\(try Loopback.deadPort())", options)
    #expect(throws: Failure.self) { try dead.send(ServingRequest("GET", "/")) }
    let failure = Result { () throws(Failure) in try dead.send(ServingRequest("GET", "/")) }.failure
    #expect(failure?.exit == .unavailable)
  }

  @Test func `Redirects are not followed`() throws {
    let elsewhere = try Loopback.answering([Self.answer("200 OK")])
    for status in [301, 302, 303, 307, 308] {
      let (log, result) = try ask([Self.answer("\(status) Moved", "", "Location: \(elsewhere.url)/\r\n")])
      #expect(result.failure?.exit == .configuration)
      #expect(log.requests.count == 1)
    }
  }

  @Test(arguments: [
    ("basic user:pass word", "Basic dXNlcjpwYXNzIHdvcmQ="), ("api-key  a2V5 ", "ApiKey a2V5"),
    ("bearer t.o-k", "Bearer t.o-k"),
  ])
  func `Credentials are a header`(line: String, header: String) throws {
    let (log, _) = try ask([Self.answer("200 OK")], credentials: line)
    #expect(log.requests.first?.header("authorization") == header)
  }

  @Test func `A refusal does not show the secret, even where the server does`() throws {
    for status in ["401 No", "403 No"] {
      let body = #"{"error":{"type":"security","reason":"bad Basic dTpzM2NyM3Q= of s3cr3t\u001b[31m\nhere"}}"#
      let (log, result) = try ask([Self.answer(status, body)], credentials: "basic u:s3cr3t")
      let message = try #require(result.failure?.message)
      #expect(result.failure?.exit == .permission)
      #expect(message.contains("bad Basic *** of *** [31m here"))
      #expect(!message.contains("s3cr3t") && !message.contains("dTpzM2NyM3Q="))
      #expect(log.requests.count == 1)
    }
    let (_, result) = try ask([Self.answer("401 No")])
    #expect(result.failure?.message.hasSuffix("(401): it wants credentials: --credentials FILE") == true)
  }

  @Test func `A secret that was renewed meanwhile is read again, once`() throws {
    let token = try secretFile("old\n")
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        _ = log.add(request)
        try? "new\n".write(toFile: token, atomically: false, encoding: .utf8)
        let isNew = request.header("authorization") == "Bearer new"
        connection.send(Self.answer(isNew ? "200 OK" : "401 No"))
      }
    }
    var options = SessionOptions()
    options.credentials = try secretFile("# of tests\n\n\(server.url)/es bearer @\(token)\n")
    let session = try ServingSession(server.url + "/es", options)
    for _ in 0..<2 { #expect(try session.send(ServingRequest("GET", "/")).status == 200) }
    #expect(
      log.requests.compactMap { $0.header("authorization") } == ["Bearer old", "Bearer new", "Bearer new"])
  }

  @Test func `Credentials that come by a pipe are read once`() throws {
    let server = try Loopback.answering([Self.answer("401 No")])
    let pipe = FileManager.default.temporaryDirectory.path + "/freshet-pipe-\(UInt64.random(in: 0 ... .max))"
    #expect(mkfifo(pipe, 0o600) == 0)
    defer { unlink(pipe) }
    let line = "\(server.url) bearer x\n"
    Thread { try? line.write(toFile: pipe, atomically: false, encoding: .utf8) }.start()
    var options = SessionOptions()
    options.credentials = pipe
    let session = try ServingSession(server.url, options)
    let failure = Result { () throws(Failure) in try session.send(ServingRequest("GET", "/")) }.failure
    #expect(failure?.exit == .permission)
  }

  @Test(arguments: [
    ("http://h", true), ("http://h:80/es", true), ("elasticsearch+http://H/es/deep", true), ("http://", true),
    ("http://h/es/deep/er", false), ("http://h/e", false), ("http://h:8080", false), ("https://h", false),
    ("http://h.example", false), ("htt", false),
  ])
  func `Credentials are of the addresses below theirs alone`(prefix: String, fits: Bool) throws {
    let credentials = ServingCredentials(
      file: try secretFile("http://other basic a:b\r\n\(prefix)\tbearer\tx\r\n"))
    #expect((try credentials.secret(for: "http://h/es/deep") != nil) == fits)
  }

  @Test func `The longest address wins, then the first`() throws {
    let file = "http://h/a bearer 1\nhttp://h/a/b bearer 2\nhttp://h/a/b bearer 3\nhttp://h bearer 4\n"
    let credentials = ServingCredentials(file: try secretFile(file))
    #expect(try credentials.secret(for: "http://h/a/b/c")?.header == "Bearer 2")
    #expect(try credentials.secret(for: "http://h/x")?.header == "Bearer 4")
  }

  @Test(arguments: [
    "http://h bearer", "http://h password x", "http://h", "http://h basic nocolon", "http://h bearer a\u{7}b",
  ])
  func `Files that are none of credentials are refused without being quoted`(line: String) throws {
    let credentials = ServingCredentials(file: try secretFile(line))
    let failure = Result { () throws(Failure) in try credentials.secret(for: "http://h") }.failure
    #expect(failure?.exit == .configuration)
    for secret in ["nocolon", "a\u{7}b", "password x"] { #expect(failure?.message.contains(secret) == false) }
  }

  @Test func `Files that others can read are refused`() throws {
    func exit(_ file: String) -> Exit? {
      Result { () throws(Failure) in try ServingCredentials(file: file).secret(for: "http://h") }.failure?
        .exit
    }
    for mode in [0o644, 0o640, 0o604] {
      #expect(exit(try secretFile("http://h bearer x\n", mode: mode)) == .permission)
      #expect(exit(try secretFile("http://h bearer @\(try secretFile("x", mode: mode))\n")) == .permission)
    }
    #expect(exit(try secretFile("http://h bearer @gone\n")) == .noInput)
    #expect(exit("/nowhere") == .noInput)
  }

  @Test(arguments: [
    "http://u:secret@h", "https://u:sec/ret@h/", "h:9200", "ftp://h", "http://", "http://h:0",
    "http://h:65536",
    "http://h:x", "http://h/?q", "http://h/#f", "http://h h", "http://h/a b", "http://[::1", "http://a:b]:1",
  ])
  func `Addresses of no server are refused, without what is before an @`(address: String) {
    let failure = Result { () throws(Failure) in try ServingSession(address, SessionOptions()) }.failure
    #expect(failure?.exit == .usage)
    #expect(failure?.message.contains("sec") == false)
  }

  @Test(arguments: [
    ("http://h/", "http://h"), ("https://h:9/a/b//", "https://h:9/a/b"),
    ("http://[::1]:9200", "http://[::1]:9200"),
  ])
  func `An address ends without a slash`(address: String, base: String) throws {
    #expect(try ServingSession(address, SessionOptions()).base == base)
  }

  @Test func `A body is compressed where the server takes that, and a short one is not`() throws {
    let long = Array(String(repeating: "{\"index\":{\"_id\":\"a1\"}}\n", count: 10_000).utf8)
    let (log, _) = try ask([Self.answer("200 OK")]) {
      $1.body = long
      $1.mayCompress = true
    }
    let request = try #require(log.requests.first)
    #expect(request.header("content-encoding") == "gzip")
    #expect(request.body.count < long.count / 10)
    #expect(try gunzip(request.body) == long)
    for (body, may, does) in [(long, false, true), (long, true, false), (Array("short".utf8), true, true)] {
      let (log, _) = try ask([Self.answer("200 OK")]) {
        $1.body = body
        $1.mayCompress = may
        $0.compresses = does
      }
      #expect(log.requests.first?.header("content-encoding") == nil)
      #expect(log.requests.first?.body == body)
    }
    var random = SystemRandomNumberGenerator()
    #expect(Gzip.pack((0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }) == nil)
  }

  private func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let path = try secretFile("")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let pipe = try #require(popen("gzip -dc \(path)", "r"))
    defer { #expect(pclose(pipe) == 0) }
    var (all, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 { all += chunk[..<count] }
    return all
  }

  @Test(arguments: [
    (#"{"error":{"type":"t","reason":"r"},"status":400}"#, "t: r"),
    (
      #"{"error":{"type":"t","reason":"r","caused_by":{"reason":"a","caused_by":{"reason":"b"}}}}"#, "t: r: b"
    ),
    (#"{"responseHeader":{"status":400},"error":{"msg":"no\nfield","code":400}}"#, "no field"),
    (#"{"error":"alias [x] missing","status":404}"#, "alias [x] missing"), (#"{"x":1}"#, ""),
    ("<html><body>404</body></html>", ""), ("plain\r\n\u{1B}[2Jtext\u{202E}", "plain [2Jtext"), ("", ""),
  ])
  func `The reason is told in one line`(body: String, reason: String) {
    #expect(ServingAnswer(status: 400, body: Array(body.utf8)).reason == reason)
  }

  @Test func `A secret is hidden wherever a server repeats it`() throws {
    func answer(_ text: String) -> ServingAnswer {
      ServingAnswer(status: 200, body: Array(text.utf8), hidden: ["hunter2"])
    }
    let error = #"{"type":"t","reason":"Bearer hunter2"}"#
    #expect(
      BulkAnswer.verdicts(answer(#"{"items":[{"index":{"status":400,"error":\#(error)}}]}"#), count: 1)
        == [.refused("t: Bearer ***")])
    let failed = #"{"responseHeader":{"status":0},"failure":{"node":"Bearer hunter2"}}"#
    #expect(throws: Failure(.tryAgain, cannot: "do", "it", because: #"{"node":"Bearer ***"}"#)) {
      try SolrServer.answer(answer(failed), to: "do", "it")
    }
    #expect(answer(String(repeating: " ", count: 1995) + "hunter2").reason == "***")
  }

  @Test func `An id is shown so that it disturbs nothing`() {
    func name(_ text: String) -> String { ServingAnswer.name(of: Array(text.utf8)) }
    #expect(name("a1") == "a1" && name("é\u{202E}\u{1B}[2J") == "é%E2%80%AE%1B[2J")
    #expect(name(String(repeating: "a", count: 1 << 20)) == String(repeating: "a", count: 300) + "...")
    #expect(ServingAnswer.name(of: [0x61, 0xFF]) == "a%FF")
  }

  @Test func `An answer may have what was asked for`() throws {
    let large = Self.answer("200 OK", String(repeating: " ", count: 17 << 20) + "1")
    #expect(try ask([large], patience: 0).result.failure != nil)
    #expect(try ask([large]) { $1.longestAnswer = 18 << 20 }.result.get().json?.integer == 1)
  }

  @Test func `A reason is cut where it is long`() {
    let marks = #"{"error":"a\#(String(repeating: "\u{301}", count: 400_000))"}"#
    #expect(ServingAnswer(status: 500, body: Array(marks.utf8)).reason.utf8.count < 700)
    let answer = ServingAnswer(status: 500, body: Array(String(repeating: "ab ", count: 1 << 20).utf8))
    #expect(answer.reason.count == 303)
  }
}

extension Result where Failure == Failures.Failure {
  var failure: Failures.Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
