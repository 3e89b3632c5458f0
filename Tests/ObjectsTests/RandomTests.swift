import Bytes
import Failures
import Glibc
import Loopback
import Seeded
import Testing
import Threads

@testable import Objects

/// Objects that are read at any place, of every store. Not tested here: how few requests a reader of Parquet makes of it.
@Suite struct RandomTests {
  static let bytes = ObjectServer.bytes(200_000)

  @Test(arguments: Place.all) func `Any range is what lies there`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    let key = prefix + "random"
    let tag = try store.write(key, .bytes(Self.bytes), if: .always)
    for tag in [tag, nil] {
      let object = try store.openAnywhere(key, tag: tag)
      #expect(object.bytes == 200_000 && object.contents.count == 200_000)
      var random = SeededRandom(1)
      for _ in 0..<20 {
        let start = Int.random(in: 0...200_000, using: &random)
        let end = Int.random(in: start...min(200_000, start + 90_000), using: &random)
        #expect(try object.contents.bytes(start..<end) == Array(Self.bytes[start..<end]))
      }
      #expect(try object.contents.bytes(0..<200_000) == Self.bytes)
      #expect(object.error == nil)
    }
    #expect(try store.openAnywhere(key, tag: nil).tag == tag)
  }

  @Test(arguments: Place.all) func `Beyond the end there is nothing`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    for count in [0, 1, 10] {
      _ = try store.write(prefix + "small", .bytes(Array(Self.bytes[..<count])), if: .always)
      let object = try store.openAnywhere(prefix + "small", tag: nil)
      #expect(object.contents.count == count)
      #expect(try object.contents.bytes(0..<count) == Array(Self.bytes[..<count]))
      for range in [0..<count + 1, count..<count + 1, count + 1..<count + 1, .max - 1 ..< .max] {
        #expect(throws: Failure.self) { try object.contents.bytes(range) }
      }
      #expect(throws: Failure.self) { try object.contents.read(at: -1, into: .init(start: nil, count: 0)) }
    }
  }

  @Test(arguments: Place.all) func `Another version is refused, and one that comes meanwhile`(_ place: Place)
    throws
  {
    let (store, prefix) = try place.make()
    let key = prefix + "changing"
    #expect(error { try store.openAnywhere(prefix + "nothing", tag: nil) } == .notFound(.object))
    let first = try store.write(key, .bytes(Self.bytes), if: .always)
    let object = try store.openAnywhere(key, tag: first)
    #expect(try object.contents.bytes(0..<10) == Array(Self.bytes[..<10]))
    _ = try store.write(key, .bytes(Self.bytes.reversed()), if: .always)
    #expect(error { try store.openAnywhere(key, tag: first) } == .conditionFailed)
    // A file that is replaced, and one in memory, can still be read as they were.
    let bytes = try? object.contents.bytes(10..<20)
    #expect(bytes == Array(Self.bytes[10..<20]) || object.error == .conditionFailed)
    #expect((bytes == nil) == (store is S3Store))
  }

  @Test(arguments: Place.all) func `Several threads read at once`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    _ = try store.write(prefix + "shared", .bytes(Self.bytes), if: .always)
    let object = try store.openAnywhere(prefix + "shared", tag: nil)
    let right = parallelMap(count: 40, threads: 8) { index in
      let range = index * 5000..<(index + 1) * 5000
      return (try? object.contents.bytes(range)) == Array(Self.bytes[range])
    }
    #expect(right.allSatisfy { $0 })
  }

  @Test func `A local file that changes under its reader fails the next read`() throws {
    let root = try Place.temporaryDirectory()
    let local = LocalStore(root: root)
    _ = try local.write("a", .bytes(Self.bytes), if: .always)
    let object = try local.openAnywhere("a", tag: nil)
    let file = try #require(fopen(root + "/a", "r+"))
    fputs("x", file)
    fclose(file)
    #expect(throws: Failure.self) { try object.contents.bytes(0..<10) }
    #expect(object.error == .conditionFailed)
    #expect(truncate(root + "/a", 5) == 0)
    #expect(throws: Failure.self) { try object.contents.bytes(0..<10) }
  }

  // MARK: - A server that does as it likes

  @Test func `The end comes with the first request, and each range with one more`() throws {
    let server = try ObjectServer(Self.bytes)
    let object = try server.store().openAnywhere("k", tag: "e")
    _ = try object.contents.bytes(200_000 - 65_536..<200_000)
    #expect(server.log.requests.count == 1)
    #expect(try object.contents.bytes(130_000..<140_000) == Array(Self.bytes[130_000..<140_000]))
    #expect(server.log.requests.count == 2)
    // What overlaps the end asks only for what lies before it.
    #expect(server.log.requests.last?.byteRange == 130_000..<200_000 - 65_536)
    #expect(server.log.requests.allSatisfy { $0.header("if-match") == "\"e\"" })
  }

  @Test func `A small object is one request`() throws {
    let server = try ObjectServer([1, 2, 3])
    #expect(try server.store().openAnywhere("k", tag: nil).contents.bytes(1..<3) == [2, 3])
    #expect(server.log.requests.count == 1)
  }

  @Test func `A range that breaks goes on from where it broke`() throws {
    let server = try ObjectServer(Self.bytes) { request, _ in
      request.byteRange.flatMap { $0.lowerBound >= 100 && $0.count > 2000 ? .cut(after: 2000) : nil }
    }
    let object = try server.store().openAnywhere("k", tag: nil)
    #expect(try object.contents.bytes(100..<50_000) == Array(Self.bytes[100..<50_000]))
  }

  @Test(arguments: ["refused", "other", "resized", "gone", "down"])
  func `An object that is replaced between two ranges is never mixed`(_ how: String) throws {
    let server = try ObjectServer(Self.bytes) { request, _ in
      guard request.tail == nil else { return nil }
      switch how {
      case "refused": return .answer("HTTP/1.1 412 X\r\nContent-Length: 0\r\n\r\n")
      case "other": return .other(tag: "f")
      case "resized": return .resized
      case "down": return .answer("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n")
      default: return .answer("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
      }
    }
    let object = try server.store(patience: 0.1).openAnywhere("k", tag: "e")
    #expect(throws: Failure.self) { try object.contents.bytes(0..<1000) }
    switch how {
    case "gone": #expect(object.error == .notFound(.object))
    case "down": #expect(object.error?.exit == .tryAgain)
    default: #expect(object.error == .conditionFailed)
    }
  }

  @Test(arguments: [
    "bytes 0-2/4", "bytes 1-3/3", "bytes 0-2/*", "bytes 0-2/", "bytes 0-1/3", "0-2/3",
    "bytes 0-2/99999999999999999999",
  ])
  func `Another range than was asked for is refused`(_ range: String) throws {
    let server = try ObjectServer([1, 2, 3]) { _, _ in
      .answer("HTTP/1.1 206 X\r\nETag: \"e\"\r\nContent-Range: \(range)\r\nContent-Length: 3\r\n\r\nabc")
    }
    #expect(
      error { try server.store().openAnywhere("k", tag: nil) } == .invalid("the store gives another range"))
  }

  @Test func `A tag that the store does not heed is seen all the same`() throws {
    let server = try ObjectServer([1, 2, 3], tag: "f")
    #expect(error { try server.store().openAnywhere("k", tag: "e") } == .conditionFailed)
  }
}

extension RandomBytes {
  func bytes(_ range: Range<Int>) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(range.count, 1 << 20))
    try bytes.withUnsafeMutableBytes { try read(at: range.lowerBound, into: $0) }
    return bytes
  }
}
