internal import Failures

/// A text or keyword field of a segment: its terms, and the documents that have them.
final class TermColumn {
  let dictionary: TermDictionary
  let postings: Part
  let positions: Part
  let norms: Part
  let documents: Int
  let isText: Bool
  let hasPositions: Bool
  let stem: String?

  init(_ parts: PartTable, field: Int, _ column: SegmentMeta.Column, documents: Int) throws(Failure) {
    self.documents = documents
    isText = column.kind == .text
    hasPositions = column.hasPositions
    stem = column.stem
    postings = parts.part(.postings, field: field, label: column.name)
    positions = parts.part(.positions, field: field, label: column.name)
    norms = parts.part(.norms, field: field, label: column.name)
    dictionary = try TermDictionary(
      terms: parts.part(.terms, field: field, label: column.name),
      blocks: parts.part(.termBlocks, field: field, label: column.name), count: column.terms,
      limits: .init(documents: documents, postings: postings.bytes.count, positions: positions.bytes.count))
    guard norms.bytes.count == (isText && column.documents > 0 ? documents : 0) else {
      throw norms.corrupt("its length is wrong")
    }
  }

  /// The field's length in a document, as one byte; that of one word for keywords, as Lucene has it for fields without norms.
  func norm(_ document: Int) -> UInt8 {
    document < norms.bytes.count ? norms.bytes[document] : Norms.encode(1)
  }
}
