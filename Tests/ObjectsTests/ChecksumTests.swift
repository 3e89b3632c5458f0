import Bytes
import Loopback
import Synchronization
import Testing

@testable import Objects

/// What a store says of an object's bytes is checked on the way to the reader. Not tested here: that AWS says it.
@Suite struct ChecksumTests {
  static let bytes = ObjectServer.bytes(50_000)
  static let kinds = Checksum.Kind.allCases.filter { $0 != .md5 }
  static let md5 = Hex.encode(Checksum.of(bytes, .md5))

  static func header(_ kind: Checksum.Kind, _ text: String? = nil, type: String? = "FULL_OBJECT") -> String {
    "x-amz-checksum-\(kind.rawValue): \(text ?? Base64.encode(Checksum.of(bytes, kind)))\r\n"
      + (type.map { "x-amz-checksum-type: \($0)\r\n" } ?? "")
  }

  @Test(arguments: kinds, [nil, "FULL_OBJECT", "full_object"])
  func `Bytes that fit their checksum come`(_ kind: Checksum.Kind, _ type: String?) throws {
    let server = try ObjectServer(Self.bytes, headers: Self.header(kind, type: type))
    #expect(try server.store().open("k", tag: nil).drain() == (Self.bytes, nil))
    #expect(server.log.requests.map { $0.header("x-amz-checksum-mode") } == ["ENABLED"])
  }

  @Test(arguments: kinds) func `Bytes that do not fit never come to their end`(_ kind: Checksum.Kind) throws {
    let server = try ObjectServer(Self.bytes, headers: Self.header(kind)) { _, _ in .flip }
    let (bytes, error) = try server.store().open("k", tag: nil).drain()
    #expect(bytes.count < Self.bytes.count)
    #expect(error == .unavailable("what came does not fit its checksum, \(kind.rawValue)"))
    #expect(server.log.requests.count == 1)
  }

  @Test(arguments: [header(.sha256, "AAAA-3"), header(.crc32, "AAAA", type: "COMPOSITE")])
  func `A checksum of checksums is not the object's`(_ headers: String) throws {
    let server = try ObjectServer(Self.bytes, headers: headers)
    #expect(try server.store().open("k", tag: nil).drain() == (Self.bytes, nil))
  }

  @Test func `An empty object is checked too`() throws {
    let good = try ObjectServer([], tag: "d41d8cd98f00b204e9800998ecf8427e")
    #expect(try good.store().open("k", tag: nil).drain() == ([], nil))
    let bad = try ObjectServer([], headers: Self.header(.crc32c))
    #expect(try bad.store().open("k", tag: nil).drain().error?.exit == .tryAgain)
  }

  @Test func `The cheapest checksum is taken, before the tag`() throws {
    let headers = Self.header(.sha256, "wrong") + Self.header(.crc32c)
    let server = try ObjectServer(Self.bytes, tag: String(repeating: "0", count: 32), headers: headers)
    #expect(try server.store().open("k", tag: nil).drain() == (Self.bytes, nil))
    #expect(server.log.requests.count == 1)
  }

  @Test func `A tag that is an MD5 finds a wrong bit`() throws {
    let server = try ObjectServer(Self.bytes, tag: Self.md5) { _, number in number == 0 ? .flip : nil }
    let store = try server.store()
    let (bytes, error) = try store.open("k", tag: nil).drain()
    #expect(bytes.count < Self.bytes.count)
    #expect(error == .unavailable("what came does not fit its tag, an MD5"))
    #expect(try store.open("k", tag: nil).drain() == (Self.bytes, nil))
    #expect(server.log.requests.count == 3)
  }

  @Test func `Where a tag has fitted, bytes that are wrong each time are damaged`() throws {
    let server = try ObjectServer(Self.bytes, tag: Self.md5) { _, number in number == 0 ? nil : .flip }
    let store = try server.store()
    #expect(try store.open("k", tag: nil).drain() == (Self.bytes, nil))
    for _ in 0..<2 {
      #expect(
        try store.open("k", tag: nil).drain().error == .unavailable("what came does not fit its tag, an MD5"))
    }
    #expect(server.log.requests.count == 3)
  }

  @Test func `Bytes that differ each time are an error`() throws {
    let server = try ObjectServer(Self.bytes, tag: String(repeating: "1", count: 32)) { _, number in
      number % 2 == 0 ? .flip : nil
    }
    #expect(try server.store().open("k", tag: nil).drain().error?.exit == .tryAgain)
  }

  @Test func `A tag that only looks like an MD5 is found out once`() throws {
    let server = try ObjectServer(Self.bytes, tag: String(repeating: "0", count: 32))
    let store = try server.store()
    for _ in 0..<3 { #expect(try store.open("k", tag: nil).drain() == (Self.bytes, nil)) }
    #expect(server.log.requests.map { $0.byteRange } == [nil, 0..<50_000, nil, nil])
  }

  @Test func `What is being read when tags are found out to be none comes whole`() throws {
    let server = try ObjectServer(Self.bytes, tag: String(repeating: "0", count: 32))
    let store = try server.store()
    let objects = try (0..<2).map { _ in try store.open("k", tag: nil) }
    for object in objects { #expect(object.drain() == (Self.bytes, nil)) }
    #expect(server.log.requests.count == 3)
  }

  @Test(arguments: [
    "x-amz-server-side-encryption: aws:kms\r\n", "x-amz-server-side-encryption: aws:kms:dsse\r\n",
    "x-amz-server-side-encryption-customer-algorithm: AES256\r\n",
  ]) func `The tag of what is encrypted by another key is no MD5`(_ headers: String) throws {
    let server = try ObjectServer(Self.bytes, tag: String(repeating: "0", count: 32), headers: headers)
    #expect(try server.store().open("k", tag: nil).drain() == (Self.bytes, nil))
    #expect(server.log.requests.count == 1)
  }

  @Test func `A store that can't be asked for checksums is asked without`() throws {
    let refusal = "<Error><Code>InvalidArgument</Code></Error>"
    let server = try ObjectServer(Self.bytes) { request, _ in
      request.header("x-amz-checksum-mode").map { _ in
        .answer("HTTP/1.1 400 X\r\nContent-Length: \(refusal.utf8.count)\r\n\r\n\(refusal)")
      }
    }
    let store = try server.store()
    for _ in 0..<2 { #expect(try store.open("k", tag: nil).drain() == (Self.bytes, nil)) }
    #expect(server.log.requests.map { $0.header("x-amz-checksum-mode") } == ["ENABLED", nil, nil])
  }

  @Test func `A large object is checked across its ranges`() throws {
    let good = try ObjectServer(RangesTests.bytes, tag: Hex.encode(Checksum.of(RangesTests.bytes, .md5)))
    #expect(try good.store(RangesTests.sizes).open("k", tag: nil).drain() == (RangesTests.bytes, nil))
    let headers = "x-amz-checksum-crc32c: \(Base64.encode(Checksum.of(RangesTests.bytes, .crc32c)))\r\n"
    let bad = try ObjectServer(RangesTests.bytes, headers: headers) { request, _ in
      request.byteRange?.lowerBound == 50_000 ? .flip : nil
    }
    #expect(try bad.store(RangesTests.sizes).open("k", tag: nil).drain().error?.exit == .tryAgain)
  }
}
