import Bytes
import Loopback
import Testing
import Threads

@testable import Objects

/// Large objects, read by ranges ahead of the reader. Not tested here: how much faster that is, which is for measurements.
@Suite struct RangesTests {
  static let bytes = ObjectServer.bytes(100_000)
  static let sizes = {
    var sizes = S3Sizes()
    (sizes.readWhole, sizes.range, sizes.ahead) = (20_000, 10_000, 3)
    return sizes
  }()

  @Test(arguments: [13, 999, 10_000, 65_536]) func `A large object comes whole and in order`(_ chunk: Int)
    throws
  {
    let server = try ObjectServer(Self.bytes)
    let object = try server.store(Self.sizes).open("k", tag: "e")
    let (bytes, error) = object.drain(by: chunk)
    #expect(bytes == Self.bytes && error == nil)
    let requests = server.log.requests
    #expect(requests.allSatisfy { $0.header("if-match") == "\"e\"" })
    let ranges = requests.compactMap(\.byteRange).map(\.lowerBound).sorted()
    #expect(ranges == Array(stride(from: 10_000, to: 100_000, by: 10_000)))
    #expect(requests.count == 1 + ranges.count)
  }

  @Test func `A small object is one plain request`() throws {
    let server = try ObjectServer(Array(Self.bytes[..<20_000]))
    #expect(try server.store(Self.sizes).read("k")?.bytes.count == 20_000)
    #expect(server.log.requests.map { $0.byteRange } == [nil])
  }

  @Test func `A range that breaks goes on from where it broke`() throws {
    let server = try ObjectServer(Self.bytes) { request, _ in
      guard let range = request.byteRange, range.lowerBound % 10_000 == 0 else { return nil }
      return range.lowerBound % 20_000 == 0 ? .cut(after: 4000) : .cut(after: 0)
    }
    // A range that gives no byte is asked for in full again, and would be for ever.
    let failing = try server.store(Self.sizes, patience: 0.2).open("k", tag: nil).drain()
    #expect(failing.bytes == Array(Self.bytes[..<10_000]))
    #expect(failing.error?.exit == .tryAgain)
    let broken = try ObjectServer(Self.bytes) { request, _ in
      request.byteRange.flatMap { $0.count > 2000 ? .cut(after: 2000) : nil }
    }
    #expect(try broken.store(Self.sizes).open("k", tag: nil).drain() == (Self.bytes, nil))
    #expect(broken.log.requests.compactMap(\.byteRange).contains(32_000..<40_000))
  }

  @Test(arguments: ["refused", "other", "resized", "gone"])
  func `An object that is replaced between two ranges is never mixed`(_ how: String) throws {
    let server = try ObjectServer(Self.bytes) { request, _ in
      guard let range = request.byteRange, range.lowerBound >= 50_000 else { return nil }
      switch how {
      case "refused": return .answer("HTTP/1.1 412 X\r\nContent-Length: 0\r\n\r\n")
      case "other": return .other(tag: "f")
      case "resized": return .resized
      default: return .answer("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
      }
    }
    let object = try server.store(Self.sizes).open("k", tag: "e")
    let (bytes, error) = object.drain()
    #expect(bytes == Array(Self.bytes[..<50_000]))
    #expect(error == (how == "gone" ? .notFound(.object) : .conditionFailed))
    #expect(object.error == error)
    #expect(object.drain().error == error)
  }

  @Test func `A tag that the store does not heed is seen all the same`() throws {
    let server = try ObjectServer([1, 2, 3], tag: "f")
    #expect(error { try server.store().open("k", tag: "e") } == .conditionFailed)
  }

  @Test func `With no memory left the one answer goes on, and what was taken is given back`() throws {
    let server = try ObjectServer(Self.bytes)
    let access = try server.access()
    let store = try access.bucket("b").with(Self.sizes)
    let all = access.buffers.take(.max, of: 10_000)
    #expect(all == (64 << 20) / 10_000)
    #expect(try store.open("k", tag: nil).drain().bytes == Self.bytes)
    #expect(server.log.requests.count == 1)
    access.buffers.give(2, of: 10_000)
    #expect(try store.open("k", tag: nil).drain().bytes == Self.bytes)
    #expect(server.log.requests.count > 2)
    #expect(access.buffers.take(.max, of: 10_000) == 2)
    // There is some again in the middle of the object.
    let object = try store.open("k", tag: nil)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 15_000, alignment: 16)
    defer { chunk.deallocate() }
    var bytes: [UInt8] = []
    while bytes.count < 15_000 { bytes += chunk[..<(try object.read(into: chunk))] }
    access.buffers.give(2, of: 10_000)
    #expect(bytes + object.drain().bytes == Self.bytes)
  }

