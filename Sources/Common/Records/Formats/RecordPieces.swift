/// An object cut into pieces, in order, which several threads can turn into NDJSON.
package protocol RecordPieces: AnyObject {
  /// What the numbers of its lines count.
  var unit: RecordUnit { get }

  /// Whether the lines are the object's own, so that it says something to name a byte of one.
  var hasOwnLines: Bool { get }

  /// Whether the lines that are ASCII are known to be canonical JSON of what is wanted, and nothing else.
  var isCanonical: Bool { get }

  /// The next piece; nil at the end. To be asked by one thread at a time. An error is final, and its line is the object's.
  func next() throws(RecordError) -> (any RecordPiece)?
}

extension RecordPieces {
  package var hasOwnLines: Bool { false }
  package var isCanonical: Bool { false }
}

/// What an object is counted in, where a record of it is named.
package enum RecordUnit: String, Sendable { case line, row }

package protocol RecordPiece: Sendable {
  /// About how many bytes its records are.
  var size: Int { get }

  /// Hands over what is in the piece, in order, as long as `take` wants more. An error is final; its line is the piece's.
  func read(_ take: (PieceContent) -> Bool) throws(RecordError)
}

package enum PieceContent {
  /// Whole lines of NDJSON, as many as there are in the object: empty ones stand for those that are no record, or the rest of
  /// one. The last line of an object may have no newline. Valid until `take` is done.
  case lines(UnsafeRawBufferPointer)
  /// A record in that line of the piece, from 1, is none. The lines that it takes come as empty ones next.
  case malformed(line: Int, reason: String)
}

/// A piece of NDJSON.
struct WholeLines: RecordPiece {
  let bytes: [UInt8]

  var size: Int { bytes.count }

  func read(_ take: (PieceContent) -> Bool) throws(RecordError) {
    bytes.withUnsafeBytes { _ = take(.lines($0)) }
  }
}
