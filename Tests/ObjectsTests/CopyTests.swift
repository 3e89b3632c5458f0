import Bytes
import Loopback
import Testing

@testable import Objects

/// Objects that their store copies. Not tested here: AWS itself, what an index makes of it (PublishingTests' CopyTests).
@Suite struct CopyTests {
  private static let bytes = Array("some words".utf8)
  private static let hash = SHA256.hex(bytes)

  @Test(arguments: Place.all) func `A copy is the object, and is told or is read`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    let (source, target) = (prefix + "ä b+c%/1", prefix + "ö d?e/2")
    _ = try store.write(source, .bytes(Self.bytes), if: .always)
    let info = try #require(try store.info(source))
    do throws(StoreError) {
      let isTold = try store.copy(info, of: store, to: target, sha256: Self.hash)
      #expect(isTold || place.name == "s3")
      #expect(try store.read(target)?.bytes == Self.bytes)
    } catch {
      guard case .unsupported = error, place.name == "local" else { throw error }
      return
    }
    let other = ObjectInfo(
      key: source, bytes: info.bytes, tag: String(repeating: "0", count: 32), modified: info.modified)
    let refusal = error { try store.copy(other, of: store, to: target, sha256: Self.hash) }
    // Not every store heeds the condition.
    #expect(refusal == .conditionFailed || refusal == nil && place.name == "s3")
    try store.remove(source)
    #expect(error { try store.copy(info, of: store, to: target, sha256: Self.hash) } == .notFound(.object))
    #expect(try store.read(target)?.bytes == Self.bytes)
  }

  /// What a copy of `from` in the bucket to `to` gives.
  private func copy(
    _ server: UploadServer, sha256: String = hash, patience: Double = 0.3, sizes: S3Sizes = S3Sizes()
  ) throws -> Bool {
    let store = try server.store(sizes, patience: patience)
    let tag = try store.write("from", .bytes(Self.bytes), if: .always)
    let source = ObjectInfo(key: "from", bytes: 10, tag: tag, modified: 0)
    return try store.copy(source, of: store, to: "to", sha256: sha256)
  }

  private static func isCopy(_ request: Connection.Request) -> Bool { request.line == "PUT /b/to" }

  private static func server(_ answers: String...) throws -> UploadServer {
    try UploadServer { request, before in
      isCopy(request) && before < answers.count ? .answer(answers[before]) : nil
    }
  }

  @Test func `The store's own checksum of the copy is compared`() throws {
    let server = try UploadServer()
    #expect(try copy(server))
    #expect(server.object("to") == Self.bytes)
    #expect(server.log.requests.last?.header("x-amz-copy-source") == "b/from")
    let wrong = SHA256.hex([1])
    #expect(
      error { try copy(server, sha256: wrong) }
        == .invalid("the store says that its copy has another checksum"))
  }

  @Test(arguments: [
    "", "<ChecksumSHA256/>", "<ChecksumSHA256>abc=-2</ChecksumSHA256>",
    "<ChecksumSHA256>abc=</ChecksumSHA256><ChecksumType>COMPOSITE</ChecksumType>",
    "<ChecksumCRC32>abc=</ChecksumCRC32>",
  ]) func `A store that gives no checksum of the whole copy has said nothing`(_ sum: String) throws {
    #expect(try copy(Self.server(UploadServer.copied(sum))) == false)
  }

  /// The status was there before the store knew what would become of it.
  @Test(arguments: ["InternalError", "SlowDown", "ServiceUnavailable"])
  func `200 with an error body is an error, and is tried again where that may help`(_ code: String) throws {
    let server = try Self.server(UploadServer.error(code), UploadServer.reply("<CopyObjectResult><ETag>"))
    #expect(try copy(server))
    #expect(server.lines.count { $0 == "PUT /b/to" } == 3)
  }

  @Test(arguments: [
    (UploadServer.error("AccessDenied"), StoreError.denied("access denied (200 AccessDenied)")),
    (UploadServer.error("NoSuchKey"), .notFound(.object)),
    (UploadServer.error("PreconditionFailed"), .conditionFailed),
    (
      UploadServer.error("NotImplemented", status: 501),
      .unsupported("the store can't do this (501 NotImplemented)")
    ),
    (
      UploadServer.error("MethodNotAllowed", status: 405),
      .invalid("the store refuses the request (405 MethodNotAllowed)")
    ),
    // It has made an empty object.
    (
      UploadServer.reply("", "ETag: \"d41d8cd98f00b204e9800998ecf8427e\"\r\n"),
      .unsupported("the store copies no objects")
    ),
  ]) func `What a store does not copy is said`(_ answer: String, _ wanted: StoreError) throws {
    let server = try Self.server(answer, answer)
    #expect(error { try copy(server) } == wanted)
    #expect(server.lines.count { $0 == "PUT /b/to" } == 1)
  }

  @Test func `An answer that is no answer is none`() throws {
    for answer in [UploadServer.reply("<html></html>"), UploadServer.reply("copied", "ETag: \"e\"\r\n")] {
      let failure = error { try copy(Self.server(answer, answer)) }
      guard case .invalid = failure else {
        Issue.record("\(failure as Any)")
        continue
      }
    }
    let nothing = Array(repeating: UploadServer.reply(""), count: 1000)
    let server = try UploadServer { request, _ in Self.isCopy(request) ? .answer(nothing[0]) : nil }
    guard case .unavailable = error({ try copy(server) }) else {
      Issue.record("an empty answer is taken")
      return
    }
  }

  @Test func `A store that knows no checksums is asked without`() throws {
    let server = try UploadServer { request, _ in
      request.header("x-amz-checksum-algorithm") == nil
        ? nil : .answer(UploadServer.error("InvalidArgument", status: 400))
    }
    #expect(try copy(server) == false)
    #expect(server.object("to") == Self.bytes)
  }

  private static let inParts = {
    var sizes = S3Sizes()
    (sizes.copyWhole, sizes.part, sizes.parts) = (9, 4, 2)
    return sizes
  }()

  @Test func `What is too large for one request is copied in parts, and is read`() throws {
    let server = try UploadServer()
    #expect(try copy(server, sizes: Self.inParts) == false)
    #expect(server.object("to") == Self.bytes && server.unfinished == 0)
    let parts = server.log.requests.filter { $0.line.contains("partNumber") }
    let ranges = parts.compactMap { $0.header("x-amz-copy-source-range") }.sorted()
    #expect(ranges == ["bytes=0-3", "bytes=4-7", "bytes=8-9"])
    #expect(parts.allSatisfy { $0.header("x-amz-copy-source") == "b/from" && $0.body.isEmpty })
  }

  @Test(arguments: [
    (UploadServer.error("NotImplemented", status: 501), "the store can't do this (501 NotImplemented)"),
    (UploadServer.reply("", "ETag: \"e\"\r\n"), "the store copies no objects"),
    (UploadServer.reply("<CopyPartResult></CopyPartResult>"), "the store copied a part and gives no tag"),
    (UploadServer.error("PreconditionFailed", status: 412), "it was changed meanwhile"),
    (UploadServer.error("NoSuchKey", status: 404), "no such object"),
    (UploadServer.error("InternalError"), "the store can't answer now (200 InternalError)"),
  ]) func `A part that can't be copied ends the copy, and leaves none`(_ answer: String, _ reason: String)
    throws
  {
    let server = try UploadServer { request, _ in
      request.line.contains("partNumber=2&") ? .answer(answer) : nil
    }
    let failure = error { try copy(server, sizes: Self.inParts) }
    #expect(failure?.reason.hasPrefix(reason) == true, "\(failure as Any)")
    #expect(server.object("to") == nil && server.unfinished == 0)
  }

  @Test(arguments: Place.bucket) func `A real store copies in parts`(_ place: Place) throws {
    let (any, prefix) = try place.make()
    let store = try #require(any as? S3Store).with(MultipartTests.real)
    let bytes = ObjectServer.bytes(11 << 20)
    let (source, target) = (prefix + "ä b/1", prefix + "ö d?e/2")
    _ = try store.write(source, .bytes(bytes), if: .always)
    let info = try #require(try store.info(source))
    #expect(try store.copy(info, of: store, to: target, sha256: SHA256.hex(bytes)) == false)
    #expect(try store.read(target)?.bytes == bytes)
    #expect(try store.info(target)?.tag.hasSuffix("-3") == true)
    #expect(try store.unfinished(below: prefix) == [])
    let odd = ObjectInfo(key: "%", bytes: info.bytes, tag: info.tag, modified: 0)
    #expect(
      error { try store.copy(odd, of: store, to: target, sha256: Self.hash) }
        == .unsupported("an object with % in its name is not copied in parts"))
  }

  @Test func `Other stores' are not copied`() throws {
    let server = try UploadServer()
    let (one, other) = (try server.store(S3Sizes()), try server.store(S3Sizes()))
    let info = ObjectInfo(key: "from", bytes: 1, tag: "e", modified: 0)
    for store in [other, MemoryStore()] as [any ObjectStore] {
      #expect(
        error { try one.copy(info, of: store, to: "to", sha256: Self.hash) }
          == .unsupported("the two are not in one store"))
    }
    #expect(!server.lines.contains("PUT /b/to"))
  }
}
