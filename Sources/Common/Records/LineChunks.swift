package import Bytes

/// An object cut into pieces of whole lines, decompressed, so that several threads can read it: each piece ends behind a
/// newline, but for the last one of the object.
///
/// A line that is longer than a reader takes is cut down to one that still is too long: the reader says so.
package final class LineChunks {
  private let input: any RecordInput
  private let size: Int
  /// What was read behind the last newline that was given.
  private var rest: [UInt8] = []
  private var isAtEnd = false

  /// `name` decides the compression where it ends in .gz or .zst, else the first bytes do. `size` is that of a piece.
  package init(_ source: any ByteSource, name: String, size: Int) {
    input = ObjectInput(source, name: name)
    self.size = size
  }

  /// The next piece, which isn't empty; nil at the end. An error is final.
  package func next() throws(RecordError) -> [UInt8]? {
    var piece = rest
    rest = []
    var searched = 0
    while !isAtEnd {
      try fill(&piece)
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

  /// Reads until the piece has its size, or twice as much as it had where that is more.
  ///
  /// Pieces are all of one size, so that each can lie where the one before it lay.
  private func fill(_ piece: inout [UInt8]) throws(RecordError) {
    let kept = piece
    var failure: RecordError?
    piece = [UInt8](unsafeUninitializedCapacity: max(size, 2 * kept.count, 64 << 10)) { buffer, count in
      count = buffer.initialize(fromContentsOf: kept)
      let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
      do throws(RecordError) { count += try read(room) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func read(_ buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      if count == 0 {
        isAtEnd = true
        break
      }
      filled += count
    }
    return filled
  }

  /// Passes over the rest of a line of which more than enough is there; what follows it is kept.
  private func skipLine(_ piece: inout [UInt8]) throws(RecordError) {
    piece.removeSubrange((LineReader.longest + 1)...)
    var more: [UInt8] = []
    while !isAtEnd {
      more.removeAll(keepingCapacity: true)
      try fill(&more)
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
