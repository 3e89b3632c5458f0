package import Failures
internal import Files

// What killed writers leave in a directory, whose store does not list its own temporary files.

extension StorePlace {
  package static func isLeftover(_ name: String) -> Bool {
    name.split(separator: "/").last?.hasPrefix(".tmp-") == true
  }

  /// Those that were not written to since that time (seconds since 1970), by their names here; none in a bucket. Of the directories
  /// each ends in `/`, or is the place itself: empty.
  package func leftovers(in directories: [String], upTo oldest: Int64) throws(Failure) -> [String] {
    guard case .local(let path) = location, let root = try Directory.existing(path) else { return [] }
    var found: [String] = []
    for name in directories {
      guard let directory = name.isEmpty ? root : try? root.existing(String(name.dropLast())) else {
        continue
      }
      for entry in try directory.names() where Self.isLeftover(entry) {
        guard let stamp = directory.stamp(entry), stamp.modified / 1_000_000_000 <= oldest else { continue }
        found.append(name + entry)
      }
    }
    return found
  }

  package func removeLeftover(_ name: String) throws(Failure) {
    guard case .local(let path) = location, let root = try Directory.existing(path) else { return }
    let parts = name.split(separator: "/")
    let directory = parts.count > 1 ? try root.existing(String(parts[0])) : root
    try directory.remove(String(parts.last ?? ""))
  }
}
