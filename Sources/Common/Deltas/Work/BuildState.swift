internal import Files
internal import Lines

/// What the last build left in the work directory: lines as the tools have them between each other.
///
///     #state  <as in StateHead>  previous=<id>  boot=<boot>
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

  let head: StateHead
  /// The build before it, whose files may still be on their way somewhere.
  let previous: String?
  let boot: String
  let files: [File]

  static let version = 2
}

extension BuildState {
  var text: String {
    var head = head.receipt(format: Self.version)
    head.append("previous", previous ?? "")
    head.append("boot", boot)
    return SealedLines.text(
      head,
      files.map { "\($0.name)\t\($0.stamp.size)\t\($0.stamp.modified)\t\($0.stamp.changed)\t\($0.bad)" })
  }

  /// Nil where it isn't whole, or of another format.
  init?(_ bytes: [UInt8]) {
    guard let sealed = SealedLines(bytes, "state", format: Self.version), let rows = sealed.columns(5),
      let head = StateHead(sealed.head)
    else { return nil }
    let files = rows.compactMap(Self.file)
    guard files.count == rows.count else { return nil }
    self.init(
      head: head, previous: sealed.head["previous"].flatMap { StateHead.isID($0) ? $0 : nil },
      boot: sealed.head["boot"] ?? "", files: files)
  }

  private static func file(_ columns: [String]) -> File? {
    let numbers = columns.dropFirst().compactMap { Int64($0) }
    guard numbers.count == 4 else { return nil }
    return File(
      name: columns[0], stamp: Stamp(size: numbers[0], modified: numbers[1], changed: numbers[2]),
      bad: Int(clamping: numbers[3]))
  }
}
