internal import JSON
internal import Records

/// A piece of an object as text.
struct PieceText {
  /// How much text is handed over at a time.
  private static let blockSize = 256 << 10

  private let names: [String]?
  private let skipBad: Int
  private let hasOwnLines: Bool
  private let isCanonical: Bool

  init(_ names: [String]?, skipBad: Int, of pieces: any RecordPieces) {
    (self.names, self.skipBad) = (names, skipBad)
    (hasOwnLines, isCanonical) = (pieces.hasOwnLines, pieces.isCanonical)
  }

  /// Hands over what is found, as long as `take` wants more, and up to the malformed record behind `skipBad` ones.
  func print(_ piece: any RecordPiece, _ take: (Found) -> Bool) {
    var records = CanonicalRecords(selecting: names, hasOwnLines: hasOwnLines, isCanonical: isCanonical)
    var text = JSONText()
    var bad = 0
    func flush() -> Bool {
      defer { text.removeAll() }
      return text.count == 0 || take(.text(Array(text.bytes)))
    }
    func note(_ line: Int, _ reason: String) -> Bool {
      bad += 1
      return flush() && take(.bad(line: line, reason: reason)) && bad <= skipBad
    }
    func print(_ lines: UnsafeRawBufferPointer) throws(RecordError) -> Bool {
      records.go(on: lines)
      while true {
        do throws(RecordError) {
          guard try records.next(into: &text) else { return true }
          if text.count >= Self.blockSize, !flush() { return false }
        } catch .malformed(let line, let reason) {
          guard note(line, reason) else { return false }
        }
      }
    }
    do throws(RecordError) {
      var failure: RecordError?
      try piece.read { content in
        do throws(RecordError) {
          switch content {
          case .lines(let lines): return try print(lines)
          case .malformed(let line, let reason): return note(line, reason)
          }
        } catch {
          failure = error
          return false
        }
      }
      if let failure { throw failure }
    } catch { _ = flush() && take(.broken(error)) }
    _ = flush() && take(.lines(records.line))
  }
}
