import Bytes
import Failures
import Objects
import Partitions
import Seeded
import Synchronization
import Testing

@testable import Watermarks

/// What watermarks in a bucket have of their own: the pieces of the log, what a person or a bad disk may do to the objects,
/// whether the store is fit for it, and what it costs. Not tested here: faults (ObjectFaultTests), real servers (StoreTests).
@Suite struct ObjectStoreTests {
  let scratch: Scratch
  let ads: WatermarkName

  init() throws {
    scratch = try Scratch()
    ads = try WatermarkName("ads")
  }

  private func keys(_ prefix: Key) throws -> [String] {
    try scratch.objects.list(ListRequest(prefix: prefix)).objects.map(\.key.description)
  }

  private func text(_ key: Key) throws -> String {
    String(decoding: try #require(try scratch.objects.read(key)).bytes, as: UTF8.self)
  }

  private func set(_ count: Int, from start: Int = 0) throws {
    let store = scratch.objectStore()
    for n in start..<start + count {
      _ = try store.set(ads, to: position(Int64(n % 50), n), signed(why: "\(n)"))
    }
  }

  @Test func `the log is whole however long it is, in pieces that are never written again`() throws {
    var pieces: Set<String> = []
    for n in 0..<100 {
      try set(1, from: n)
      let now = Set(try keys("wm/log/"))
      #expect(now.isSuperset(of: pieces) && now.count == max(0, (n + 1 - 17) / 16))
      pieces = now
    }
    let store = scratch.objectStore()
    for limit in [0, 1, 20, 21, 36, 37, 99, 100, 101, nil] {
      let expected = Array((0..<100).reversed().map(String.init).prefix(limit ?? 100))
      #expect(try store.moves(of: ads, limit: limit).map { $0.signature.why } == expected)
    }
  }

  @Test func `a rewind finds what it goes back to, wherever it is, and again`() throws {
    let store = scratch.objectStore()
    for n in 0..<3 { _ = try store.set(ads, to: position(Int64(n), n), signed()) }
    for n in 3..<120 { _ = try store.advance(ads, by: published(2, n), signed()) }
    #expect(try store.rewind(ads, signed()).standing == position(1, 119))
    #expect(try store.rewind(ads, signed()).standing == position(0, 119))
    #expect(throws: Failure.self) { try store.rewind(ads, signed()) }
  }

  @Test func `an advance is two requests, and reading one`() throws {
    try set(3)
    let spy = UnsteadyStore(scratch.objects)
    let store = scratch.objectStore(through: spy)
    func cost(_ body: () throws -> Void) throws -> [String] {
      let before = spy.seen.count
      try body()
      return spy.seen.dropFirst(before).map { "\($0.writes ? "PUT" : "GET") \($0.key)" }
    }
    let file = "wm/watermarks/ads.json"
    #expect(
      try cost { _ = try store.advance(ads, by: published(5, 30), signed()) } == [
        "GET \(file)", "PUT \(file)",
      ])
    #expect(try cost { _ = try store.advance(ads, by: published(5, 30), signed()) } == ["GET \(file)"])
    #expect(try cost { _ = try store.watermark(ads) } == ["GET \(file)"])
    #expect(try cost { _ = try store.moves(of: ads, limit: 3) } == ["GET \(file)"])
    let other = try WatermarkName("other")
    #expect(
      try cost { _ = try store.advance(other, by: published(5, 30), signed()) } == [
        "GET wm/watermarks/other.json", "GET wm/store.json", "GET wm/log/other/",
        "PUT wm/watermarks/other.json",
      ])
  }

  @Test func `an object that a person deleted is made anew, behind what is left of its log`() throws {
    try set(40)
    try scratch.objects.remove("wm/watermarks/ads.json")
    let store = scratch.objectStore()
    #expect(try store.watermark(ads) == nil)
    #expect(try store.moves(of: ads, limit: nil).count == 16)
    _ = try store.advance(ads, by: published(5, 3), signed())
    #expect(try store.moves(of: ads, limit: nil).map(\.sequence) == Array((1...17).reversed()))
    try set(60)
    #expect(try store.moves(of: ads, limit: nil).count == 77)
  }

  @Test func `an older version that a person put back is gone on from`() throws {
    try set(20)
    let old = try #require(try scratch.objects.read("wm/watermarks/ads.json")).bytes
    try set(30, from: 20)
    _ = try scratch.objects.write("wm/watermarks/ads.json", .bytes(old), if: .always)
    try set(60, from: 100)
    let kept = try scratch.objectStore().moves(of: ads, limit: nil).reversed().map { $0.signature.why ?? "" }
    #expect(kept == (Array(0..<20) + Array(100..<160)).map { String($0) })
  }

  @Test func `one that is deleted while it is changed is an error`() throws {
    try set(3)
    let objects = scratch.objects
    let store = UnsteadyStore(objects) { request in
      if request.writes { try? objects.remove(request.key) }
      return nil
    }
    let failure = #expect(throws: Failure.self) {
      try scratch.objectStore(through: store).set(ads, to: position(5, 5), signed())
    }
    #expect(failure?.exit == .badData)
  }

  @Test func `a piece that is missing, or another, is named, and what is newer can be read`() throws {
    try set(60)
    let pieces = try keys("wm/log/").map { Key($0) }
    let store = scratch.objectStore()
    for change in [nil, pieces[1]] {
      let whole = try #require(try scratch.objects.read(pieces[0])).bytes
      if let change {
        let other = try #require(try scratch.objects.read(change)).bytes
        _ = try scratch.objects.write(pieces[0], .bytes(other), if: .always)
      } else {
        try scratch.objects.remove(pieces[0])
      }
      let failure = #expect(throws: Failure.self) { try store.moves(of: ads, limit: nil) }
      #expect(failure?.exit == .badData && failure?.message.contains("\(pieces[0])") == true)
      #expect(try store.moves(of: ads, limit: 20).count == 20)
      try set(1, from: 60)
      _ = try scratch.objects.write(pieces[0], .bytes(whole), if: .always)
    }
  }

  /// Every bit of each object, and every length.
  @Test(arguments: ["wm/watermarks/ads.json", "wm/leases/ads.json", "wm/store.json"] as [Key])
  func `a damaged object is told from a whole one, and what to do is said`(_ key: Key) throws {
    let store = scratch.objectStore()
    try set(1)
    _ = try store.take(ads, holder: "a", length: 1, now: at(0))
    let whole = try #require(try scratch.objects.read(key)).bytes
    func isRefused(_ bytes: [UInt8]) throws -> Bool {
      _ = try scratch.objects.write(key, .bytes(bytes), if: .always)
      let failure = failure {
        _ = try store.watermark(ads)
        _ = try store.lease(ads)
        if key == "wm/store.json" { _ = try store.set(WatermarkName("new"), to: position(1, 1), signed()) }
      }
      guard let failure else { return false }
      return failure.exit == .badData && failure.message.contains("\(key)")
        && failure.message.contains("delete it")
    }
    for length in 0..<whole.count { #expect(try isRefused(Array(whole.prefix(length))), "length \(length)") }
    let step = Sample.rounds(quick: 23, full: 7, long: 1)
    for bit in stride(from: 0, to: whole.count * 8, by: step) {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(try isRefused(bytes), "bit \(bit)")
    }
    #expect(try !isRefused(whole))
  }

  /// What a hostile writer could put there, checksum and all: an error or an answer, never a crash.
  @Test func `hostile content is an error`() throws {
    try set(40)
    let store = scratch.objectStore()
    _ = try store.take(ads, holder: "a", length: 1, now: at(0))
    var random = SeededRandom(5)
    let bad = [
      "null", "0", "-1", "1e400", "9223372036854775807", "9007199254740992", "\"\"", "\"x\"", "[]", "{}",
      "true", "\"2026-05-04T10:00:00Z@99999999999999999999\"", "\"1-9223372036854775807-\"", "[[[[",
      "\"9007199254740991-9007199254740991-00000000000000000000000000000000.json\"",
    ]
    for key in ["wm/watermarks/ads.json", "wm/leases/ads.json"] + (try keys("wm/log/").map { Key($0) }) {
      let whole = try #require(try scratch.objects.read(key)).bytes
      for _ in 0..<Sample.rounds(quick: 20, full: 300, long: 30_000) {
        _ = try scratch.objects.write(key, .bytes(mutated(whole, bad, &random)), if: .always)
        for work in [
          { _ = try store.moves(of: ads, limit: nil) }, { _ = try store.rewind(ads, signed()) },
          { _ = try store.watermarks(below: "", unmoved: nil) },
          { _ = try store.take(ads, holder: "b", length: 1, now: at(0)) },
        ] as [() throws -> Void] { try? work() }
      }
      _ = try scratch.objects.write(key, .bytes(whole), if: .always)
    }
  }

  /// One value after a `:` replaced, or a line dropped or doubled; sealed anew.
  private func mutated(_ whole: [UInt8], _ bad: [String], _ random: inout SeededRandom) -> [UInt8] {
    var lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").dropLast().map(String.init)
    let line = Int(random.next() % UInt64(lines.count))
    switch random.next() % 8 {
    case 0: lines.remove(at: line)
    case 1: lines.append(lines[line])
    default:
      var parts = lines[line].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let part = Int(random.next() % UInt64(parts.count))
      let name = parts[part].prefix { $0 != ":" }
      parts[part] = name + ":" + bad[Int(random.next() % UInt64(bad.count))]
      lines[line] = parts.joined(separator: ",")
    }
    let body = Array(lines.map { $0 + "\n" }.joined().utf8)
    return body + Array("{\"checksum\":\"\(SHA256.hex(body))\"}\n".utf8)
  }

  @Test func `a newer format is refused with both numbers`() throws {
    try set(1)
    let body = Array("{\"format\":2,\"name\":\"ads\"}\n".utf8)
    _ = try scratch.objects.write(
      "wm/watermarks/ads.json",
      .bytes(body + Array("{\"checksum\":\"\(SHA256.hex(body))\"}\n".utf8)), if: .always)
    let failure = #expect(throws: Failure.self) { try scratch.objectStore().watermark(ads) }
    #expect(failure?.message.hasSuffix("its format is 2, and this version of freshet reads 1") == true)
  }

  @Test func `a store that does not keep its conditions is refused, and a person's word is kept`() throws {
    let liar = UnsteadyStore(scratch.objects) { $0.writes ? .ignoreCondition : nil }
    let notes = Mutex<[String]>([])
    func store(unsafe: Bool) -> ObjectWatermarkStore {
      ObjectWatermarkStore(
        .s3(bucket: "liar", key: []), store: liar, key: "wm", unsafeSingleWriter: unsafe,
        note: { note in notes.withLock { $0.append(note) } })
    }
    func refused(_ reason: String, _ body: () throws -> Void) {
      let failure = #expect(throws: Failure.self) { try body() }
      #expect(failure?.exit == .configuration && failure?.message.contains(reason) == true)
    }
    refused("(see --unsafe-single-writer)") {
      _ = try store(unsafe: false).set(ads, to: position(1, 1), signed())
    }
    refused("(see --unsafe-single-writer)") {
      _ = try store(unsafe: false).take(ads, holder: "a", length: 1, now: at(0))
    }
    #expect(try keys("wm/watermarks/").isEmpty && keys("wm/store.json").isEmpty)
    _ = try store(unsafe: true).set(ads, to: position(1, 1), signed())
    _ = try store(unsafe: true).set(ads, to: position(2, 2), signed())
    #expect(notes.withLock { $0.count } == 1)
    let other = try WatermarkName("other")
    for name in [ads, other] {
      refused("begun with --unsafe-single-writer") {
        _ = try store(unsafe: false).set(name, to: position(1, 1), signed())
      }
    }
    refused("begun with --unsafe-single-writer") { try store(unsafe: false).markIdle(ads, at: at(50)) }
    #expect(try store(unsafe: false).watermark(ads)?.generation == 2)
    #expect(try store(unsafe: false).moves(of: ads, limit: nil).count == 2)
  }

  /// Whatever the store does: nobody was asked to keep two from it.
  @Test func `a store with one writer has no leases, and is not begun by one that is refused`() throws {
    func store(unsafe: Bool) -> ObjectWatermarkStore {
      ObjectWatermarkStore(
        .s3(bucket: "b", key: []), store: scratch.objects, key: "wm", unsafeSingleWriter: unsafe)
    }
    func refused(unsafe: Bool) throws {
      let failure = #expect(throws: Failure.self) {
        try store(unsafe: unsafe).take(ads, holder: "a", length: 1, now: at(0))
      }
      #expect(failure?.exit == .configuration)
      #expect(failure?.message.contains("two could hold one at once") == true)
      #expect(try keys("wm/leases/").isEmpty)
    }
    try refused(unsafe: true)
    #expect(try keys("wm/").isEmpty)
    _ = try store(unsafe: true).set(ads, to: position(1, 1), signed())
    for unsafe in [true, false] { try refused(unsafe: unsafe) }
    // One that keeps its conditions, and was asked, keeps them whatever is said now.
    for key in try keys("wm/") { try scratch.objects.remove(Key(key)) }
    _ = try store(unsafe: false).set(ads, to: position(1, 1), signed())
    guard case .taken = try store(unsafe: true).take(ads, holder: "a", length: 1, now: at(0)) else {
      Issue.record("the first lease is held")
      return
    }
  }

  @Test func `foreign objects beside the watermarks are left alone`() throws {
    try set(1)
    for key in ["wm/watermarks/", "wm/watermarks/x", "wm/watermarks/-x.json", "wm/watermarks/a b.json"]
      as [Key]
    {
      _ = try scratch.objects.write(key, .bytes([1]), if: .always)
    }
    #expect(try scratch.objectStore().watermarks(below: "", unmoved: nil).map(\.name) == [ads])
    _ = try scratch.objects.write(
      "wm/watermarks/b.json", .bytes(try #require(try scratch.objects.read("wm/watermarks/ads.json")).bytes),
      if: .always)
    let failure = #expect(throws: Failure.self) {
      try scratch.objectStore().watermarks(below: "", unmoved: nil)
    }
    #expect(failure?.message.contains("it is that of ads") == true)
  }
}
