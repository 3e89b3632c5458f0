internal import Bytes
internal import Failures
internal import JSON
internal import Partitions

// watermarks/NAME.json: a watermark and the newest of its moves, 32 at most; the one object of a name that changes.
//
//     {"format":1,"name":"ads","writers":"many",
//      "watermark":{"position":"2026-05-04T10:05:00Z","generation":812, ...},     null once it was removed
//      "last":{"sequence":33, ...},                       the move that `wm rewind` would take back; null for none
//      "older":"17-32-<32 hex>.json"}                     the piece that holds the moves before (LogPiece); null for none
//     {"sequence":33,"at":...,"action":"advance","from":"...@811","to":"...@812","who":...,"commit":"<32 hex>", ...}
//     ...                                                 oldest first; the watermark is what the last of them made
//     {"checksum":"<64 hex>"}
//
// The first line has all that `wm ls` needs. The object is never deleted, not by `wm rm` either: its log would begin anew.

/// Who may write. `one` was said by `--unsafe-single-writer`: the store does not keep its conditions.
enum Writers: String, Sendable { case many, one }

/// The object of one name.
struct WatermarkObject: SwappedObject {
  static let remedy =
    "put back an older version of it; or delete it, and the next batch makes it anew"

  /// How many moves it holds at most, and how many of them then go to a piece.
  static let (most, piece) = (32, 16)

  let name: WatermarkName
  let writers: Writers
  let idle: Instant?
  /// The newest move that a rewind takes back.
  let last: LoggedMove?
  let older: PieceName?
  /// Invariant: not empty; each sequence is the one before and 1, the first that of `older` and 1.
  let moves: [LoggedMove]

  var watermark: Watermark? {
    var watermark = moves.last?.move.watermark(name)
    watermark?.idle = idle
    return watermark
  }

  var bytes: [UInt8] {
    let first = JSONValue.members([
      ("format", .number(SealedLines.format)), ("name", .string(name.text)),
      ("writers", .string(writers.rawValue)), ("watermark", watermark?.json), ("last", last?.json),
      ("older", .text(older)),
    ])
    return SealedLines.bytes([first] + moves.map(\.json))
  }
}

extension WatermarkObject {
  init(_ lines: SealedLines) throws(Failure) {
    let first = try lines.first
    name = try first.name("name", of: ObjectPlace.watermark)
    writers = try first.writers()
    let told = try Watermark(first, name)
    idle = told?.idle
    last = try first.object("last").map { (fields) throws(Failure) in try LoggedMove(fields) }
    older = try first.piece("older")
    moves = try lines.moves(after: older)
    guard watermark == told else { throw lines.damaged("its watermark is not what its last move made") }
  }

  /// Nothing but the time of a batch that found nothing to do has changed.
  func idle(at now: Instant) -> WatermarkObject {
    WatermarkObject(name: name, writers: writers, idle: now, last: last, older: older, moves: moves)
  }
}

/// As much of the object as a list of watermarks needs.
struct WatermarkSummary: SealedObject {
  static let remedy = WatermarkObject.remedy

  let watermark: Watermark?

  init(_ lines: SealedLines) throws(Failure) {
    let first = try lines.first
    watermark = try Watermark(first, try first.name("name", of: ObjectPlace.watermark))
  }
}

extension Watermark {
  fileprivate var json: JSONValue {
    .members([
      ("position", .text(position)), ("generation", .number(generation)), ("lineage", .text(lineage)),
      ("slice", .text(slice)), ("fence", .integer(fence)), ("who", .string(who)), ("at", .text(at)),
      ("idle", .text(idle)),
    ])
  }

  /// Nil where it was removed.
  fileprivate init?(_ first: ObjectFields, _ name: WatermarkName) throws(Failure) {
    guard let fields = first.object("watermark") else { return nil }
    self.name = name
    position = try fields.needed("position", try fields.instant("position"))
    generation = try fields.needed("generation", try fields.integer("generation"))
    lineage = try fields.text("lineage")
    slice = try fields.text("slice")
    fence = try fields.integer("fence")
    who = try fields.needed("who", try fields.text("who"))
    at = try fields.needed("at", try fields.instant("at"))
    idle = try fields.instant("idle")
  }
}

extension ObjectFields {
  /// The name that the object is of, as its key has it, too.
  func name(
    _ key: String, of file: (WatermarkName) -> String
  ) throws(Failure) -> WatermarkName {
    let name = try name(key)
    guard lines.file.hasSuffix("/" + file(name)) else { throw lines.damaged("it is that of \(name)") }
    return name
  }

  func writers() throws(Failure) -> Writers {
    guard let writers = Writers(rawValue: try text("writers") ?? "") else { throw wrong("writers") }
    return writers
  }
}
