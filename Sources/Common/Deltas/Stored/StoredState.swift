internal import Bytes
internal import Lines
internal import Runs
internal import Segments

/// What a build left, as a store has it: what BuildState says, but for what is of one machine; so two attempts of one build write
/// the same, and its SHA-256 is its name.
///
///     #state  <as in StateHead>  [fed=1]
///     runs/<hash>.run  <bytes>  <SHA-256>  <malformed>         in slice order, by its name in a work directory
///     segments/...     <bytes>  <SHA-256>  0                   keys likewise
///     #end    lines=n  crc=<CRC-32 of all lines before, in hex>
///
/// Invariants of one that was read: each name is one of a work directory's and stands there once; a segment's fits its SHA-256; no
/// number is negative.
struct StoredState: Equatable, Sendable {
  struct File: Equatable, Sendable {
    let name: String
    let bytes: Int
    let sha256: String
    /// Of a run: how many malformed records were passed over.
    let bad: Int
  }

  let head: StateHead
  /// Whether its records were fed, and not read from the objects: then its runs are others.
  let isFed: Bool
  let files: [File]

  static let version = 1

  var hash: String { SHA256.hex(bytes) }

  /// In slice order.
  var runs: [RunIdentity] {
    files.compactMap { file in
      file.name.hasPrefix("runs/") ? RunIdentity(hex: file.name.dropFirst(5).dropLast(4)) : nil
    }
  }
}

extension StoredState.File {
  /// What it is called in the store. The name of a run says which object it is of, and not what was made of that.
  var object: String {
    guard !isOfSegment, let slash = name.firstIndex(of: "/"), let dot = name.lastIndex(of: ".") else {
      return name
    }
    return "\(name[...slash])\(sha256.prefix(32))\(name[dot...])"
  }

  var isOfSegment: Bool { name.hasPrefix("segments/") }

  fileprivate init?(_ columns: [String]) {
    guard WorkDirectory.isFile(columns[0]), let bytes = Int(columns[1]), bytes >= 0,
      Hex.isWritten(columns[2], digits: 64), let bad = Int(columns[3]), bad >= 0
    else { return nil }
    (name, self.bytes, sha256, self.bad) = (columns[0], bytes, columns[2], bad)
    if isOfSegment, name.split(separator: "-").last?.hasPrefix(sha256.prefix(32) + ".") != true { return nil }
  }
}

extension StoredState {
  var bytes: [UInt8] {
    var head = head.receipt(format: Self.version)
    if isFed { head.append("fed", 1) }
    return Array(
      SealedLines.text(head, files.map { "\($0.name)\t\($0.bytes)\t\($0.sha256)\t\($0.bad)" }).utf8)
  }

  /// Nil where it isn't whole, or of another format or engine.
  init?(_ bytes: [UInt8]) {
    guard let sealed = SealedLines(bytes, "state", format: Self.version), let rows = sealed.columns(4),
      let head = StateHead(sealed.head), head.shard != nil
    else { return nil }
    let files = rows.compactMap { File($0) }
    guard files.count == rows.count, Set(files.map(\.name)).count == files.count else { return nil }
    self.init(head: head, isFed: sealed.head["fed"] == "1", files: files)
  }
}
