import Bytes
import Foundation
import Glibc
import Loopback
import Testing

@testable import Objects

/// Large files are written in parts, whole or not at all. Not tested here: AWS itself, files above a few megabytes.
@Suite struct MultipartTests {
  static let bytes = ObjectServer.bytes(95_000)
  static let sizes = {
    var sizes = S3Sizes()
    (sizes.writeWhole, sizes.part, sizes.parts) = (20_000, 10_000, 3)
    return sizes
  }()

  let path: String

  init() throws {
    path = try Place.temporaryDirectory() + "/file"
    try Data(Self.bytes).write(to: URL(fileURLWithPath: path))
  }

  private static func isCompletion(_ request: Connection.Request) -> Bool {
    request.line == "POST /b/k?uploadId=u1"
  }

  private static func isPart(_ number: Int, _ request: Connection.Request) -> Bool {
    request.line == "PUT /b/k?partNumber=\(number)&uploadId=u1"
  }

  @Test func `The parts are the file`() throws {
    let server = try UploadServer()
    let tag = try server.store(Self.sizes).write("k", .file(path: path), if: .always)
    #expect(server.object("k") == Self.bytes)
    #expect(tag.hasSuffix("-10"))
    #expect(server.unfinished == 0)
    #expect(Set(server.lines.filter { $0.hasPrefix("PUT") }).count == 10)
    #expect(server.lines.count == 12)
  }

