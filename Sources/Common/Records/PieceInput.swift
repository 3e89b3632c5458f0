/// The bytes of an object, decompressed, read in buffers that grow where one piece needs more.
struct PieceInput: ~Copyable {
  private let input: any RecordInput
  private let size: Int
  private(set) var isAtEnd = false

  /// `size` is that of a piece.
  init(_ input: any RecordInput, size: Int) {
    self.input = input
    self.size = size
  }

  /// Reads until the piece has its size, or twice as much as it had where that is more.
  ///
  /// Pieces are all of one size, so that each can lie where the one before it lay.
  mutating func fill(_ piece: inout [UInt8]) throws(RecordError) {
    let kept = piece
    var failure: RecordError?
    piece = [UInt8](unsafeUninitializedCapacity: max(size, 2 * kept.count, 64 << 10)) { buffer, count in
      count = buffer.initialize(fromContentsOf: kept)
      let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
      do throws(RecordError) { count += try read(room) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private mutating func read(_ buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
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
}
