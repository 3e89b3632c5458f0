import Foundation
import Loopback
import Seeded
import Testing
import Threads

@testable import HTTP

/// Against a server on this machine that misbehaves. Not tested here: TLS, proxies, a missing libcurl.
@Suite struct HTTPTests {
  private static let hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"e\"\r\n\r\nhello"

  private func error(_ body: () throws -> Void) -> HTTPError? {
    do {
      try body()
      return nil
    } catch { return error as? HTTPError }
  }

  private func get(_ server: Loopback, _ client: HTTPClient = HTTPClient(), limit: Int = 1 << 20) throws
    -> String
  {
    String(
      decoding: try client.send(HTTPRequest("GET", server.url + "/")).body.readAll(limit: limit),
      as: UTF8.self)
  }

  @Test func `An answer has a status, headers and a body`() throws {
    let log = Log()
    let server = try Loopback.answering([Self.hello], log: log)
    let client = HTTPClient()
    let response = try client.send(
      HTTPRequest(
        "GET", server.url + "/a/../b/./c?d=%2B",
        headers: [HTTPHeader("x-one", "1"), HTTPHeader("x-none", "")]))
    #expect(response.status == 200)
    #expect(response.header("etag") == "\"e\"")
    #expect(try response.body.readAll(limit: 5) == Array("hello".utf8))
    let request = try #require(log.requests.first)
    #expect(request.line == "GET /a/../b/./c?d=%2B")
    #expect(request.header("x-one") == "1")
    #expect(request.header("user-agent") == "freshet")
    #expect(request.header("accept-encoding") == nil)
  }