  @Test func `A single buffer is left to others`() throws {
    let server = try ObjectServer(Self.bytes)
    let access = try server.access()
    _ = access.buffers.take((64 << 20) / 10_000 - 1, of: 10_000)
    let object = try access.bucket("b").with(Self.sizes).open("k", tag: nil)
    #expect(object.drain().bytes == Self.bytes && server.log.requests.count == 1)
    #expect(access.buffers.take(.max, of: 10_000) == 1)
  }

  @Test func `What is tried again ahead of a failure ends with it`() throws {
    let server = try ObjectServer(Self.bytes) { request, _ in
      guard let first = request.byteRange?.lowerBound else { return nil }
      return .answer("HTTP/1.1 \(first == 10_000 ? 403 : 503) X\r\nContent-Length: 0\r\n\r\n")
    }
    let store = try server.access()
      .bucket("b", retries: Retries(patience: 60, base: 0.001)).with(Self.sizes)
    let start = ContinuousClock.now
    #expect(try store.open("k", tag: nil).drain().error?.exit == .permission)
    // It would be a minute.
    #expect(ContinuousClock.now - start < .seconds(15))
  }

  @Test func `What nobody reads to its end is given up, with its memory`() throws {
    let server = try ObjectServer(Self.bytes)
    let access = try server.access()
    let store = try access.bucket("b").with(Self.sizes)
    for _ in 0..<5 {
      let object = try store.open("k", tag: nil)
      let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 16)
      defer { chunk.deallocate() }
      for _ in 0..<15 { _ = try object.read(into: chunk) }
    }
    #expect(access.buffers.take(.max, of: 10_000) == (64 << 20) / 10_000)
  }

  @Test func `Many large objects at once share the memory there is`() throws {
    let server = try ObjectServer(Self.bytes)
    let access = try server.access()
    let store = try access.bucket("b").with(Self.sizes)
    _ = access.buffers.take((64 << 20) / 10_000 - 4, of: 10_000)
    let whole = parallelMap(count: 8, threads: 8) { _ in
      (try? store.open("k", tag: nil).drain().bytes) == Self.bytes
    }
    #expect(whole.allSatisfy { $0 })
    #expect(access.buffers.take(.max, of: 10_000) == 4)
  }

  @Test(arguments: Place.bucket) func `A real server gives the same`(_ place: Place) throws {
    let (any, prefix) = try place.make()
    let store = try #require(any as? S3Store).with(Self.sizes)
    let tag = try store.write(prefix + "ranges", .bytes(Self.bytes), if: .always)
    #expect(try store.open(prefix + "ranges", tag: tag).drain() == (Self.bytes, nil))
    let object = try store.open(prefix + "ranges", tag: tag)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 5000, alignment: 16)
    defer { chunk.deallocate() }
    _ = try object.read(into: chunk)
    _ = try store.write(prefix + "ranges", .bytes(Self.bytes.reversed()), if: .always)
    let (bytes, error) = object.drain()
    #expect(error == .conditionFailed)
    #expect(Self.bytes.dropFirst(5000).starts(with: bytes.prefix(5000)))
  }
}
