internal import Bytes
internal import Files
internal import Lines
internal import Segments

/// What the last build left in the work directory: lines as the tools have them between each other.
///
///     #state  format=2  engine=2  build=<id>  previous=<id>  generation=811  touched=12  bad=0  [late=2]  [reading=format=csv]  shard=1/1  boot=<boot>
///     runs/<hash>.run  <bytes>  <modified>  <changed>  <malformed>        in slice order
///     segments/...     <bytes>  <modified>  <changed>  0                  keys likewise
///     #end    lines=n  crc=<CRC-32 of all lines before, in hex>
struct BuildState: Equatable, Sendable {
  /// A file as it was when it was last known to be whole.
  struct File: Equatable, Sendable {
    let name: String
    let stamp: Stamp
    /// Of a run: how many malformed records were passed over.
    let bad: Int
  }

  /// What the build's id is, and that of the one before it, whose files may still be on their way somewhere.
  let build: String
  let previous: String?
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
  let boot: String
  let files: [File]

  static let version = 2
  /// Raised where the same records give other runs or segments than before: what was decoded, folded or cut into words by
  /// another engine is no beginning for this one.
  static let engine = 3

  /// A SHA-256 in hex, and so a name that leads nowhere else.
  static func isID(_ text: String) -> Bool { Hex.isWritten(text, digits: 64) }
}

extension BuildState {
  var text: String {
    var head = Receipt("state")
    head.append("format", Self.version)
    head.append("engine", Self.engine)
    head.append("build", build)
    head.append("previous", previous ?? "")
    head.append("generation", generation)
    head.append("touched", touched)
    head.append("bad", bad)
    if let late { head.append("late", late) }
    if !format.isEmpty { head.append("reading", format) }
    head.append("shard", shard?.description ?? "")
    head.append("boot", boot)
    return SealedLines.text(
      head,
      files.map { "\($0.name)\t\($0.stamp.size)\t\($0.stamp.modified)\t\($0.stamp.changed)\t\($0.bad)" })
  }

  /// Nil where it isn't whole, or of another format.
  init?(_ bytes: [UInt8]) {
    guard let sealed = SealedLines(bytes, "state", format: Self.version), let rows = sealed.columns(5) else {
      return nil
    }
    let head = sealed.head
    guard head["engine"] == String(Self.engine), let build = head["build"], Self.isID(build),
      let generation = head["generation"].flatMap({ Int($0) }),
      let touched = head["touched"].flatMap({ Int($0) }),
      let bad = head["bad"].flatMap({ Int($0) }),
      let shard = head["shard"], shard.isEmpty || Shard(shard) != nil
    else { return nil }
    var files: [File] = []
    for row in rows {
      guard let file = Self.file(row) else { return nil }
      files.append(file)
    }
    self.init(
      build: build, previous: head["previous"].flatMap { Self.isID($0) ? $0 : nil }, generation: generation,
      touched: touched, bad: bad, late: head["late"].flatMap { Int($0) }, shard: Shard(shard),
      format: head["reading"] ?? "", boot: head["boot"] ?? "", files: files)
  }

  private static func file(_ columns: [String]) -> File? {
    let numbers = columns.dropFirst().compactMap { Int64($0) }
    guard numbers.count == 4 else { return nil }
    return File(
      name: columns[0], stamp: Stamp(size: numbers[0], modified: numbers[1], changed: numbers[2]),
      bad: Int(clamping: numbers[3]))
  }
}
