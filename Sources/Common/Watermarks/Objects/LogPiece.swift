internal import Bytes
internal import Failures
internal import JSON

// log/NAME/<first>-<last>-<32 hex>.json: moves that the watermark's object no longer holds, never changed.
//
//     {"format":1,"name":"ads","older":"1-16-<32 hex>.json"}      null in the first piece
//     {"sequence":17, ...}                                        oldest first
//     ...
//     {"sequence":32, ...}
//     {"checksum":"<64 hex>"}
//
// The hexadecimal digits are the first of the SHA-256 of all bytes: whoever writes a piece again writes the same, and
// one that came of a watermark's object that was lost has another name.

/// The name of a piece, and what it tells.
///
/// Invariants: 1 <= first <= last.
struct PieceName: Equatable, Sendable, CustomStringConvertible {
  let first: Int
  let last: Int
  let hash: String

  init(_ moves: [LoggedMove], _ bytes: [UInt8]) {
    first = moves.first?.sequence ?? 1
    last = moves.last?.sequence ?? 1
    hash = String(SHA256.hex(bytes).prefix(32))
  }

  /// Nil for a name that is none.
  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let first = Int(parts[0]), let last = Int(parts[1]), parts[2].hasSuffix(".json"),
      1 <= first, first <= last, last < 1 << 53
    else { return nil }
    let hash = parts[2].dropLast(5)
    guard Hex.isWritten(hash, digits: 32) else { return nil }
    (self.first, self.last, self.hash) = (first, last, String(hash))
    guard description == text else { return nil }
  }

  var description: String { "\(first)-\(last)-\(hash).json" }
}

struct LogPiece: SealedObject {
  static let remedy = "put back the version of it that was whole, or read the log's newer part with -n"

  let name: WatermarkName
  let older: PieceName?
  /// Invariant: not empty; each sequence is the one before and 1.
  let moves: [LoggedMove]

  init(name: WatermarkName, older: PieceName?, moves: [LoggedMove]) {
    (self.name, self.older, self.moves) = (name, older, moves)
  }

  var bytes: [UInt8] {
    let first = JSONValue.members([
      ("format", .number(SealedLines.format)), ("name", .string(name.text)), ("older", .text(older)),
    ])
    return SealedLines.bytes([first] + moves.map(\.json))
  }

  init(_ lines: SealedLines) throws(Failure) {
    let first = try lines.first
    name = try first.name("name")
    older = try first.piece("older")
    moves = try lines.moves(after: older)
  }
}

extension ObjectFields {
  func name(_ key: String) throws(Failure) -> WatermarkName {
    let text = try text(key) ?? ""
    do throws(Failure) { return try WatermarkName(text) } catch { throw wrong(key) }
  }

  func piece(_ key: String) throws(Failure) -> PieceName? {
    guard let text = try text(key) else { return nil }
    guard let name = PieceName(text) else { throw wrong(key) }
    return name
  }
}

extension SealedLines {
  /// The moves from the second line on; they follow each other, and what is older.
  func moves(after older: PieceName?) throws(Failure) -> [LoggedMove] {
    var moves: [LoggedMove] = []
    for index in rest {
      let move = try LoggedMove(try fields(index))
      guard move.sequence == (moves.last?.sequence ?? older?.last ?? 0) + 1 else {
        throw damaged("its moves do not follow each other")
      }
      moves.append(move)
    }
    if moves.isEmpty { throw damaged("it has no moves") }
    return moves
  }
}
