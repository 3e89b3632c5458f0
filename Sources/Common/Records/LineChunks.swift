package import Bytes

/// An object of NDJSON cut into pieces of whole lines, decompressed: each piece ends behind a newline, but for the last one of
/// the object.
///
/// A line that is longer than a reader takes is cut down to one that still is too long: the reader says so.
package final class LineChunks: RecordPieces {
  package let unit = RecordUnit.line
  package let hasOwnLines = true
  private var input: PieceInput
  /// What was read behind the last newline that was given.
  private var rest: [UInt8] = []

  /// `name` decides the compression where it ends in .gz or .zst, else the first bytes do. `size` is that of a piece.
  package init(_ source: any ByteSource, name: String, size: Int) {
    input = PieceInput(ObjectInput(source, name: name), size: size)
  }

  package func next() throws(RecordError) -> (any RecordPiece)? {
    guard let lines = try lines() else { return nil }
    return WholeLines(bytes: lines)
  }

  /// The next piece, which isn't empty; nil at the end.
  private func lines() throws(RecordError) -> [UInt8]? {
    var piece = rest
    rest = []
    var searched = 0
    while !input.isAtEnd {
      try input.fill(&piece)
      if let end = Self.endOfLines(piece, from: searched) {
        rest = Array(piece[end...])
        piece.removeSubrange(end...)
        return piece
      }
      searched = piece.count
      if piece.count > LineReader.longest {
        searched = LineReader.longest + 1
        try skipLine(&piece)
      }
    }
    return piece.isEmpty ? nil : piece
  }

  /// Passes over the rest of a line of which more than enough is there; what follows it is kept.
  private func skipLine(_ piece: inout [UInt8]) throws(RecordError) {
    piece.removeSubrange((LineReader.longest + 1)...)
    var more: [UInt8] = []
    while !input.isAtEnd {
      more.removeAll(keepingCapacity: true)
      try input.fill(&more)
      if let newline = more.firstIndex(of: 0x0A) {
        piece += more[newline...]
        return
      }
    }
  }

  /// Behind the last newline from `start` on.
  private static func endOfLines(_ bytes: [UInt8], from start: Int) -> Int? {
    bytes[start...].lastIndex(of: 0x0A).map { $0 + 1 }
  }
}
