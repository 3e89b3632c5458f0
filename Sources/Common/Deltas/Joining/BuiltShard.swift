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
  private let builds: [UInt8]

  /// Reads the shard's description; 65 where there is none, or of something else; 78 where it is in a store.
  package init(_ batch: Batch, name: String) throws(Failure) {
    guard let place = batch.receipts.lastIndex(where: { $0.word == "index" }) else {
      throw Self.refusal(name, "it has no #index")
    }
    let index = batch.receipts[place]
    let path = try Self.path(in: index, name)
    let manifest = try Self.manifest(path)
    guard index["id"] == manifest.id else {
      throw Self.refusal(name, "it is of index \(index["id"] ?? ""), and there lies \(manifest.id)")
    }
    guard let shard = manifest.shard else {
      throw Self.refusal(name, "it is of a whole index, and not of one of several shards")
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
    builds = path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[...$0]) } ?? []
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
        because: "its index is in a store, and only what lies in local directories can be joined")
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
