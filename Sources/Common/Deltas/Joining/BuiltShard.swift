package import Failures
package import Lines
package import Segments
internal import Bytes
internal import Files
internal import JSON

/// One shard of an index, as what its build printed tells of it.
package struct BuiltShard: Sendable {
  /// What the receipts were read from.
  package let name: String
  package let shard: Shard
  let manifest: IndexManifest
  let touched: Int
  let bad: Int
  let late: Int?
  /// How the objects were read: the format's canonical text.
  let format: String
  /// All that were printed but `#index`.
  let receipts: [Receipt]
  /// The directory of its description; empty for one that is in a store.
  private let builds: [UInt8]
  /// What its build left in a store; nil for one that is in a directory.
  let state: String?

  /// Reads the shard's description; 65 where there is none, or of something else; 78 where it is in a store.
  package init(_ batch: Batch, name: String) throws(Failure) {
    let place = try Self.place(in: batch, name)
    let path = try Self.path(in: batch.receipts[place], name)
    let manifest = try Self.manifest(path)
    guard let shard = manifest.shard else {
      throw Self.refusal(name, "it is of a whole index, and not of one of several shards")
    }
    let builds = path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[...$0]) } ?? []
    try self.init(batch, name, place, manifest, shard, builds: builds, state: nil)
  }

  /// The same of a shard whose files are in the store; it may be the only one.
  package init(_ batch: Batch, name: String, in store: StateStore) throws(Failure) {
    let place = try Self.place(in: batch, name)
    let index = batch.receipts[place]
    guard let state = index["state"], StateHead.isID(state), let id = index["id"], StateHead.isID(id) else {
      throw Self.refusal(name, "its #index has no state=: it was built without --state")
    }
    let manifest = try store.justBuilt { () throws(Failure) in try store.manifest(id) }
    try self.init(
      batch, name, place, manifest, manifest.shard ?? .whole, builds: [], state: state)
  }

  private init(
    _ batch: Batch, _ name: String, _ place: Int, _ manifest: IndexManifest, _ shard: Shard, builds: [UInt8],
    state: String?
  ) throws(Failure) {
    let index = batch.receipts[place]
    guard index["id"] == manifest.id else {
      throw Self.refusal(name, "it is of index \(index["id"] ?? ""), and there lies \(manifest.id)")
    }
    if let slice = batch.receipt("slice"), slice["to"] != manifest.position || slice["from"] != manifest.from
    {
      throw Self.refusal(name, "its #slice is of another window than its index")
    }
    self.name = name
    self.shard = shard
    self.manifest = manifest
    touched = try Self.count("touched", in: index, name)
    bad = try Self.count("bad", in: index, name)
    late = index["late"] == nil ? nil : try Self.count("late", in: index, name)
    format = index["reading"] ?? ""
    receipts = Array(batch.receipts[..<place] + batch.receipts[(place + 1)...])
    self.builds = builds
    self.state = state
  }

  private static func place(in batch: Batch, _ name: String) throws(Failure) -> Int {
    guard let place = batch.receipts.lastIndex(where: { $0.word == "index" }) else {
      throw refusal(name, "it has no #index")
    }
    return place
  }

  /// Where its files lie; opened when it is its turn, since there may be more shards than descriptors.
  func segments() throws(Failure) -> Directory { try .open(builds + Array("../segments".utf8)) }

  static func refusal(_ name: String, _ reason: String) -> Failure {
    Failure(.badData, cannot: "join", name, because: reason)
  }

  private static func path(in index: Receipt, _ name: String) throws(Failure) -> [UInt8] {
    switch index.location("location") {
    case .local(let path)?: return path
    case .s3?:
      throw Failure(
        .configuration, cannot: "join", name,
        because: "its index is in a store: join it there, with --state")
    case nil: throw refusal(name, "its #index has no location")
    }
  }

  private static func manifest(_ path: [UInt8]) throws(Failure) -> IndexManifest {
    let name = PercentEncoding.encodeForLine(path)
    let file = try Descriptor.reading(path)
    let bytes = try FileIO.readAll(file.number, limit: 1 << 28, name: name)
    let json: JSONValue
    do throws(JSONError) { json = try JSONValue.parse(bytes) } catch {
      throw Failure(.badData, cannot: "read", name, because: "\(error.reason) at byte \(error.offset)")
    }
    return try IndexManifest(json: json, name: name)
  }

  private static func count(_ key: String, in index: Receipt, _ name: String) throws(Failure) -> Int {
    guard let count = index[key].flatMap({ Int($0) }), count >= 0 else {
      throw refusal(name, "its #index has no number in \(key)=")
    }
    return count
  }
}
