package import Objects
internal import Threads

/// What kind of place it is, as far as its files tell.
package enum TableKind: Sendable {
  case plain
  /// There is a `_delta_log/`.
  case delta
  /// There is a `metadata/` with files that end in `.metadata.json`.
  case iceberg

  /// Asks for a table's own files, all beside each other: so it takes as long as one request.
  package static func find(_ store: any ObjectStore, _ key: Key) throws(StoreError) -> TableKind {
    let root = key.bytes.asDirectory
    // `00042-<UUID>.metadata.json`, among other files that begin with any letter, or `v42.metadata.json`.
    let places = ["_delta_log/", "metadata/", "metadata/v"]
    let found = try parallelMap(count: places.count, threads: places.count) { index throws(StoreError) in
      try first(store, root + places[index].utf8)
    }
    if !found[0].isEmpty { return .delta }
    let isIceberg = (found[1] + found[2]).contains {
      $0.key.bytes.dropFirst(root.count + places[1].utf8.count).isIcebergMetadata
    }
    return isIceberg ? .iceberg : .plain
  }

  private static func first(_ store: any ObjectStore, _ prefix: [UInt8]) throws(StoreError) -> [ObjectInfo] {
    do throws(StoreError) {
      return try store.list(ListRequest(prefix: Key(prefix), limit: 1000)).objects
    } catch {
      switch error {
      // The listing itself will say so; who may not look there has no table there.
      case .notFound, .denied: return []
      default: throw error
      }
    }
  }
}

extension ArraySlice<UInt8> {
  fileprivate var isIcebergMetadata: Bool {
    !contains(UInt8(ascii: "/")) && suffix(14).elementsEqual(".metadata.json".utf8)
  }
}
