internal import Failures

/// Reads what NumberColumnWriter wrote.
struct NumberColumn {
  let part: Part
  private let documents: Int

  init(_ part: Part, documents: Int, having: Int) throws(Failure) {
    self.part = part
    self.documents = having > 0 ? documents : 0
    guard part.bytes.count == Self.presenceLength(self.documents) + 8 * self.documents else {
      throw part.corrupt("its length is wrong")
    }
  }

  private static func presenceLength(_ documents: Int) -> Int { (documents + 63) / 64 * 8 }

  /// The document's value, where it has one.
  subscript(document: Int) -> Double? {
    guard document >= 0, document < documents, part.bytes[document / 8] & 1 << UInt8(document % 8) != 0 else {
      return nil
    }
    return Double(bitPattern: bits(document))
  }

  private func bits(_ document: Int) -> UInt64 {
    let offset = Self.presenceLength(documents) + 8 * document
    return UInt64(littleEndian: part.bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Checks that what is there is finite, and what isn't is zero; `having` documents have a value.
  func verify(having: Int) throws(Failure) {
    var count = 0
    for document in 0..<documents {
      if let value = self[document] {
        count += 1
        guard value.isFinite else { throw part.corrupt("a number is not finite") }
      } else if bits(document) != 0 {
        throw part.corrupt("a document without the field has a number")
      }
    }
    let words = Self.presenceLength(documents)
    let set = part.bytes[..<words].reduce(0) { $0 + $1.nonzeroBitCount }
    guard count == having, set == count else { throw part.corrupt("the number of documents is wrong") }
  }
}
