import Bytes
import Loopback

@testable import Objects

/// A server on this machine with one object, which heeds ranges and If-Match, where a test does not want it otherwise.
struct ObjectServer {
  /// What it does with a request, instead of what it should.
  enum Fault: Sendable {
    case answer(String)
    /// That many bytes of the body, and the connection is closed.
    case cut(after: Int)
    /// The body has one bit wrong.
    case flip
    /// The object is another one by now, and If-Match is not heeded.
    case other(tag: String)
    /// Content-Range says that the object has another size.
    case resized
  }

  let log = Log()
  let server: Loopback

  init(
    _ bytes: [UInt8], tag: String = "e", headers: String = "",
    fault: @escaping @Sendable (Connection.Request, Int) -> Fault? = { _, _ in nil }
  ) throws {
    server = try Loopback { [log] connection, _ in
      while let request = connection.request() {
        let number = log.add(request)
        let asked = request.byteRange ?? request.tail.map { max(0, bytes.count - $0)..<bytes.count }
        let range = asked ?? 0..<bytes.count
        var (found, size, body) = (tag, bytes.count, Array(bytes[range]))
        var length = body.count
        switch fault(request, number) {
        case .answer(let text):
          connection.send(text)
          continue
        case .cut(let count):
          length = body.count
          body = Array(body.prefix(count))
        case .flip: body[body.count / 2] ^= 4
        case .other(let tag): found = tag
        case .resized: size += 1
        case nil: break
        }
        let position =
          asked.map { "Content-Range: bytes \($0.lowerBound)-\($0.upperBound - 1)/\(size)\r\n" }
          ?? ""
        connection.send(
          "HTTP/1.1 \(position.isEmpty ? 200 : 206) X\r\nETag: \"\(found)\"\r\n\(headers)\(position)"
            + "Content-Length: \(length)\r\n\r\n")
        connection.send(body)
        if body.count < length { return }
      }
    }
  }

  /// Bytes in which no two places look alike.
  static func bytes(_ count: Int) -> [UInt8] {
    var state: UInt64 = 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
  }

  func access() throws -> S3Access { try server.access() }

  func store(_ sizes: S3Sizes = S3Sizes(), patience: Double = 2) throws -> S3Store {
    try server.store(sizes, patience: patience)
  }
}

extension Loopback {
  func access() throws -> S3Access {
    let values = [
      "AWS_ENDPOINT_URL_S3": url, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "canary-secret",
      "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null",
    ]
    return try S3Access(environment: { values[$0] })
  }

  func store(_ sizes: S3Sizes = S3Sizes(), patience: Double = 2) throws -> S3Store {
    try access().bucket("b", retries: Retries(patience: patience, base: 0.001)).with(sizes)
  }
}

extension Connection.Request {
  /// `bytes=3-6`
  var byteRange: Range<Int>? {
    guard let parts = header("range")?.dropFirst(6).split(separator: "-"), parts.count == 2,
      let first = Int(parts[0]), let last = Int(parts[1])
    else { return nil }
    return first..<last + 1
  }
}

extension Connection.Request {
  /// `bytes=-3`
  var tail: Int? { header("range").flatMap { $0.hasPrefix("bytes=-") ? Int($0.dropFirst(7)) : nil } }
}

extension OpenObject {
  /// All that comes, and why no more did.
  func drain(by size: Int = 7000) -> (bytes: [UInt8], error: StoreError?) {
    var bytes: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      do throws(StoreError) {
        let count = try read(into: chunk)
        if count == 0 { return (bytes, nil) }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      } catch { return (bytes, error) }
    }
  }
}