  @Test func `What is not signed carries its MD5`() throws {
    let log = Log()
    let begun = UploadServer.reply(
      "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>")
    let done = UploadServer.reply(
      "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>")
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        _ = log.add(request)
        let isBegin = request.line.hasSuffix("?uploads=")
        connection.send(
          request.line.hasPrefix("PUT")
            ? UploadServer.reply("", "ETag: \"e\"\r\n") : isBegin ? begun : done)
      }
    }
    var settings = StoreSettings()
    settings.isAnonymous = true
    let store = try AWSHome().access(["AWS_ENDPOINT_URL_S3": server.url], settings).bucket("b")
    _ = try store.with(Self.sizes).write("k", .file(path: path), if: .always)
    _ = try store.write("k", .file(path: path), if: .always)
    _ = try store.write("k", .bytes([1, 2]), if: .absent)
    #expect(log.requests.count == 14)
    #expect(
      log.requests.allSatisfy { $0.header("content-md5") == Base64.encode(Checksum.of($0.body, .md5)) })
    #expect(log.requests.allSatisfy { $0.header("x-amz-content-sha256") == nil })
    _ = try server.store().write("k", .bytes([1]), if: .always)
    #expect(log.requests.last?.header("content-md5") == nil)
  }

  @Test func `What is not larger is one request`() throws {
    let server = try UploadServer()
    var sizes = Self.sizes
    sizes.writeWhole = 95_000
    _ = try server.store(sizes).write("k", .file(path: path), if: .always)
    #expect(server.lines == ["PUT /b/k"])
    #expect(server.object("k") == Self.bytes)
  }

  @Test func `A part that fails is sent again by itself`() throws {
    let server = try UploadServer { request, before in
      guard Self.isPart(3, request), before < 2 else { return nil }
      return before == 0 ? .answer(UploadServer.error("SlowDown", status: 503)) : .late(nil)
    }
    _ = try server.store(Self.sizes).write("k", .file(path: path), if: .always)
    #expect(server.object("k") == Self.bytes)
    #expect(server.lines.count { $0.contains("partNumber=3&") } == 3)
    #expect(server.lines.count { $0.hasPrefix("PUT") } == 12)
  }

  @Test(arguments: ["BadDigest", "XAmzContentSHA256Mismatch"])
  func `A part that arrives damaged is sent again`(_ code: String) throws {
    let server = try UploadServer { request, before in
      Self.isPart(3, request) && before == 0 ? .answer(UploadServer.error(code, status: 400)) : nil
    }
    _ = try server.store(Self.sizes).write("k", .file(path: path), if: .always)
    #expect(server.object("k") == Self.bytes)
    #expect(server.lines.count { $0.contains("partNumber=3&") } == 2)
  }

  @Test(arguments: ["InternalError", "SlowDown", "ServiceUnavailable"])
  func `200 with an error body is an error, and tried again where that may help`(_ code: String) throws {
    let server = try UploadServer { request, before in
      Self.isCompletion(request) && before < 2 ? .answer(UploadServer.error(code)) : nil
    }
    _ = try server.store(Self.sizes).write("k", .file(path: path), if: .always)
    #expect(server.object("k") == Self.bytes)
    #expect(server.lines.count { $0 == "HEAD /b/k" } == 2)
  }

  @Test(arguments: [
    UploadServer.error("InternalError"), UploadServer.reply("<InitiateMultipartUploadResult><Uplo"),
    UploadServer.reply(""),
  ]) func `An upload that did not begin well is begun again`(_ answer: String) throws {
    let server = try UploadServer { request, before in
      request.line == "POST /b/k?uploads=" && before == 0 ? .answer(answer) : nil
    }
    _ = try server.store(Self.sizes).write("k", .file(path: path), if: .always)
    #expect(server.object("k") == Self.bytes)
  }

  @Test(arguments: [
    ("AccessDenied", StoreError.denied("access denied (200 AccessDenied)")),
    ("InvalidPart", .invalid("the store refuses the request (200 InvalidPart)")),
    ("PreconditionFailed", .conditionFailed), ("NoSuchBucket", .notFound(.root)),
    ("NotImplemented", .unsupported("the store can't do this (200 NotImplemented)")),
  ]) func `200 with an error that stays ends the upload`(_ row: (String, StoreError)) throws {
    let server = try UploadServer { request, _ in
      Self.isCompletion(request) ? .answer(UploadServer.error(row.0)) : nil
    }
    #expect(error { try server.store(Self.sizes).write("k", .file(path: path), if: .always) } == row.1)
    #expect(server.object("k") == nil && server.unfinished == 0)
    #expect(server.lines.count(where: { $0 == "POST /b/k?uploadId=u1" }) == 1)
  }

  @Test(arguments: [
    nil, UploadServer.error("InternalError", status: 500), UploadServer.error("InternalError"),
    UploadServer.reply("<?xml version=\"1.0\"?><CompleteMultipartUploadResult><ETag>&quot;0"),
    UploadServer.reply(""), UploadServer.reply("<html>busy</html>"),
  ]) func `When the last answer is lost, the object is looked at, and not written again`(_ answer: String?)
    throws
  {
    let server = try UploadServer { request, _ in Self.isCompletion(request) ? .late(answer) : nil }
    let tag = try server.store(Self.sizes).write("k", .file(path: path), if: .always)
    #expect(tag.hasSuffix("-10"))
    #expect(server.object("k") == Self.bytes)
    #expect(server.lines.suffix(2) == ["POST /b/k?uploadId=u1", "HEAD /b/k"])
  }

  @Test func `An upload of which nobody knows whether it is complete is not given up`() throws {
    let server = try UploadServer { request, _ in
      Self.isCompletion(request) ? .answer(UploadServer.error("InternalError")) : nil
    }
    let found = error {
      try server.store(Self.sizes, patience: 0.2).write("k", .file(path: path), if: .always)
    }
    #expect(found?.exit == .tryAgain)
    #expect(server.unfinished == 1 && !server.lines.contains { $0.hasPrefix("DELETE") })
  }

  @Test func `A store that does not say the tag is asked for it`() throws {
    let answer = UploadServer.reply(
      "<CompleteMultipartUploadResult><ETag></ETag></CompleteMultipartUploadResult>")
    let server = try UploadServer { request, _ in Self.isCompletion(request) ? .late(answer) : nil }
    let store = try server.store(Self.sizes)
    #expect(try store.write("k", .file(path: path), if: .always).hasSuffix("-10"))
    #expect(store.requests == 13)
  }

  @Test(arguments: [UploadServer.error("NoSuchUpload", status: 404), UploadServer.error("NoSuchUpload")])
  func `NoSuchUpload is no failure where the object is there`(_ answer: String) throws {
    let server = try UploadServer { request, _ in Self.isCompletion(request) ? .late(answer) : nil }
    let tag = try server.store(Self.sizes).write("k", .file(path: path), if: .always)
    #expect(tag.hasSuffix("-10") && server.object("k") == Self.bytes)
  }

  @Test func `An upload that somebody else gave up is not there, and may be begun again`() throws {
    let gone = try UploadServer { request, _ in
      Self.isCompletion(request) ? .answer(UploadServer.error("NoSuchUpload", status: 404)) : nil
    }
    #expect(
      error { try gone.store(Self.sizes).write("k", .file(path: path), if: .always) }
        == .unavailable("somebody gave the upload up before it had ended"))
    #expect(gone.object("k") == nil)
  }

  @Test(arguments: ["refused", "gone"]) func `When a part can't be sent, nothing is left`(_ how: String)
    throws
  {
    let server = try UploadServer { request, _ in
      guard Self.isPart(4, request) else { return nil }
      return .answer(
        how == "refused"
          ? UploadServer.error("AccessDenied", status: 403) : UploadServer.error("SlowDown", status: 503))
    }
    let found = error {
      try server.store(Self.sizes, patience: 0.2).write("k", .file(path: path), if: .always)
    }
    #expect(found?.exit == (how == "refused" ? .permission : .tryAgain))
    #expect(server.object("k") == nil && server.unfinished == 0)
    #expect(!server.lines.contains("POST /b/k?uploadId=u1"))
  }

  @Test func `Giving up is tried again too`() throws {
    let server = try UploadServer { request, before in
      if Self.isPart(1, request) { return .answer(UploadServer.error("AccessDenied", status: 403)) }
      return request.line.hasPrefix("DELETE") && before < 2
        ? .answer(UploadServer.error("SlowDown", status: 503)) : nil
    }
    #expect(
      error { try server.store(Self.sizes).write("k", .file(path: path), if: .always) }?.exit == .permission)
    #expect(server.unfinished == 0)
  }

  @Test(arguments: ["overwritten", "appended", "cut"])
  func `A file that changes while it is sent is not written`(_ how: String) throws {
    let path = path
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
    let server = try UploadServer { request, _ in
      guard Self.isPart(2, request), let file = FileHandle(forWritingAtPath: path) else { return nil }
      switch how {
      case "overwritten": file.write(Data(repeating: 7, count: 95_000))
      case "appended":
        file.seekToEndOfFile()
        file.write(Data([1]))
      default: file.truncateFile(atOffset: 50_000)
      }
      return nil
    }
    let found = error { try server.store(Self.sizes).write("k", .file(path: path), if: .always) }
    #expect(how == "cut" ? found != nil : found == .io(.io, "it was changed while it was sent"))
    #expect(server.object("k") == nil && server.unfinished == 0)
  }

  @Test(arguments: [WriteCondition.absent, .matches("e")])
  func `A condition is kept by one request`(_ condition: WriteCondition) throws {
    let server = try UploadServer()
    _ = try server.store(Self.sizes).write("k", .file(path: path), if: condition)
    #expect(server.lines == ["PUT /b/k"])
    let header = condition == .absent ? "if-none-match" : "if-match"
    #expect(server.log.requests.first?.header(header) != nil)
  }

  @Test func `What one PUT does not take is not written under a condition`() throws {
    let server = try UploadServer()
    #expect(truncate(path, Int(S3Sizes.largestPut) + 1) == 0)
    for condition in [WriteCondition.absent, .matches("e")] {
      #expect(
        error { try server.store(Self.sizes).write("k", .file(path: path), if: condition) }
          == .unsupported("what is larger than 5 GiB can't be written under a condition"))
    }
    #expect(server.lines == [])
  }

  @Test func `There are at most 10,000 parts`() {
    let rows: [(Int64, Int64)] = [
      (65 << 20, 16 << 20), (160_000 << 20, 16 << 20), ((160_000 << 20) + 1, 17 << 20),
      (S3Sizes.largestObject, 525 << 20),
    ]
    for (bytes, part) in rows { #expect(S3Sizes().part(of: bytes) == part) }
  }

  @Test func `A tag of tags needs tags that are sums`() {
    #expect(S3Completion.tag(of: ["e"]) == nil)
    // Made with md5sum of the 32 bytes.
    let part = "d41d8cd98f00b204e9800998ecf8427e"
    #expect(S3Completion.tag(of: [part]) == "59adb24ef3cdbe0297f05b395827453f-1")
    #expect(S3Completion.body(["a<&"]).contains("<ETag>&quot;a&lt;&amp;&quot;</ETag>"))
  }

  @Test func `Unfinished uploads are listed page by page`() throws {
    func page(_ keys: [String], next: String?) -> String {
      let uploads = keys.map {
        "<Upload><Key>\($0)</Key><UploadId>i-\($0)</UploadId><Initiator><ID>x</ID></Initiator>"
          + "<Initiated>2026-05-04T10:11:42.000Z</Initiated></Upload>"
      }
      return UploadServer.reply(
        "<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>\(next != nil)</IsTruncated>"
          + "<NextKeyMarker>\(next ?? "")</NextKeyMarker><NextUploadIdMarker>\(next ?? "")</NextUploadIdMarker>"
          + uploads.joined() + "</ListMultipartUploadsResult>")
    }
    let log = Log()
    let answers = [page(["p%2Fa+b", "q"], next: "p%2Fa+b"), page(["p/c"], next: nil)]
    let found = try Loopback.answering(answers, log: log).store().unfinished(below: "p/")
    #expect(found.map(\.key) == ["p/a b", "p/c"])
    #expect(found.first?.begun == 1_777_889_502)
    #expect(log.requests.last?.line.contains("key-marker=p%2Fa%20b") == true)
    let (x, y) = (page(["p/a"], next: "x"), page(["p/b"], next: "y"))
    for endless in [[x], [x, y, x, y, page([], next: nil)]] {
      let stuck = try Loopback.answering(endless).store()
      #expect(error { try stuck.unfinished(below: "p/") }?.exit == .badData)
    }
  }

  // MARK: Against a real server

  static let real = {
    var sizes = S3Sizes()
    (sizes.writeWhole, sizes.copyWhole, sizes.part) = (5 << 20, 5 << 20, 5 << 20)
    (sizes.readWhole, sizes.range) = (1 << 20, 1 << 20)
    return sizes
  }()

  @Test(arguments: Place.bucket) func `A real server takes parts, and gives them back`(_ place: Place) throws
  {
    let (any, prefix) = try place.make()
    let store = try #require(any as? S3Store).with(Self.real)
    let block = Data(ObjectServer.bytes(100_003))
    let bytes = Data(repeatElement(block, count: 110).joined())
    try bytes.write(to: URL(fileURLWithPath: path))
    let tag = try store.write(prefix + "big +%", .file(path: path), if: .always)
    #expect(tag.hasSuffix("-3"))
    let there = try #require(try store.info(prefix + "big +%"))
    #expect(there.tag == tag && there.bytes == 11_000_330)
    let (read, failed) = try store.open(prefix + "big +%", tag: tag).drain(by: 1 << 18)
    #expect(Data(read) == bytes && failed == nil)
    #expect(try store.unfinished(below: prefix).isEmpty)
  }

  @Test(arguments: Place.bucket) func `What a killed writer left is found and abandoned`(_ place: Place)
    throws
  {
    let (any, prefix) = try place.make()
    let store = try #require(any as? S3Store).with(Self.real)
    let keys = ["a +%", "b/c", "b/c", "é"].map { prefix + Key($0) }
    for key in keys { _ = try store.parts(of: .file(S3Upload(.bytes([]))), at: key).begin() }
    let found = try store.unfinished(below: prefix)
    #expect(found.map(\.key).sorted() == keys.sorted())
    // The light server says of all that they began in 2010.
    #expect(found.allSatisfy { (1_289_000_000..<Int64(time(nil)) + 600).contains($0.begun) })
    #expect(try store.unfinished(below: prefix + "b/").count == 2)
    for write in found { try store.abandon(write) }
    for write in found { try store.abandon(write) }
    #expect(try store.unfinished(below: prefix).isEmpty)
  }
}
