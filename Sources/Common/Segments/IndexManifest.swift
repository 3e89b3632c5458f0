internal import Bytes
package import Failures
package import JSON

/// What one index consists of, as delta-build writes it beside the segments and a generation holds it.
///
///     {"format":1, "id":"<sha256 of the rest>", "position":"2026-05-04T10:05:00Z", "from":"2026-05-04T05:05:00Z",
///      "slice":"<hash>", "fields":"<the fields file, canonical>", "shard":"2/8", "documents":n, "tombstones":n,
///      "groups":n, "segments":[{"name":"811-<hash>.seg", "bytes":n, "sha256":"…", "documents":n, "live":null}]}
///
/// `position` and `from` are empty for an index built from `--records`; a whole index has no `shard`. Segments are newest
/// last; a group or a document in a later one hides the same in an earlier one, by the earlier one's live file. Those of a
/// joined index are those of its shards, one after the other, which have no group or document in common.
///
/// Invariants of one that was read: each file's name is a single path component whose hash agrees with its SHA-256;
/// no name stands twice; no number is negative.
package struct IndexManifest: Equatable, Sendable {
  package struct Segment: Equatable, Sendable {
    /// `<G>-<hash>.seg`; G is the generation it was made on, the hash 32 hex digits of the file's SHA-256.
    package var name: String
    package var bytes: Int
    package var sha256: String
    package var documents: Int
    /// The name of its live file, `<G>-<hash>.live`, where some of its documents no longer count.
    package var live: LiveFile?

    package init(name: String, bytes: Int, sha256: String, documents: Int, live: LiveFile? = nil) {
      self.name = name
      self.bytes = bytes
      self.sha256 = sha256
      self.documents = documents
      self.live = live
    }

    /// The entry, and so the name, of a segment that was made on that generation.
    package init(generation: Int, sha256: String, bytes: Int, documents: Int, live: LiveFile? = nil) {
      let name = "\(generation)-\(sha256.prefix(32)).seg"
      self.init(name: name, bytes: bytes, sha256: sha256, documents: documents, live: live)
    }

    package init(generation: Int, content: [UInt8], documents: Int, live: LiveFile? = nil) {
      self.init(
        generation: generation, sha256: SHA256.hex(content), bytes: content.count, documents: documents,
        live: live)
    }
  }

  package struct LiveFile: Equatable, Sendable {
    package var name: String
    package var bytes: Int
    package var sha256: String

    package init(name: String, bytes: Int, sha256: String) {
      self.name = name
      self.bytes = bytes
      self.sha256 = sha256
    }

    package init(generation: Int, content: [UInt8]) {
      let sha256 = SHA256.hex(content)
      self.init(name: "\(generation)-\(sha256.prefix(32)).live", bytes: content.count, sha256: sha256)
    }
  }

  /// The newest partition in the index, and the exclusive start of its window: RFC 3339, or empty.
  package var position: String
  package var from: String
  /// The hash of the slice it was built from; empty for `--records`.
  package var slice: String
  /// The fields file in its canonical form.
  package var fields: String
  /// Which one it is of several that make a whole; nil for a whole.
  package var shard: Shard?
  package var documents: Int
  package var tombstones: Int
  package var groups: Int
  package var segments: [Segment]

  package static let format = 1

  package init(
    position: String, from: String, slice: String, fields: String, shard: Shard? = nil, documents: Int,
    tombstones: Int, groups: Int, segments: [Segment]
  ) {
    self.position = position
    self.from = from
    self.slice = slice
    self.fields = fields
    self.shard = shard
    self.documents = documents
    self.tombstones = tombstones
    self.groups = groups
    self.segments = segments
  }
}

// MARK: - Writing

extension IndexManifest {
  /// The SHA-256, in hex, of the compact JSON of all the rest.
  package var id: String { SHA256.hex(Array(JSONValue.object(rest).text.utf8)) }

  package var json: JSONValue {
    var members = rest
    members.insert(.init("id", .string(id)), at: 1)
    return .object(members)
  }