  @Test func `One connection serves one request after the other`() throws {
    let connections = Counter()
    let server = try Loopback { connection, _ in
      connections.add(1)
      while connection.request() != nil { connection.send(Self.hello) }
    }
    let client = HTTPClient()
    for _ in 0..<20 { #expect(try get(server, client) == "hello") }
    #expect(connections.value == 1)
  }

  @Test func `Eight threads need no more than eight connections`() throws {
    let connections = Counter()
    let server = try Loopback { connection, _ in
      connections.add(1)
      while connection.request() != nil { connection.send(Self.hello) }
    }
    let client = HTTPClient()
    let texts = parallelMap(count: 200, threads: 8) { _ in (try? get(server, client)) ?? "" }
    #expect(texts.allSatisfy { $0 == "hello" })
    #expect(connections.value <= 8)
  }

  static let broken: [(String, [String])] = [
    ("a short body", ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n", "only some"]),
    (
      "a short chunk",
      ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nff\r\n", "only some"]
    ),
    (
      "no last chunk",
      ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n"]
    ),
    ("half a head", ["HTTP/1.1 200 OK\r\nContent-Le"]),
    ("nothing", []),
  ]

  @Test(arguments: broken) func `A broken answer is an error`(_ row: (String, [String])) throws {
    let server = try Loopback { connection, _ in
      guard connection.request() != nil else { return }
      for part in row.1 { connection.send(part) }
    }
    let found = error { _ = try get(server) }
    guard case .interrupted = found else {
      Issue.record("\(row.0): \(String(describing: found))")
      return
    }
  }

  @Test(arguments: [0, 1, 50_000, 99_999]) func `A reset at any byte is an error`(_ length: Int) throws {
    let server = try Loopback { connection, _ in
      guard connection.request() != nil else { return }
      if length > 0 {
        connection.send(
          "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "x", count: length))
      }
      connection.reset()
    }
    let found = error { _ = try get(server) }
    guard case .interrupted = found else {
      Issue.record("\(String(describing: found))")
      return
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 70_000) + "\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 20_000) + "Content-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
    "<html>no head at all</html>\r\n\r\n",
  ]) func `A head that is no head, or too large, is refused`(_ answer: String) throws {
    let server = try Loopback { connection, _ in
      guard connection.request() != nil else { return }
      connection.send(answer)
    }
    let found = error { _ = try get(server) }
    guard case .invalid = found else {
      Issue.record("\(String(describing: found))")
      return
    }
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"])
  func `A trickle is given up`(_ start: String) throws {
    let server = try Loopback { connection, _ in
      _ = connection.request()
      connection.send(start)
      for _ in 0..<500 {
        guard connection.send("x") else { return }
        usleep(20_000)
      }
    }
    var settings = HTTPSettings()
    settings.idleTimeout = 0.2
    let found = error { _ = try get(server, HTTPClient(settings)) }
    guard case .timedOut = found else {
      Issue.record("\(String(describing: found))")
      return
    }
  }

  @Test func `Only waiting makes an exchange late, and bytes that move make up for it`() {
    var settings = HTTPSettings()
    (settings.idleTimeout, settings.slowest) = (20, 100)
    var idleness = Idleness(settings, HTTPRequest("GET", ""))
    for _ in 0..<19 {
      idleness.wait(.seconds(1))
      idleness.move(100)
    }
    #expect(idleness.left == 1)
    idleness.move(100)
    #expect(idleness.left == 20)
    for _ in 0..<20 {
      idleness.wait(.seconds(1))
      idleness.move(99)
    }
    #expect(idleness.left == 0)
    idleness.begin()
    #expect(idleness.left == 20)
    var patient = HTTPRequest("POST", "")
    patient.idleTimeout = 300
    var long = Idleness(settings, patient)
    for _ in 0..<20 {
      long.wait(.seconds(299))
      #expect(long.left == 1)
      long.move(1)
    }
    #expect(long.left == 300)
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
  func `Silence is given up`(_ start: String) throws {
    let server = try Loopback { connection, _ in
      _ = connection.request()
      connection.send(start)
      connection.stall()
    }
    var settings = HTTPSettings()
    settings.idleTimeout = 0.2
    let idle = error { _ = try get(server, HTTPClient(settings)) }
    guard case .timedOut = idle else {
      Issue.record("\(String(describing: idle))")
      return
    }
    let late = error {
      _ = try HTTPClient().send(HTTPRequest("GET", server.url, deadline: 0.2)).body.readAll(limit: 9)
    }
    guard case .timedOut = late else {
      Issue.record("\(String(describing: late))")
      return
    }
  }

  @Test func `Nobody there is said to be unreachable`() throws {
    let port = try Loopback.deadPort()
    let found = error { _ = try HTTPClient().send(HTTPRequest("GET", "http://127.0.0.1:\(port)/")) }
    #expect(found == .unreachable("nothing answers at 127.0.0.1:\(port)"))
  }

  @Test(arguments: [
    "ftp://127.0.0.1/", "file:///etc/passwd", "http://user:secret@127.0.0.1/", "127.0.0.1", "http://a b/",
  ])
  func `Only plain http addresses are asked`(_ url: String) throws {
    let found = error { _ = try HTTPClient().send(HTTPRequest("GET", url)) }
    guard case .invalid(let reason) = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(!reason.contains("secret"))
  }

  @Test func `A header can't smuggle another in`() throws {
    let server = try Loopback.answering([Self.hello])
    let found = error {
      _ = try HTTPClient().send(HTTPRequest("GET", server.url, headers: [HTTPHeader("x", "1\r\ny: 2")]))
    }
    #expect(found == .invalid("a header that can't be sent"))
  }

  @Test func `Redirects are answers like any other`() throws {
    let server = try Loopback.answering([
      "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    ])
    #expect(try HTTPClient().send(HTTPRequest("GET", server.url)).status == 301)
  }

  @Test func `The head behind a 100 is the one that counts`() throws {
    let server = try Loopback.answering(["HTTP/1.1 100 Continue\r\nX: 1\r\n\r\n" + Self.hello])
    let response = try HTTPClient().send(HTTPRequest("PUT", server.url, body: .bytes([1])))
    #expect(response.status == 200)
    #expect(response.header("x") == nil)
  }

  @Test func `A HEAD has a length and no body`() throws {
    let server = try Loopback.answering(["HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
    let client = HTTPClient()
    for _ in 0..<3 {
      let response = try client.send(HTTPRequest("HEAD", server.url))
      #expect(response.header("Content-Length") == "1000")
      #expect(try response.body.readAll(limit: 0).isEmpty)
    }
  }

  @Test func `A body over the limit is refused`() throws {
    let server = try Loopback.answering([Self.hello])
    #expect(error { _ = try get(server, limit: 4) } == .invalid("an answer longer than 4 bytes"))
    #expect(try get(server, limit: 5) == "hello")
  }

  @Test func `A slow reader makes the server wait, and loses nothing`() throws {
    let total = 64 << 20
    let sent = Counter()
    let server = try Loopback { connection, _ in
      guard connection.request() != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
      let block = (0..<(1 << 16)).map { UInt8(truncatingIfNeeded: $0 / 7) }
      while sent.value < total, connection.send(block) { sent.add(block.count) }
    }
    let body = try HTTPClient().send(HTTPRequest("GET", server.url)).body
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { buffer.deallocate() }
    var count = try body.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<1]))
    var before = -1
    while before != sent.value {
      before = sent.value
      Thread.sleep(forTimeInterval: 0.2)
    }
    #expect(before < total / 2)
    var matches = buffer[0] == 0
    while case let read = try body.read(into: buffer), read > 0 {
      matches = matches && buffer[0] == UInt8(truncatingIfNeeded: count % (1 << 16) / 7)
      count += read
    }
    #expect(count == total)
    #expect(matches)
  }

  @Test func `A body that is let go does not spoil the next request`() throws {
    let server = try Loopback { connection, _ in
      while connection.request() != nil {
        connection.send(
          "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + String(repeating: "x", count: 5_000_000))
      }
    }
    let client = HTTPClient()
    for round in 0..<Sample.rounds(quick: 3, full: 20, long: 200) {
      #expect(try client.send(HTTPRequest("GET", server.url)).status == 200)
      let body = try client.send(HTTPRequest("GET", server.url)).body.readAll(limit: 5_000_000)
      #expect(body.count == 5_000_000, "round \(round)")
    }
  }

  @Test func `Bytes and files are sent whole, also when a kept connection turns out dead`() throws {
    let log = Log()
    let server = try Loopback { connection, _ in
      guard let request = connection.request() else { return }
      _ = log.add(request)
      connection.send(Self.hello)
    }
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
    let path = FileManager.default.temporaryDirectory.path + "/freshet-http-\(UInt64.random(in: 0 ... .max))"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    let file = open(path, O_RDONLY)
    defer { close(file) }
    let client = HTTPClient()
    for body in [
      HTTPRequest.Body.bytes(bytes), .file(descriptor: file, bytes: Int64(bytes.count)), .bytes([]),
    ] {
      let response = try client.send(HTTPRequest("PUT", server.url + "/x", body: body))
      #expect(try response.body.readAll(limit: 5).count == 5)
      Thread.sleep(forTimeInterval: 0.1)
    }
    #expect(log.requests.map(\.body) == [bytes, bytes, []])
    #expect(log.requests.last?.header("content-length") == "0")
    let short = error {
      _ = try client.send(HTTPRequest("PUT", server.url, body: .file(descriptor: file, bytes: 4_000_000)))
    }
    #expect(short == .unsendable("it was changed while it was sent"))
  }
}

final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  var value: Int { lock.withLock { count } }
  func add(_ amount: Int) { lock.withLock { count += amount } }
}
