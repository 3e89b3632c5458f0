import Bytes
import Failures
import Objects
import Synchronization
import Testing

@testable import Publishing

/// Builds that lie in the store that they are published to. Not tested here: what a server answers (ObjectsTests' CopyTests),
/// a real server (Pipes/s3-copies).
struct CopyTests {
  /// A build of two segments in `state/` of the workbench's store, published from there through that store.
  private func publish(
    _ bench: Workbench, _ behaviour: CopyingStore.Behaviour,
    prepare: (any ObjectStore) throws -> Void = { _ in }
  ) throws -> CopyingStore {
    let built = try bench.build(["one", "two"], at: "2026-05-04T10:00:00Z")
    let inner = bench.destination.place.store
    for file in built.manifest.files {
      let bytes = try #require(try LocalStore(root: bench.work).read(Key("segments/" + file.name))).bytes
      _ = try inner.write(Key("state/" + file.name), .bytes(bytes), if: .always)
    }
    try prepare(inner)
    let store = CopyingStore(inner, behaviour)
    let moved = try BuiltIndex(
      built.location, manifest: built.manifest,
      files: .store(StorePlace(.s3(bucket: "memory", key: Array("state".utf8)), store: store, key: "state")),
      stores: Stores())
    let outcome = try bench.through { _ in store }.publish(moved, after: .current)
    guard case .published(_, let uploaded) = outcome else {
      throw Failure(.software, "nothing was published")
    }
    #expect(uploaded == 3)
    #expect(try bench.contents()?.layers == [["segment one", "segment two"]])
    return store
  }

  @Test func `are copied there, and not read`() throws {
    let store = try publish(Workbench(.memory), .copies)
    #expect(store.copied == 3 && store.fetched == [])
  }

  @Test func `are copied and read once where the store gives no checksum`() throws {
    let store = try publish(Workbench(.memory), .saysNothing)
    #expect(store.copied == 3 && store.fetched.count == 3)
    #expect(store.fetched.allSatisfy { $0.description.hasPrefix("index/segments/") })
  }

  @Test(arguments: [CopyingStore.Behaviour.emptiesAndSaysNothing, .cutsAndSaysNothing])
  func `are sent where the copy is another one`(_ behaviour: CopyingStore.Behaviour) throws {
    let store = try publish(Workbench(.memory), behaviour)
    #expect(store.copied == 3 && store.fetched.count { $0.description.hasPrefix("state/") } == 3)
  }

  /// Once is enough to know; what is under way meanwhile has asked, too.
  @Test(arguments: [
    StoreError.unsupported("no"), .denied("no"), .invalid("no"), .unavailable("not now"),
  ]) func `are sent where the store can't copy`(_ error: StoreError) throws {
    let store = try publish(Workbench(.memory), .fails(error))
    #expect((1...3).contains(store.asked) && store.copied == 0 && store.fetched.count == 3)
  }

  @Test(arguments: [StoreError.conditionFailed, .notFound(.object)])
  func `are sent where the one to copy was replaced`(_ error: StoreError) throws {
    let store = try publish(Workbench(.memory), .fails(error))
    #expect(store.asked == 3 && store.fetched.count == 3)
  }

  @Test(arguments: [CopyingStore.Behaviour.copies, .saysNothing, .fails(.unsupported("no"))])
  func `are refused where they are damaged or missing`(_ behaviour: CopyingStore.Behaviour) throws {
    for (damage, exit, reason) in [
      ([UInt8]("segment 0ne".utf8), Exit.badData, "its checksum does not fit"),
      (Array("segment".utf8), .badData, "it has 7 bytes, and 11 were written"),
      (nil, .noInput, "it is missing, and the index needs it"),
    ] {
      let bench = try Workbench(.memory)
      let failure = #expect(throws: Failure.self) {
        try publish(bench, behaviour) { store in
          let objects = try store.list(ListRequest(prefix: "state/")).objects
          let key = try #require(
            objects.map(\.key).first { try store.read($0)?.bytes == Array("segment one".utf8) })
          guard let damage else { return try store.remove(key) }
          _ = try store.write(key, .bytes(damage), if: .always)
        }
      }
      #expect(failure?.exit == exit && failure?.message.hasSuffix(reason) == true, "\(failure as Any)")
      #expect(failure?.message.contains("s3://memory/state/") == true)
      #expect(try bench.contents() == nil)
    }
  }
}

/// A store that copies, or does not, as it is told.
final class CopyingStore: ObjectStore {
  enum Behaviour: Sendable {
    case copies, saysNothing, emptiesAndSaysNothing, cutsAndSaysNothing
    case fails(StoreError)
  }

  private let inner: any ObjectStore
  private let behaviour: Behaviour
  private let counts = Mutex((asked: 0, copied: 0, fetched: [Key]()))

  init(_ inner: any ObjectStore, _ behaviour: Behaviour) { (self.inner, self.behaviour) = (inner, behaviour) }

  var asked: Int { counts.withLock { $0.asked } }
  var copied: Int { counts.withLock { $0.copied } }
  /// The segments and live files that were read.
  var fetched: [Key] { counts.withLock { $0.fetched } }

  func copy(_ source: ObjectInfo, of store: any ObjectStore, to key: Key, sha256: String) throws(StoreError)
    -> Bool
  {
    counts.withLock { $0.asked += 1 }
    guard let other = store as? CopyingStore else { throw .unsupported("the two are not in one store") }
    if case .fails(let error) = behaviour { throw error }
    switch behaviour {
    case .emptiesAndSaysNothing: _ = try inner.write(key, .bytes([]), if: .always)
    case .cutsAndSaysNothing:
      let bytes = try inner.read(source.key)?.bytes ?? []
      _ = try inner.write(key, .bytes(bytes.dropLast() + [0]), if: .always)
    case .saysNothing:
      let bytes = try inner.read(source.key)?.bytes ?? []
      _ = try inner.write(key, .bytes(bytes), if: .always)
    default: _ = try inner.copy(source, of: other.inner, to: key, sha256: sha256)
    }
    counts.withLock { $0.copied += 1 }
    if case .copies = behaviour { return true }
    return false
  }

  func open(_ key: Key, tag: String?) throws(StoreError) -> OpenObject {
    if key.bytes.suffix(4) == Array(".seg".utf8)[...] || key.bytes.suffix(5) == Array(".live".utf8)[...] {
      counts.withLock { $0.fetched.append(key) }
    }
    return try inner.open(key, tag: tag)
  }

  func write(_ key: Key, _ contents: Contents, if condition: WriteCondition) throws(StoreError) -> String {
    try inner.write(key, contents, if: condition)
  }

  var requests: Int { 0 }
  func list(_ request: ListRequest) throws(StoreError) -> ListPage { try inner.list(request) }
  func info(_ key: Key) throws(StoreError) -> ObjectInfo? { try inner.info(key) }
  func remove(_ key: Key) throws(StoreError) { try inner.remove(key) }
}
