internal import Bytes
internal import Lines
internal import Segments

/// What a build says of itself beside its index and its files, in the head of its state: of that of a work directory (BuildState)
/// and of that of a store (StoredState) alike.
///
///     #state  format=2  engine=3  build=<id>  generation=811  touched=12  bad=0  [late=2]  [reading=format=csv]  shard=1/1  ...
struct StateHead: Equatable, Sendable {
  /// The build's id.
  let build: String
  /// The generation that its slice was listed after.
  let generation: Int
  /// How many groups it folded.
  let touched: Int
  /// How many malformed records it passed over.
  let bad: Int
  /// How many objects appeared late, where a build was there before; else nil, and not in the text.
  let late: Int?
  /// Nil, and empty in the text, for an index that was joined of its shards.
  let shard: Shard?
  /// How the objects were read, where that isn't the default: the format's canonical text; else empty, and not in the text.
  let format: String

  /// Raised where the same records give other runs or segments than before: what was decoded, folded or cut into words by
  /// another engine is no beginning for this one.
  static let engine = 3

  /// A SHA-256 in hex, and so a name that leads nowhere else.
  static func isID(_ text: String) -> Bool { Hex.isWritten(text, digits: 64) }
}

extension StateHead {
  func receipt(format version: Int) -> Receipt {
    var receipt = Receipt("state")
    receipt.append("format", version)
    receipt.append("engine", Self.engine)
    receipt.append("build", build)
    receipt.append("generation", generation)
    receipt.append("touched", touched)
    receipt.append("bad", bad)
    if let late { receipt.append("late", late) }
    if !format.isEmpty { receipt.append("reading", format) }
    receipt.append("shard", shard?.description ?? "")
    return receipt
  }

  /// Nil where something is missing or can't be, and where it is of another engine.
  init?(_ receipt: Receipt) {
    guard receipt["engine"] == String(Self.engine), let build = receipt["build"], Self.isID(build),
      let generation = receipt.count("generation"), let touched = receipt.count("touched"),
      let bad = receipt.count("bad"), let shard = receipt["shard"], shard.isEmpty || Shard(shard) != nil
    else { return nil }
    self.init(
      build: build, generation: generation, touched: touched, bad: bad, late: receipt.count("late"),
      shard: Shard(shard), format: receipt["reading"] ?? "")
  }
}
