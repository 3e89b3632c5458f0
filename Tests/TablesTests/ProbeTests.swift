import Objects
import Testing

@testable import Tables

@Suite struct ProbeTests {
  static let places: [([String], TableKind)] = [
    ([], .plain), (["t/dt=2026-05-04/a"], .plain), (["t/_delta_log/00000000000000000000.json"], .delta),
    (["t/_delta_log/_last_checkpoint"], .delta), (["t2/_delta_log/x"], .plain),
    (["t/metadata/00000-5f8b.metadata.json"], .iceberg), (["t/metadata/v3.metadata.json"], .iceberg),
    (["t/metadata/snap-1.avro"], .plain), (["t/metadata/x/v3.metadata.json"], .plain),
    (["t/metadata/x", "t/metadata.json"], .plain),
    (["t/metadata/v1.metadata.json", "t/_delta_log/00000000000000000000.json"], .delta),
    ((0..<1500).map { "t/metadata/\($0 + 10_000)-m0.avro" } + ["t/metadata/v3.metadata.json"], .iceberg),
  ]

  @Test(arguments: places.indices) func `A place is known by its files`(_ index: Int) throws {
    let (keys, kind) = Self.places[index]
    let store = MemoryStore()
    for key in keys { _ = try store.write(Key(key), .bytes([1]), if: .always) }
    #expect(try TableKind.find(store, "t") == [kind])
    #expect(try TableKind.find(store, "t/") == [kind])
    #expect(try TableKind.find(store, "u") == [.plain])
  }

  @Test func `It costs three requests`() throws {
    let store = CountingStore()
    _ = try TableKind.find(store, "t")
    #expect(store.calls.count == 3)
  }

  @Test func `Several places are looked at beside each other`() throws {
    let store = MemoryStore()
    _ = try store.write(Key("lake/sales/_delta_log/00000000000000000000.json"), .bytes([1]), if: .always)
    #expect(try TableKind.find(store, "lake", below: [[], Array("sales".utf8)]) == [.plain, .delta])
  }

  @Test func `Who may not look for a log is told so, and who may not look for Iceberg's files is not`() throws
  {
    let store = CountingStore()
    store.denied = "t/_delta_log/"
    #expect(throws: StoreError.denied("no")) { try TableKind.find(store, "t") }
    store.denied = "t/metadata/"
    #expect(try TableKind.find(store, "t") == [.plain])
  }
}
