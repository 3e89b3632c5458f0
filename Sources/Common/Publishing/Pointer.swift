internal import Bytes
package import Failures
internal import JSON

// CURRENT, the pointer: the one thing in a destination that changes, and only by compare-and-swap. One line:
//
//     {"format":1,"lineage":"<32 hex>","generation":812,
//      "manifest":{"name":"812-<32 hex>.json","bytes":5120,"sha256":"<64 hex>"},"writers":"many",
//      "commits":[["<32 hex>",749], ... ["<32 hex>",812]],"checksum":"<64 hex>"}
//
// `lineage` is drawn when a destination is first published to. `commits` are the random ids of the last 64 commits,
// oldest first, the last being this one's: a lost reply can be told from a lost race, and no body ever repeats.
// `checksum` is the SHA-256 of all bytes before `,"checksum"`; it closes the line in every format to come.

/// What CURRENT says.
///
/// Invariants of one that was read: `commits` is not empty and ascends by generation; its last is `generation`.
package struct Pointer: Equatable, Sendable {
  package struct Manifest: Equatable, Sendable {
    /// `<n>-<hash>.json` in `generations/`.
    package let name: String
    package let bytes: Int
    package let sha256: String
  }

  package struct Commit: Equatable, Sendable {
    package let id: String
    package let generation: Int
  }

  /// Who may write. `one` was said by `--unsafe-single-writer`: the store does not keep its conditions.
  package enum Writers: String, Sendable { case many, one }

  package let lineage: String
  package let generation: Int
  package let manifest: Manifest
  package let writers: Writers
  package let commits: [Commit]

  static let format = 1
  static let historyLength = 64
  /// A pointer is at most this long.
  static let largest = 1 << 16

  func contains(_ commit: Commit) -> Bool { commits.contains(commit) }

  /// The pointer that follows `previous`, or begins a lineage.
  static func next(
    after previous: Pointer?, generation: Int, lineage: String, manifest: Manifest, writers: Writers
  ) -> Pointer {
    let commit = Commit(id: RandomID.draw(), generation: generation)
    let history = (previous?.commits ?? []).suffix(historyLength - 1)
    return Pointer(
      lineage: lineage, generation: generation, manifest: manifest, writers: writers,
      commits: history + [commit])
  }
}

extension Pointer {
  private static let closing = ",\"checksum\":\""

  /// The whole file.
  package var bytes: [UInt8] {
    let history = commits.map { JSONValue.array([.string($0.id), .number($0.generation)]) }
    let body = JSONValue.object([
      .init("format", .number(Self.format)), .init("lineage", .string(lineage)),
      .init("generation", .number(generation)),
      .init(
        "manifest",
        .object([
          .init("name", .string(manifest.name)), .init("bytes", .number(manifest.bytes)),
          .init("sha256", .string(manifest.sha256)),
        ])),
      .init("writers", .string(writers.rawValue)), .init("commits", .array(history)),
    ])
    let open = Array(body.text.utf8.dropLast())
    return open + Array("\(Self.closing)\(SHA256.hex(open))\"}\n".utf8)
  }

  /// 65 for what is damaged, whichever byte it is, and 65 with both numbers for a newer format.
  package init(_ bytes: [UInt8], name: String) throws(Failure) {
    func damaged(_ reason: String) -> Failure { Failure(.badData, cannot: "read", name, because: reason) }
    let tail = Self.closing.utf8.count + 64 + 3
    guard bytes.count > tail else { throw damaged("it was cut short") }
    let open = Array(bytes.dropLast(tail))
    guard Array("\(Self.closing)\(SHA256.hex(open))\"}\n".utf8)[...] == bytes.suffix(tail) else {
      throw damaged("its checksum does not fit: it is damaged")
    }
    let members = try Members.parse(bytes, file: name)
    try members.format(upTo: Self.format)
    try self.init(members)
  }

  private init(_ members: Members) throws(Failure) {
    guard let manifest = try members.optional("manifest"),
      let writers = Writers(rawValue: try members.text("writers"))
    else { throw members.damaged("it is malformed") }
    lineage = try members.hex("lineage", digits: 32)
    generation = try members.count("generation")
    self.manifest = Manifest(
      name: try manifest.text("name"), bytes: try manifest.count("bytes"),
      sha256: try manifest.hex("sha256", digits: 64))
    self.writers = writers
    var commits: [Commit] = []
    for entry in members.json["commits"]?.array ?? [] { commits.append(try Self.commit(entry, in: members)) }
    self.commits = commits
    guard commits.last?.generation == generation, commits.count <= Self.historyLength,
      self.manifest.name == Generation.fileName(generation, sha256: self.manifest.sha256)
    else { throw members.damaged("it contradicts itself") }
  }

  private static func commit(_ entry: JSONValue, in members: Members) throws(Failure) -> Commit {
    guard let pair = entry.array, pair.count == 2, let id = pair[0].string, Hex.isWritten(id, digits: 32),
      let generation = pair[1].integer, (1..<Members.largest).contains(generation)
    else { throw members.damaged("a commit is malformed") }
    return Commit(id: id, generation: generation)
  }
}
