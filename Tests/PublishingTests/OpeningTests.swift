import Bytes
import Failures
import Foundation
import Objects
import Testing

@testable import Publishing

/// Opening what was published, and what was built.
///
/// Not tested here: what is inside a segment.
@Suite struct OpeningTests {
  static func open(_ text: String) throws -> OpenedIndex {
    try .open(try #require(Location(argument: text)), stores: Stores())
  }

  static func published() throws -> Workbench {
    let bench = try Workbench(.local)
    try bench.publish(try bench.build(["base"], at: minute(0)), after: .current, base: true)
    try bench.publish(try bench.build(["a", "b"], at: minute(5), from: minute(0), on: 1), after: .exactly(1))
    return bench
  }

  @Test func `a destination, a generation and a build open`() throws {
    let bench = try Self.published()
    let dest = bench.work + "/dest"
    let whole = try Self.open(dest)
    #expect(whole.generation == 2 && whole.layers.map(\.segments.count) == [1, 2])
    #expect(whole.layers[1].live.map { $0 != nil } == [false, true] && whole.damaged() == [])
    let older = try #require(try bench.destination.history().last)
    let one = try Self.open("\(dest)/generations/\(older.fileName)")
    #expect(one.generation == 1 && one.layers.count == 1)
    let built = try bench.build(["x"])
    let build = try Self.open(built.location.description)
    #expect(build.generation == nil && build.layers.count == 1 && build.damaged() == [])
  }

  @Test func `what was fetched is kept for a day, as long as it is asked for`() throws {
    let bench = try Workbench(.memory)
    try bench.publish(try bench.build(["a", "b"], at: minute(5)), after: .current)
    let cache = bench.work + "/cache"
    let kept = try FetchedFiles(in: cache)
    func open() throws -> OpenedIndex { try OpenedIndex.open(bench.destination, keeping: kept) }
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: cache).sorted() }
    func age(_ name: String, hours: Double) throws {
      let time = Date(timeIntervalSinceNow: -3600 * hours)
      try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: "\(cache)/\(name)")
    }
    let index = try #require(try bench.destination.current()?.generation.delta?.index)
    #expect(try open().damaged() == [])
    #expect(try names() == index.files.map(\.sha256).sorted())
    // They are the very files that the next one opens: the store has lost one meanwhile.
    let segment = index.segments[0]
    try bench.destination.place.store.remove(bench.destination.place.key("segments/" + segment.name))
    #expect(try open().damaged() == [])
    // Of another size it is none of ours; of those of another day only what is asked for, and what isn't ours, stays.
    try "x".write(toFile: "\(cache)/\(segment.sha256)", atomically: false, encoding: .utf8)
    #expect(failure { try open() }?.exit == .badData)
    let others = [String(repeating: "0", count: 64), ".tmp-dead", "notes"]
    for name in others { try "".write(toFile: "\(cache)/\(name)", atomically: false, encoding: .utf8) }
    for name in try names() { try age(name, hours: 25) }
    try age(others[0], hours: 23)
    try bench.publish(try bench.build(["a", "c"], at: minute(6)), after: .current) { $0.force = true }
    #expect(try open().damaged() == [])
    let left = try #require(try bench.destination.current()?.generation.delta?.index).files.map(\.sha256)
    #expect(try names() == (left + [others[0], "notes"]).sorted())
  }

  @Test func `what is fetched damaged is not kept`() throws {
    let bench = try Workbench(.memory)
    try bench.publish(try bench.build(["a"], at: minute(5)), after: .current)
    let segment = try #require(try bench.destination.current()?.generation.delta?.index.segments[0])
    let (cache, place) = (bench.work + "/cache", bench.destination.place)
    let damaged = Array("segment x".utf8)
    _ = try place.store.write(place.key("segments/" + segment.name), .bytes(damaged), if: .always)
    let kept = try FetchedFiles(in: cache)
    #expect(failure { try OpenedIndex.open(bench.destination, keeping: kept) }?.exit == .badData)
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache) == [])
  }

  @Test func `where there is no index, it is 66`() throws {
    let bench = try Workbench(.local)
    #expect(failure { try Self.open(bench.work + "/none") }?.exit == .noInput)
    #expect(failure { try Self.open(bench.work) }?.exit == .noInput)
    #expect(failure { try Self.open(bench.work + "/none.json") }?.exit == .noInput)
  }

  @Test func `a file of another size is 65 on opening, other bytes do not have the checksum`() throws {
    let bench = try Self.published()
    let segment = try #require(try bench.destination.current()?.generation.delta?.index.segments[1])
    let key = Key("segments/" + segment.name)
    let store = bench.destination.place.store
    _ = try store.write(key, .bytes(Array("segment x".utf8)), if: .always)
    #expect(try Self.open(bench.work + "/dest").damaged() == [segment.name])
    _ = try store.write(key, .bytes([1]), if: .always)
    #expect(failure { try Self.open(bench.work + "/dest") }?.exit == .badData)
    try store.remove(key)
    let missing = failure { try Self.open(bench.work + "/dest") }
    #expect(missing?.exit == .badData && missing?.message.contains("it is missing") == true)
    try store.remove(Key("generations/\(try #require(try bench.destination.current()).generation.fileName)"))
    #expect(failure { try Self.open(bench.work + "/dest") }?.message.contains("names generations/") == true)
  }

  @Test func `a reader whose files are collected meanwhile goes on with the next generation`() throws {
    let bench = try Self.published()
    let next = try bench.build(["c", "d"], at: minute(6), from: minute(0), on: 2)
    let name = Key("CURRENT")
    let inner = bench.destination.place.store
    // The pointer moves on, and the old files go, just behind the first look at it.
    struct Moving: ObjectStore {
      let inner: any ObjectStore
      let after: @Sendable () -> Void
      let name: Key
      func list(_ request: ListRequest) throws(StoreError) -> ListPage { try inner.list(request) }
      func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
        let object = try inner.open(key, tag: tag)
        if key == name { after() }
        return object
      }
      func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String
      {
        try inner.write(key, contents, if: condition)
      }
      func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try inner.info(key) }
      func remove(_ key: Key) throws(StoreError) { try inner.remove(key) }
      var requests: Int { 0 }
    }
    let once = FaultTests.Box(left: 1)
    let slow = bench.through { _ in
      Moving(
        inner: inner,
        after: {
          guard once.take() else { return }
          _ = try? bench.publish(next, after: .exactly(2))
          _ = try? bench.collect()
        }, name: name)
    }
    let opened = try OpenedIndex.open(slow.destination)
    #expect(opened.generation == 3 && opened.damaged() == [])
  }
}
