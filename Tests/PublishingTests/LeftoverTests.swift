import Failures
import Objects
import Synchronization
import Testing

@testable import Publishing

/// Uploads in parts that a killed writer left. Not tested here: how a store lists them (ObjectsTests).
@Suite struct LeftoverTests {
  /// Objects in memory, and uploads that have not ended.
  private final class UploadingStore: ObjectStore {
    let inner: any ObjectStore
    let uploads: [UnfinishedWrite]
    let refusal: StoreError?
    let abandoned = Abandoned()

    init(_ inner: any ObjectStore, _ uploads: [UnfinishedWrite], refusal: StoreError? = nil) {
      (self.inner, self.uploads, self.refusal) = (inner, uploads, refusal)
    }

    func unfinished(below prefix: Key) throws(StoreError) -> [UnfinishedWrite] {
      if let refusal { throw refusal }
      return uploads.filter { $0.key.bytes.starts(with: prefix.bytes) }
    }

    func abandon(_ write: UnfinishedWrite) throws(StoreError) { abandoned.ids.append(write.id) }
    func list(_ request: ListRequest) throws(StoreError) -> ListPage { try inner.list(request) }
    func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject { try inner.open(key, tag: tag) }
    func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
      try inner.write(key, contents, if: condition)
    }
    func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try inner.info(key) }
    func remove(_ key: Key) throws(StoreError) { try inner.remove(key) }
    var requests: Int { 0 }
  }

  private final class Abandoned: @unchecked Sendable { var ids: [String] = [] }

  /// A destination at generation 3, with these uploads; each begun at second 1000 but the young one.
  private func bench(refusal: StoreError? = nil) throws -> (Workbench, UploadingStore) {
    let plain = try Workbench(.memory)
    for number in 0..<3 {
      try plain.publish(try plain.build(["\(number)"], on: number), after: .exactly(number))
    }
    let names = [
      ("2-ab.seg", "old"), ("0-ab.live", "older"), ("3-ab.seg", "current"), ("12-ab.seg", "later"),
      ("2-cd.seg", "young"), ("x.seg", "strange"), ("2.seg", "bare"), ("-2-ab.seg", "minus"),
    ]
    var uploads = names.map { name, id in
      UnfinishedWrite(
        key: plain.destination.place.key("segments/" + name), id: id, begun: id == "young" ? 5000 : 1000)
    }
    uploads.append(UnfinishedWrite(key: plain.destination.place.key("2-ab.seg"), id: "outside", begun: 1000))
    let store = UploadingStore(plain.destination.place.store, uploads, refusal: refusal)
    return (plain.through { _ in store }, store)
  }

  @Test func `what can't be committed any more, and is old, is abandoned; nothing else`() throws {
    let (bench, store) = try bench()
    let garbage = Garbage(bench.destination, keep: 0, grace: 3600)
    #expect(try garbage.unfinished(now: 4599).isEmpty)
    let found = try garbage.unfinished(now: 4600)
    #expect(found.map(\.name) == ["segments/2-ab.seg", "segments/0-ab.live"])
    for (name, write) in found { try garbage.abandon(name, write) }
    #expect(store.abandoned.ids == ["old", "older"])
    #expect(try bench.contents()?.generation == 3)
  }

  /// Objects in memory; of a listing it gives these pages in turn, for ever.
  private final class EndlessStore: ObjectStore {
    let inner: any ObjectStore
    let pages: [ListPage]
    let count = Atomic(0)

    init(_ inner: any ObjectStore, _ pages: [(key: Key, next: String)]) {
      self.inner = inner
      self.pages = pages.map { key, next in
        var page = ListPage()
        if !key.bytes.isEmpty { page.objects = [ObjectInfo(key: key, bytes: 1, tag: "t", modified: 0)] }
        page.next = next
        return page
      }
    }

    func list(_ request: ListRequest) throws(StoreError) -> ListPage {
      let number = count.add(1, ordering: .relaxed).oldValue
      guard number < 100 else { throw .denied("asked for ever") }
      var page = pages[number % pages.count]
      // With one name it is the same page; without, each has another.
      if page.next == "" { page.next = String(number) }
      return page
    }

    func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject { try inner.open(key, tag: tag) }
    func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
      try inner.write(key, contents, if: condition)
    }
    func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try inner.info(key) }
    func remove(_ key: Key) throws(StoreError) { try inner.remove(key) }
    var requests: Int { 0 }
  }

  @Test(
    arguments: [[("a", "A"), ("b", "B")], [("", "A"), ("", "B")], [("a", "")], [("a", ""), ("", "")]]
      as [[(Key, String)]])
  func `a listing that never ends is given up`(_ pages: [(Key, String)]) throws {
    let plain = try Workbench(.memory)
    try plain.publish(try plain.build(["0"], on: 0), after: .exactly(0))
    let prefix = plain.destination.place.key("segments/")
    let full = pages.map { (key: $0.bytes.isEmpty ? $0 : prefix + $0, next: $1) }
    let bench = plain.through { EndlessStore($0, full) }
    let failure = #expect(throws: Failure.self) {
      try Garbage(bench.destination, keep: 0, grace: 0).find(now: 9999)
    }
    #expect(failure?.exit == .badData)
  }

  @Test func `where nothing was published, nothing is anybody's`() throws {
    let empty = try Workbench(.memory)
    let upload = UnfinishedWrite(key: empty.destination.place.key("segments/0-ab.seg"), id: "a", begun: 0)
    let bench = empty.through { UploadingStore($0, [upload]) }
    #expect(try Garbage(bench.destination, keep: 0, grace: 0).unfinished(now: 9999).isEmpty)
  }

  @Test func `a store that has no such list has none, and one that refuses it says so`() throws {
    let (none, _) = try bench(refusal: .unsupported("the store can't do this"))
    #expect(try Garbage(none.destination, keep: 0, grace: 0).unfinished(now: 9999).isEmpty)
    let (denied, _) = try bench(refusal: .denied("access denied (403 AccessDenied)"))
    let failure = #expect(throws: Failure.self) {
      try Garbage(denied.destination, keep: 0, grace: 0).unfinished(now: 9999)
    }
    #expect(failure?.exit == .permission)
  }
}
