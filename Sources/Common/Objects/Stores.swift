package import Bytes
package import Failures
internal import Synchronization

/// The store that a location belongs to, and the location's key in it. Copies share connections and credentials, which
/// are looked for when the first bucket is named.
package struct Stores: Sendable {
  /// What was asked of buckets so far; a directory needs no requests.
  package let traffic = Traffic()
  package let settings: StoreSettings
  private let buckets: Buckets

  /// `environment` takes the place of the process's own.
  package init(
    _ settings: StoreSettings = StoreSettings(), environment: (@Sendable (String) -> String?)? = nil
  ) {
    self.settings = settings
    buckets = Buckets(settings, traffic, environment ?? S3Access.environment)
  }

  /// For a local path, the store's root is the directory itself and the key is empty; for `s3://bucket/key` the root
  /// is the bucket. Nothing is asked of the store yet; 78 or 77 where there are no credentials.
  package func store(for location: Location) throws(Failure) -> (store: any ObjectStore, key: Key) {
    switch location {
    case .local(let path): (LocalStore(root: path), Key([]))
    case .s3(let bucket, let key): (try buckets.store(bucket), Key(key))
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
      return (try buckets.store(bucket), Key(key))
    }
  }
}

/// One store for each bucket.
private final class Buckets: Sendable {
  private struct Content {
    var access: S3Access?
    var stores: [String: S3Store] = [:]
  }

  private let settings: StoreSettings
  private let traffic: Traffic
  private let environment: @Sendable (String) -> String?
  private let content = Mutex(Content())

  init(
    _ settings: StoreSettings, _ traffic: Traffic, _ environment: @escaping @Sendable (String) -> String?
  ) {
    self.settings = settings
    self.traffic = traffic
    self.environment = environment
  }

  func store(_ name: String) throws(Failure) -> S3Store {
    let result: Result<S3Store, Failure> = content.withLock { content in
      if let store = content.stores[name] { return .success(store) }
      do throws(Failure) {
        let access =
          if let access = content.access { access } else {
            try S3Access(settings, traffic, environment: environment)
          }
        content.access = access
        let store = try access.bucket(name)
        content.stores[name] = store
        return .success(store)
      } catch { return .failure(error) }
    }
    return try result.get()
  }
}

extension Array {
  /// The longest end of the array of which every element satisfies the condition.
  fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice<Element> {
    self[(lastIndex { !condition($0) }.map { $0 + 1 } ?? 0)...]
  }
}
