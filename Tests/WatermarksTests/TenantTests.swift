import Failures
import Objects
import Partitions
import Seeded
import Testing
import Threads
import Watermarks

/// Many names in one store. Not tested here: how long it takes (bench), real clocks that differ.
@Suite struct TenantTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(arguments: StoreKind.allCases)
  func `ten thousand tenants are listed by prefix and by when they last moved`(_ kind: StoreKind) throws {
    let count = Sample.rounds(quick: 200, full: kind == .s3 ? 200 : 1000, long: 10_000)
    let store = try kind.open(scratch)
    let scratch = scratch
    let names = try (0..<count).map { try WatermarkName("tenant-\($0)/pipeline") }
    // Every tenth has not moved since 10:01; every hundredth of these was then found idle.
    let threads = kind == .sqlite ? 1 : 8
    _ = try parallelMap(count: threads, threads: threads) { (thread) throws -> Int in
      let store = try kind.open(scratch)
      for n in stride(from: thread, to: count, by: threads) {
        _ = try store.advance(names[n], by: published(5, 3), signed(n % 10 == 0 ? 1 : 30))
        if n % 100 == 0 { try store.markIdle(names[n], at: at(35)) }
      }
      return thread
    }
    #expect(try store.watermarks(below: "", unmoved: nil).map(\.name) == names.sorted())
    for prefix in [
      "tenant-7/", "tenant-77", "tenant-", "tenant-77/pipeline", "tenant-77/pipeline/", "T", "x%",
    ] {
      let expected = names.filter { $0.text.hasPrefix(prefix) }.sorted()
      #expect(try store.watermarks(below: prefix, unmoved: nil).map(\.name) == expected, "\(prefix)")
    }
    let stale = try store.watermarks(below: "tenant-", unmoved: Recently(since: at(2), now: at(120)))
    #expect(stale.map(\.name) == names.indices.filter { $0 % 10 == 0 }.map { names[$0] }.sorted())
    #expect(stale.count { $0.idle == at(35) } == count / 100)
    #expect(try store.watermarks(below: "", unmoved: Recently(since: at(1), now: at(120))).isEmpty)
  }

  /// A store whose listings tell times of this day, and whose clock is 12:00 of it.
  @Test func `what the listing says has moved is not asked for, and what was found idle is`() throws {
    let store = scratch.objectStore()
    for (name, minute) in [("old", 0), ("new", 50), ("idle", 0), ("idle-then-moved", 50)] {
      _ = try store.advance(try WatermarkName(name), by: published(5, 3), signed(Int64(minute)))
    }
    try store.markIdle(try WatermarkName("idle"), at: at(55))
    let times = [
      "watermarks/old": 0, "watermarks/new": 50, "watermarks/idle": 55, "idle/idle": 55,
      "watermarks/idle-then-moved": 50, "idle/idle-then-moved": 10,
    ]
    let dated = DatedStore(scratch.objects, now: at(120)) { key in
      at(Int64(times[key.description.replacing("wm/", with: "").replacing(".json", with: "")] ?? 0))
    }
    let spy = UnsteadyStore(dated)
    let found = try scratch.objectStore(through: spy).watermarks(
      below: "", unmoved: Recently(since: at(30), now: at(120)))
    #expect(found.map(\.name.text) == ["idle", "old"])
    #expect(
      Set(spy.seen.map(\.key.description)) == [
        "", "wm/idle/", "wm/watermarks/", "wm/watermarks/old.json", "wm/watermarks/idle.json",
      ])
  }

  /// Idle is written before the watermark, and so must be read after it.
  @Test func `what is found idle while it is listed is not taken for moved`() throws {
    let (plain, ads) = (scratch.objectStore(), try WatermarkName("ads"))
    _ = try plain.advance(ads, by: published(5, 3), signed(0))
    let dated = DatedStore(scratch.objects, now: at(120)) { _ in at(119) }
    let spy = UnsteadyStore(dated) { [scratch] request in
      if request.key == "wm/watermarks/" { try? scratch.objectStore().markIdle(ads, at: at(119)) }
      return nil
    }
    let recently = Recently(since: at(30), now: at(120))
    let found = try scratch.objectStore(through: spy).watermarks(below: "", unmoved: recently)
    #expect(found.map(\.name) == [ads] && found.first?.idle == at(119))
  }
}

/// A store whose clock and listings tell what they are told to.
private struct DatedStore: ObjectStore {
  let inner: any ObjectStore
  let clock: Instant
  let modified: @Sendable (Key) -> Instant

  init(_ inner: any ObjectStore, now: Instant, modified: @escaping @Sendable (Key) -> Instant) {
    (self.inner, clock, self.modified) = (inner, now, modified)
  }

  func list(_ request: ListRequest) throws(StoreError) -> ListPage {
    var page = try inner.list(request)
    page.objects = page.objects.map {
      ObjectInfo(key: $0.key, bytes: $0.bytes, tag: $0.tag, modified: modified($0.key).seconds)
    }
    return page
  }

  func now() throws(StoreError) -> Int64 { clock.seconds * 1000 }
  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject { try inner.open(key, tag: tag) }
  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
    try inner.write(key, contents, if: condition)
  }
  func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try inner.info(key) }
  func remove(_ key: Key) throws(StoreError) { try inner.remove(key) }
  var requests: Int { 0 }
}
