package import Objects
internal import Threads

/// What kind of place it is, as far as its files tell.
package enum TableKind: Sendable {
  case plain
  /// There is a `_delta_log/`.
  case delta
  /// There is a `metadata/` with files that end in `.metadata.json`.
  case iceberg

  /// Asks for a table's own files, all beside each other: so it takes as long as one request. `denied` where it is not allowed
  /// to look for a Delta table's log.
  package static func find(
    _ store: any ObjectStore, _ key: Key, below places: [[UInt8]] = [[]]
  ) throws(StoreError) -> [TableKind] {
    // `00042-<UUID>.metadata.json`, among other files that begin with any letter, or `v42.metadata.json`.
    let names = ["_delta_log/", "metadata/", "metadata/v"]
    let roots = places.map { (key.bytes.asDirectory + $0).asDirectory }
    let count = roots.count * names.count
    let found = try parallelMap(count: count, threads: count) { index throws(StoreError) in
      let name = index % names.count
      do throws(StoreError) { return try first(store, roots[index / names.count] + names[name].utf8) } catch {
        // Who may not see Iceberg's metadata can't tell it from a directory of that name.
        if name > 0, case .denied = error { return [] }
        throw error
      }
    }
    return roots.enumerated().map { number, root in
      let objects = found[(number * names.count)...].prefix(names.count)
      if objects.first?.isEmpty == false { return .delta }
      let isIceberg = objects.dropFirst().joined().contains {
        $0.key.bytes.dropFirst(root.count + names[1].utf8.count).isIcebergMetadata
      }
      return isIceberg ? .iceberg : .plain
    }
  }

  private static func first(_ store: any ObjectStore, _ prefix: [UInt8]) throws(StoreError) -> [ObjectInfo] {
    do throws(StoreError) {
      return try store.list(ListRequest(prefix: Key(prefix), limit: 1000)).objects
    } catch {
      switch error {
      // The listing itself will say so.
      case .notFound: return []
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
