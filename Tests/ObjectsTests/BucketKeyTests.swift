import Bytes
import Testing

@testable import Objects

/// Keys that a bucket may have and a directory can't: they lead to their objects, and nowhere else.
/// Not tested here: NUL and newline, which not every server takes (Tests/Pipes/45-secrets has them from a small one).
@Suite struct BucketKeyTests {
  private static let keys: [Key] = [
    "../up", "a/../b", "./x", "a//b", "/abs", "dir", "dir/", "dir/x", "..", "-",
  ]

  @Test(arguments: Place.bucket) func `Keys that are no paths come back as they were`(_ place: Place) throws {
    let (store, prefix) = try place.make()
    let longest = Key(repeatElement(UInt8(ascii: "k"), count: StoreKey.limit - prefix.bytes.count))
    let keys = (Self.keys + [longest]).map { prefix + $0 }
    for key in keys { try store.put(key, key.description) }
    #expect(try store.all(ListRequest(prefix: prefix, limit: 3)).objects.map(\.key) == keys.sorted())
    for key in keys {
      #expect(try store.read(key)?.bytes == Array(key.description.utf8), "\(key)")
      try store.remove(key)
    }
    #expect(error { try store.put(prefix + longest + "k") }?.exit == .badData)
  }

  @Test func `A directory takes none of them`() throws {
    let store = LocalStore(root: try Place.temporaryDirectory())
    for key in Self.keys where !["dir", "dir/x", "-"].contains(key) {
      #expect(error { try store.put(key) }?.exit == .badData, "\(key)")
    }
    for key in ["a\u{0}b", "\u{0}"] as [Key] {
      #expect(error { try store.put(key) }?.exit == .badData)
      #expect(error { try store.read(key) }?.exit == .badData)
    }
  }
}
