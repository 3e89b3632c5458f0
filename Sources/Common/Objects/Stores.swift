package import Bytes
package import Failures

/// The store that a location belongs to, and the location's key in it.
package struct Stores: Sendable {
  package init() {}

  /// For a local path, the store's root is the directory itself and the key is empty; for `s3://bucket/key` the root
  /// is the bucket. Nothing is asked of the store yet; 78 or 77 where there are no credentials.
  package func store(for location: Location) throws(Failure) -> (store: any ObjectStore, key: Key) {
    throw Failure(.software, "not built yet")
  }

  /// One object by its location, wherever it is.
  package func object(_ location: Location) throws(Failure) -> (store: any ObjectStore, key: Key) {
    throw Failure(.software, "not built yet")
  }
}
