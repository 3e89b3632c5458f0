internal import Bytes
internal import Failures
internal import JSON
internal import Lines
package import Objects
internal import Segments

/// A place in a store from which a shard's last build can be fetched on any machine:
///
///     STATE/runs/<hash>.run          keys/<hash>.keys: by the first 32 digits of the SHA-256 of what they hold
///     STATE/segments/<G>-<hash>.seg  and .live, as in a work directory
///     STATE/states/<hash>.state      what the build of one shard was (StoredState), by its SHA-256
///     STATE/builds/<id>.json         the manifests, of shards and of joined indexes
///     STATE/builds/<id>.shards       which states were joined (JoinedShards)
///     STATE/builds/<id>.published    index-publish's word that a build was published: its #published line
///     STATE/last                     which build was joined last (LastJoin); the one thing that changes, by compare-and-swap
///
/// All else is immutable, and the same whoever writes it: two attempts at once, or a killed one, leave nothing but what nobody
/// names. So nothing is asked for before it is written; and what is written anew is young to who cleans. Nothing is trusted beyond
/// its checksum.
package struct StateStore: Sendable {
  let place: StorePlace

  package init(_ place: StorePlace) { self.place = place }

  static func manifest(_ id: String) -> String { "builds/\(id).json" }
  static func shards(_ id: String) -> String { "builds/\(id).shards" }
  static func published(_ id: String) -> String { "builds/\(id).published" }
  static func state(_ hash: String) -> String { "states/\(hash).state" }
  static let last = "last"

  // MARK: - Small objects

  /// Nil where there is none of that name.
  func read(_ relative: String) throws(Failure) -> (bytes: [UInt8], tag: String)? {
    try place.read(relative, limit: 1 << 28)
  }

  func has(_ relative: String) throws(Failure) -> Bool { try place.info(relative) != nil }

  /// The bytes of what a name promises; 66 where it is missing.
  private func existing(_ relative: String) throws(Failure) -> [UInt8] {
    if let found = try read(relative) { return found.bytes }
    throw StoreError.notFound(.object).failure(cannot: "read", place.name(relative))
  }

  func damaged(_ relative: String) -> Failure {
    Failure(.badData, cannot: "read", place.name(relative), because: "it is damaged, or another version's")
  }

  // MARK: - What was built

  /// 66 where it is missing, 65 where it is damaged; 78 where it is whole, and another version's: it is of use to that one.
  func state(_ hash: String) throws(Failure) -> StoredState {
    let bytes = try existing(Self.state(hash))
    guard SHA256.hex(bytes) == hash else { throw damaged(Self.state(hash)) }
    if let state = StoredState(bytes) { return state }
    throw Failure(
      .configuration, cannot: "go on from", place.name(Self.state(hash)), because: "it is another version's")
  }

  /// Nil where it is of no use to us: missing, damaged or another version's.
  func present<T>(_ read: () throws(Failure) -> T) throws(Failure) -> T? {
    do throws(Failure) { return try read() } catch {
      guard [.noInput, .badData, .configuration].contains(error.exit) else { throw error }
      return nil
    }
  }

  /// Reads what was built a moment ago: 75 where somebody's cleaning was faster.
  func justBuilt<T>(_ read: () throws(Failure) -> T) throws(Failure) -> T {
    do throws(Failure) { return try read() } catch {
      guard error.exit == .noInput else { throw error }
      throw Failure(.tryAgain, "\(error.message): it was cleaned away, or --state is another one")
    }
  }

  /// 66 where it is missing, 65 where it is damaged, or another's.
  func manifest(_ id: String) throws(Failure) -> IndexManifest {
    let (bytes, name) = (try existing(Self.manifest(id)), place.name(Self.manifest(id)))
    let json: JSONValue
    do throws(JSONError) { json = try JSONValue.parse(bytes) } catch { throw damaged(Self.manifest(id)) }
    let manifest = try IndexManifest(json: json, name: name)
    guard manifest.id == id else { throw damaged(Self.manifest(id)) }
    return manifest
  }

  /// The `#published` line that index-publish has left beside a build; nil where it has left none.
  func published(_ id: String) throws(Failure) -> Receipt? {
    try read(Self.published(id)).flatMap { Receipt(file: $0.bytes, "published") }
  }
}
