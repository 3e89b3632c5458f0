import Bytes
import Foundation
import Loopback

@testable import Objects

/// A server on this machine that takes objects, whole and in parts, and keeps them in memory.
final class UploadServer: @unchecked Sendable {
  enum Fault: Sendable {
    /// Not done, and answered so.
    case answer(String)
    /// Done, and answered so; without a text the connection is closed.
    case late(String?)
  }

  let log = Log()
  private let lock = NSLock()
  private var uploads: [String: [Int: [UInt8]]] = [:]
  private var objects: [String: (bytes: [UInt8], tag: String)] = [:]
  private let fault: @Sendable (Connection.Request, Int) -> Fault?
  private var listening: Loopback?

  /// The number is how often that request line was seen before.
  init(fault: @escaping @Sendable (Connection.Request, Int) -> Fault? = { _, _ in nil }) throws {
    self.fault = fault
    listening = try Loopback { [self] connection, _ in
      while let request = connection.request() {
        let before = log.requests.count { $0.line == request.line }
        _ = log.add(request)
        switch fault(request, before) {
        case .answer(let text): connection.send(text)
        case .late(let text):
          _ = answer(request)
          guard let text else { return }
          connection.send(text)
        case nil: connection.send(answer(request))
        }
      }
    }
  }

  func store(_ sizes: S3Sizes, patience: Double = 2) throws -> S3Store {
    guard let listening else { throw POSIXError(.EINVAL) }
    return try listening.store(sizes, patience: patience)
  }

  var lines: [String] { log.requests.map(\.line) }
  func object(_ name: String) -> [UInt8]? { lock.withLock { objects["/b/" + name]?.bytes } }
  var unfinished: Int { lock.withLock { uploads.count } }

  static func reply(_ body: String, _ headers: String = "", status: Int = 200) -> String {
    "HTTP/1.1 \(status) X\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  static func error(_ code: String, status: Int = 200) -> String {
    reply("<?xml version=\"1.0\"?>\n<Error><Code>\(code)</Code><Message/></Error>", status: status)
  }

  private func answer(_ request: Connection.Request) -> String {
    lock.withLock {
      let parts = request.line.split(separator: " ").last?.split(separator: "?") ?? []
      let path = String(parts.first ?? "")
      let query = Dictionary(
        (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
          (String(pair.prefix { $0 != "=" }), String(pair.drop { $0 != "=" }.dropFirst()))
        }
      ) { $1 }
      switch (request.line.prefix { $0 != " " }, query["uploadId"]) {
      case ("POST", nil):
        let id = "u\(uploads.count + 1)"
        uploads[id] = [:]
        return Self.reply(
          "<InitiateMultipartUploadResult><Bucket>b</Bucket><UploadId>\(id)</UploadId></InitiateMultipartUploadResult>"
        )
      case ("PUT", let id):
        let part = Int(query["partNumber"] ?? "") ?? 0
        if let source = request.header("x-amz-copy-source") {
          return copy(source, to: path, id, part, request)
        }
        if let id { return put(part: part, id, request) }
        return put(path, request.body, Hex.encode(Checksum.of(request.body, .md5)))
      case ("POST", let id?): return complete(path, id)
      case ("DELETE", let id?):
        let found = uploads.removeValue(forKey: id)
        return found == nil ? Self.error("NoSuchUpload", status: 404) : Self.reply("", status: 204)
      default:
        guard let object = objects[path] else { return Self.reply("", status: 404) }
        return "HTTP/1.1 200 X\r\nETag: \"\(object.tag)\"\r\nLast-Modified: Mon, 04 May 2026 10:11:42 GMT\r\n"
          + "Content-Length: \(object.bytes.count)\r\n\r\n"
      }
    }
  }

  private func copy(
    _ source: String, to path: String, _ id: String?, _ part: Int, _ request: Connection.Request
  )
    -> String
  {
    guard let object = objects["/" + source] else { return Self.error("NoSuchKey", status: 404) }
    guard request.header("x-amz-copy-source-if-match") == "\"\(object.tag)\"" else {
      return Self.error("PreconditionFailed", status: 412)
    }
    if let id {
      let range = (request.header("x-amz-copy-source-range") ?? "").dropFirst(6).split(separator: "-")
        .compactMap { Int($0) }
      guard range.count == 2, range[0] <= range[1], range[1] < object.bytes.count else {
        return Self.error("InvalidRange", status: 416)
      }
      let bytes = Array(object.bytes[range[0]...range[1]])
      uploads[id]?[part] = bytes
      return Self.reply(
        "<CopyPartResult><ETag>&quot;\(Hex.encode(Checksum.of(bytes, .md5)))&quot;</ETag></CopyPartResult>")
    }
    objects[path] = object
    var sum = Checksum(.sha256)
    object.bytes.withUnsafeBytes { sum.update($0) }
    return Self.copied(
      request.header("x-amz-checksum-algorithm") == "SHA256"
        ? "<ChecksumSHA256>\(Base64.encode(sum.finish()))</ChecksumSHA256>" : "")
  }

  static func copied(_ sum: String) -> String {
    reply("  <?xml version=\"1.0\"?><CopyObjectResult><ETag>e</ETag>\(sum)</CopyObjectResult>")
  }

  private func put(part number: Int, _ id: String, _ request: Connection.Request) -> String {
    guard uploads[id] != nil else { return Self.error("NoSuchUpload", status: 404) }
    guard SHA256.hex(request.body) == request.header("x-amz-content-sha256") else {
      return Self.error("XAmzContentSHA256Mismatch", status: 400)
    }
    uploads[id]?[number] = request.body
    return Self.reply("", "ETag: \"\(Hex.encode(Checksum.of(request.body, .md5)))\"\r\n")
  }

  private func complete(_ path: String, _ id: String) -> String {
    guard let parts = uploads.removeValue(forKey: id) else { return Self.error("NoSuchUpload", status: 404) }
    let sorted = parts.sorted { $0.key < $1.key }.map(\.value)
    let sums = sorted.flatMap { Checksum.of($0, .md5) }
    let tag = Hex.encode(Checksum.of(sums, .md5)) + "-\(sorted.count)"
    _ = put(path, sorted.flatMap { $0 }, tag)
    return Self.reply(
      "<?xml version=\"1.0\"?>\n  \n<CompleteMultipartUploadResult><Key/><ETag>&quot;\(tag)&quot;</ETag></CompleteMultipartUploadResult>"
    )
  }

  private func put(_ path: String, _ bytes: [UInt8], _ tag: String) -> String {
    objects[path] = (bytes, tag)
    return Self.reply("", "ETag: \"\(tag)\"\r\n")
  }
}
