internal import Bytes
package import Failures
internal import JSON
package import Lines
package import Segments

// generations/<n>-<hash>.json: one published state, immutable. <hash> is the first half of the SHA-256 of its bytes,
// in hex. One line:
//
//     {"format":1,"generation":812,"lineage":"<32 hex>","parent":"811-<32 hex>.json",
//      "batch":812,"position":"2026-05-04T10:05:00Z",
//      "base":{"generation":700,"index":{...}},      generation: the one that first had this base
//      "delta":{"base":700,"index":{...}},           base: the one that it was made to be laid over; null: none
//      "receipts":[{"#":"list",...},{"#":"slice",...},{"#":"index",...}],
//      "forced":null,"rollback":null,"fence":null,"lease":null}
//
// `batch` is the newest generation in which a slice was published or rolled back, and not only a base; 0: none yet.
// `parent`, `base`, `delta`, `forced` (what --force overrode), `rollback` (the generation whose content this is),
// `fence` and `lease` (Fences.swift) may be null. An index is as delta-build wrote it (freshet-segment(5)), but the names of its files may begin
// with another number.

/// What has up to two indexes.
protocol Layered {
  var base: Generation.Base? { get }
  var delta: Generation.Delta? { get }
}

extension Layered {
  /// The base's first.
  var indexes: [IndexManifest] { [base?.index, delta?.index].compactMap(\.self) }
}

/// One published state of an index.
package struct Generation: Layered, Equatable, Sendable {
  package struct Base: Equatable, Sendable {
    package var generation: Int
    package var index: IndexManifest
  }

  package struct Delta: Equatable, Sendable {
    package var base: Int?
    package var index: IndexManifest
  }

  package var number: Int
  package var lineage: String
  package var parent: String?
  package var batch: Int
  /// The newest partition in it, RFC 3339; empty where none of its indexes has a position.
  package var position: String
  package var base: Base?
  package var delta: Delta?
  package var receipts: [Receipt]
  package var forced: String?
  package var rollback: Int?
  package var fences = Fences()
  /// Under which it was published.
  package var lease: String?

  static let format = 1
  /// A manifest is at most this long.
  static let largest = 1 << 26

  static func fileName(_ number: Int, sha256: String) -> String { "\(number)-\(sha256.prefix(32)).json" }
}

extension Generation {
  package var bytes: [UInt8] {
    let json = JSONValue.object([
      .init("format", .number(Self.format)), .init("generation", .number(number)),
      .init("lineage", .string(lineage)), .init("parent", Self.json(parent)), .init("batch", .number(batch)),
      .init("position", .string(position)),
      .init(
        "base",
        base.map { .object([.init("generation", .number($0.generation)), .init("index", $0.index.json)]) }
          ?? .null),
      .init(
        "delta",
        delta.map {
          .object([.init("base", $0.base.map { .number($0) } ?? .null), .init("index", $0.index.json)])
        } ?? .null),
      .init("receipts", .array(receipts.map(\.json))), .init("forced", Self.json(forced)),
      .init("rollback", rollback.map { .number($0) } ?? .null), .init("fence", fences.json),
      .init("lease", Self.json(lease)),
    ])
    return Array((json.text + "\n").utf8)
  }

  private static func json(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  /// Reads a manifest that is `reference` by its pointer or its name; 65 for anything else.
  package init(_ bytes: [UInt8], reference: Pointer.Manifest, name: String) throws(Failure) {
    let digest = SHA256.hex(bytes)
    guard bytes.count == reference.bytes, digest == reference.sha256 else {
      throw Failure(.badData, cannot: "read", name, because: "it is damaged: its checksum does not fit")
    }
    try self.init(bytes, fileName: reference.name, name: name)
  }

  /// Reads a manifest whose file has that name, which holds half of its checksum.
  package init(_ bytes: [UInt8], fileName: String, name: String) throws(Failure) {
    let members = try Members.parse(bytes, file: name)
    try members.format(upTo: Self.format)
    try self.init(members)
    guard fileName == Self.fileName(number, sha256: SHA256.hex(bytes)) else {
      throw members.damaged("it is damaged: its checksum does not fit its name")
    }
  }

  private init(_ members: Members) throws(Failure) {
    number = try members.count("generation")
    lineage = try members.hex("lineage", digits: 32)
    parent = try members.optional("parent")?.json.string
    batch = try members.count("batch")
    position = try members.time("position")
    base = nil
    delta = nil
    if let base = try members.optional("base") {
      self.base = Base(generation: try base.count("generation"), index: try Self.index(in: base))
    }
    if let delta = try members.optional("delta") {
      self.delta = Delta(base: try delta.optional("base")?.json.integer, index: try Self.index(in: delta))
    }
    receipts = []
    for line in members.json["receipts"]?.array ?? [] {
      guard case .receipt(let receipt)? = Line(line.text[...]) else {
        throw members.damaged("a receipt is malformed")
      }
      receipts.append(receipt)
    }
    forced = try members.optional("forced")?.json.string
    rollback = try members.optional("rollback")?.json.integer
    fences = try Fences(members)
    lease = members.json["lease"]?.string
  }

  private static func index(in layer: Members) throws(Failure) -> IndexManifest {
    guard let index = layer.json["index"] else { throw layer.damaged("an index is missing") }
    let manifest = try IndexManifest(json: index, name: layer.file)
    try manifest.checkTimes(name: layer.file)
    return manifest
  }
}

extension IndexManifest {
  func checkTimes(name: String) throws(Failure) {
    let members = Members(file: name, json: json)
    _ = try members.time("position")
    _ = try members.time("from")
  }

  /// All files by which it is read: segments and live files.
  package var files: [IndexFile] { segments.flatMap(\.files) }
}

extension IndexManifest.Segment {
  /// The segment, and its live file where it has one.
  var files: [IndexFile] {
    let segment = IndexFile(name: name, bytes: bytes, sha256: sha256)
    guard let live else { return [segment] }
    return [segment, IndexFile(name: live.name, bytes: live.bytes, sha256: live.sha256)]
  }
}

/// One immutable file of an index.
package struct IndexFile: Hashable, Sendable {
  package let name: String
  package let bytes: Int
  package let sha256: String

  /// The same whatever its name is.
  var content: IndexFile { IndexFile(name: "", bytes: bytes, sha256: sha256) }
}