  private var rest: [JSONValue.Member] {
    [
      .init("format", .number(Self.format)), .init("position", .string(position)),
      .init("from", .string(from)),
      .init("slice", .string(slice)), .init("fields", .string(fields)),
    ] + (shard.map { [.init("shard", .string($0.description))] } ?? []) + [
      .init("documents", .number(documents)),
      .init("tombstones", .number(tombstones)), .init("groups", .number(groups)),
      .init("segments", .array(segments.map(\.json))),
    ]
  }
}

extension IndexManifest.Segment {
  fileprivate var json: JSONValue {
    .object([
      .init("name", .string(name)), .init("bytes", .number(bytes)), .init("sha256", .string(sha256)),
      .init("documents", .number(documents)), .init("live", live?.json ?? .null),
    ])
  }
}

extension IndexManifest.LiveFile {
  fileprivate var json: JSONValue {
    .object([.init("name", .string(name)), .init("bytes", .number(bytes)), .init("sha256", .string(sha256))])
  }
}

// MARK: - Reading

extension IndexManifest {
  /// 65 for what is damaged (the id does not fit the rest), 65 with both numbers for a newer format.
  package init(json: JSONValue, name: String) throws(Failure) {
    let reader = MemberReader(file: name)
    let format = try reader.count("format", of: json)
    guard format <= Self.format else {
      throw reader.failure("its format is \(format), and this version reads up to \(Self.format)")
    }
    var segments: [Segment] = []
    for element in json["segments"]?.array ?? [] { segments.append(try reader.segment(element)) }
    self.init(
      position: try reader.text("position", of: json), from: try reader.text("from", of: json),
      slice: try reader.text("slice", of: json), fields: try reader.text("fields", of: json),
      shard: try reader.shard(of: json),
      documents: try reader.count("documents", of: json),
      tombstones: try reader.count("tombstones", of: json),
      groups: try reader.count("groups", of: json), segments: segments)
    guard try reader.text("id", of: json) == id else {
      throw reader.failure("its id does not fit its content")
    }
    guard Set(segments.map(\.name)).count == segments.count else {
      throw reader.failure("it names a segment twice")
    }
  }
}

/// Reads the members of a manifest; what is missing or wrong is a failure that names the file.
private struct MemberReader {
  let file: String

  func failure(_ reason: String) -> Failure { Failure(.badData, cannot: "read", file, because: reason) }

  func text(_ key: String, of json: JSONValue) throws(Failure) -> String {
    guard let text = json[key]?.string else { throw failure("\(key) is missing, or is no string") }
    return text
  }

  func count(_ key: String, of json: JSONValue) throws(Failure) -> Int {
    guard let number = json[key]?.integer, number >= 0 else {
      throw failure("\(key) is missing, or is no count")
    }
    return number
  }

  func shard(of json: JSONValue) throws(Failure) -> Shard? {
    guard let member = json["shard"] else { return nil }
    guard let shard = member.string.flatMap({ Shard($0) }), shard != .whole else {
      throw failure("shard is not one of several")
    }
    return shard
  }

  func segment(_ json: JSONValue) throws(Failure) -> IndexManifest.Segment {
    let (name, sha256) = try file(json, suffix: ".seg")
    var live: IndexManifest.LiveFile?
    if let entry = json["live"], entry != .null {
      let (name, sha256) = try file(entry, suffix: ".live")
      live = .init(name: name, bytes: try count("bytes", of: entry), sha256: sha256)
    }
    return .init(
      name: name, bytes: try count("bytes", of: json), sha256: sha256,
      documents: try count("documents", of: json), live: live)
  }

  /// The name and the SHA-256 of a file: `<digits>-<the first 32 digits of the SHA-256><suffix>`.
  private func file(_ json: JSONValue, suffix: String) throws(Failure) -> (name: String, sha256: String) {
    let name = try text("name", of: json)
    let sha256 = try text("sha256", of: json)
    guard Hex.isWritten(sha256, digits: 64) else {
      throw failure("a SHA-256 is not of 64 hexadecimal digits")
    }
    let generation = name.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !generation.isEmpty,
      name.utf8.dropFirst(generation.count).elementsEqual("-\(sha256.prefix(32))\(suffix)".utf8)
    else { throw failure("the name of a file does not fit its SHA-256") }
    return (name, sha256)
  }
}
