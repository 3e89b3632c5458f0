import Bytes
import Foundation
import Listing
import Objects
import Partitions
import Testing

/// Hostile keys through each store that this machine has: memory, a directory, and, where AWS_ENDPOINT_URL_S3 and
/// FRESHET_S3_BUCKET are set, a bucket. Not tested: stores that fail (Objects has that).
@Suite struct RealStoreTests {
  private static let names = [
    "a b", "100%", "%2e%2e", "a+b", "-rf", "ünï😀", "e\u{301}", "tab\tx", "sub/dir/x", "#end", "'\"`$(x)",
    "*?[", "a&b=c;d", " lead",
    "trail ", "~", "a\\b", "<x>&amp;",
  ]

  @Test(arguments: ["memory", "directory", "bucket"])
  func `Hostile keys are listed byte by byte`(kind: String) throws {
    guard let (store, place, key) = try Self.place(kind) else { return print("no bucket: S3 is not tested") }
    defer { Self.clear(store, place, key) }
    let directories = ["dt=2026-05-03/hour=23", "dt=2026-05-04/hour=00", "dt=2026-05-04/hour=01"]
    for directory in directories {
      for name in Self.names + ["_SUCCESS", ".crc"] {
        _ = try store.write(
          (key.bytes.isEmpty ? key : key + "/") + Key("\(directory)/\(name)"), .bytes(Array(name.utf8)),
          if: .always)
      }
    }
    let since = try Instant(parsing: "2026-05-03T23:00:00Z", now: Instant(seconds: 0))
    let listing = Listing(
      store, at: place, key: key, layout: try Layout("dt=%Y-%m-%d/hour=%H"),
      range: TimeRange(since: since, until: since + 7200))
    let expected = directories.dropLast().flatMap { directory in
      Self.names.map { place.appending("\(directory)/\($0)") }
    }
    for level in 0...2 {
      let lines = try Collected(listing, by: ListingPlan(flatFrom: level)).lines
      #expect(Set(lines.map(\.location)) == Set(expected) && lines.count == expected.count)
      #expect(lines.allSatisfy { Location($0.location.description) == $0.location })
    }
  }

  private static func clear(_ store: any ObjectStore, _ place: Location, _ key: Key) {
    for object in (try? store.list(ListRequest(prefix: key)).objects) ?? [] { try? store.remove(object.key) }
    if case .local(let path) = place {
      try? FileManager.default.removeItem(atPath: String(decoding: path, as: UTF8.self))
    }
  }

  private static func place(_ kind: String) throws -> (store: any ObjectStore, location: Location, key: Key)?
  {
    let random = String(UInt64.random(in: 0 ... .max), radix: 36)
    switch kind {
    case "memory": return (MemoryStore(), .s3(bucket: "b", key: Array("a d%s+".utf8)), "a d%s+")
    case "directory":
      let path = "/tmp/freshet-listing-\(random)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      return (LocalStore(root: path), .local(path: Array(path.utf8)), "")
    default:
      guard getenv("AWS_ENDPOINT_URL_S3") != nil, let bucket = getenv("FRESHET_S3_BUCKET") else { return nil }
      let location = Location.s3(
        bucket: String(cString: bucket), key: Array("listing-tests/\(random)/a d%s+".utf8))
      let (store, key) = try Stores().store(for: location)
      return (store, location, key)
    }
  }
}
