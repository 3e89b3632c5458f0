internal import Failures
internal import Lines
internal import Segments

/// Which states were joined to a build, and how they were built: what the next build of the same shards begins with.
///
///     #shards  format=1  build=<id>  shards=8  generation=811  bad=0  [reading=format=csv]
///     <the state of shard 1>
///     ...
///     #end     lines=8  crc=<CRC-32 of all lines before, in hex>
struct JoinedShards: Equatable, Sendable {
  let build: String
  /// The generation that its slice was listed after.
  let generation: Int
  /// How many malformed records were passed over.
  let bad: Int
  /// How the objects were read, where that isn't the default: the format's canonical text.
  let format: String
  /// By the shards' numbers.
  let states: [String]

  static let version = 1
}

extension JoinedShards {
  var bytes: [UInt8] {
    var head = Receipt("shards")
    head.append("format", Self.version)
    head.append("build", build)
    head.append("shards", states.count)
    head.append("generation", generation)
    head.append("bad", bad)
    if !format.isEmpty { head.append("reading", format) }
    return Array(SealedLines.text(head, states).utf8)
  }

  /// Nil where it isn't whole, or of another format.
  init?(_ bytes: [UInt8]) {
    guard let sealed = SealedLines(bytes, "shards", format: Self.version) else { return nil }
    let head = sealed.head
    let states = sealed.lines.map { String(decoding: $0, as: UTF8.self) }
    guard let build = head["build"], StateHead.isID(build), head.count("shards") == states.count,
      (1...Shard.mostShards).contains(states.count), states.allSatisfy(StateHead.isID),
      let generation = head.count("generation"), let bad = head.count("bad")
    else { return nil }
    self.init(
      build: build, generation: generation, bad: bad, format: head["reading"] ?? "", states: states)
  }
}

extension StateStore {
  /// Nil where they are missing or damaged: then the build is no beginning for another.
  func joined(_ id: String) throws(Failure) -> JoinedShards? {
    guard let bytes = try read(Self.shards(id))?.bytes, let shards = JoinedShards(bytes), shards.build == id
    else { return nil }
    return shards
  }
}
