internal import Bytes
internal import JSON
internal import Segments

/// A build that is whole, as the work directory has it.
struct LastBuild: Equatable, Sendable {
  let state: BuildState
  let manifest: IndexManifest
}

/// What `state.json` says:
///
///     {"format":1,"build":"<id>","previous":"<id>" or null,"generation":811,"bad":0}
struct BuildState: Equatable, Sendable {
  let build: String
  /// The build before it, whose files may still be on their way somewhere.
  let previous: String?
  /// The generation that its slice was listed after.
  let generation: Int
  /// How many malformed records it passed over.
  let bad: Int

  static let format = 1

  init(build: String, previous: String?, generation: Int, bad: Int) {
    self.build = build
    self.previous = previous
    self.generation = generation
    self.bad = bad
  }

  init?(_ json: JSONValue) {
    guard json["format"]?.integer == Self.format, let build = json["build"]?.string, Self.isID(build),
      let generation = json["generation"]?.integer, let bad = json["bad"]?.integer
    else { return nil }
    self.init(
      build: build, previous: json["previous"]?.string.flatMap { Self.isID($0) ? $0 : nil },
      generation: generation, bad: bad)
  }

  var json: JSONValue {
    .object([
      .init("format", .number(Self.format)), .init("build", .string(build)),
      .init("previous", previous.map { .string($0) } ?? .null), .init("generation", .number(generation)),
      .init("bad", .number(bad)),
    ])
  }

  /// A SHA-256 in hex, and so a name that leads nowhere else.
  static func isID(_ text: String) -> Bool { Hex.isWritten(text, digits: 64) }
}
