package import Bytes
package import Failures

/// The store that a location belongs to, and the location's key in it.
package struct Stores: Sendable {
  package init() {}

  /// For a local path, the store's root is the directory itself and the key is empty; for `s3://bucket/key` the root
  /// is the bucket. Nothing is asked of the store yet; 78 or 77 where there are no credentials.
  package func store(for location: Location) throws(Failure) -> (store: any ObjectStore, key: Key) {
    switch location {
    case .local(let path): (LocalStore(root: path), Key([]))
    case .s3(let bucket, let key): (try bucketStore(bucket), Key(key))
    }
  }

  /// One object by its location, wherever it is. A local path is split at its last `/`: what a person wrote before it
  /// is the root, wherever that leads.
  package func object(_ location: Location) throws(Failure) -> (store: any ObjectStore, key: Key) {
    switch location {
    case .local(let path):
      let name = path.suffix(while: { $0 != UInt8(ascii: "/") })
      guard !name.isEmpty else {
        throw Failure(.noInput, cannot: "open", location.description, because: "it is a directory")
      }
      let root = name.startIndex == 0 ? Array(".".utf8) : Array(path[..<name.startIndex])
      return (LocalStore(root: root), Key(name))
    case .s3(let bucket, let key):
      guard !key.isEmpty, key.last != UInt8(ascii: "/") else {
        throw Failure(.noInput, cannot: "open", location.description, because: "it is no object")
      }
      return (try bucketStore(bucket), Key(key))
    }
  }

  private func bucketStore(_ name: String) throws(Failure) -> any ObjectStore {
    throw Failure(.software, "not built yet")
  }
}

extension Array {
  /// The longest end of the array of which every element satisfies the condition.
  fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice<Element> {
    self[(lastIndex { !condition($0) }.map { $0 + 1 } ?? 0)...]
  }
}
