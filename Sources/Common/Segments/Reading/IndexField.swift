internal import Fields

/// A field as all segments of an index have it together.
final class IndexField: Sendable {
  let name: String
  let kind: Field.Kind
  /// Its number in each segment; nil where the segment has none of that name and kind.
  let numbers: [Int?]
  /// Whether every segment that has the field keeps positions for it.
  let keepsPositions: Bool
  /// The stemmers that its words went through, in whichever segment.
  let stems: Set<String?>
  /// The documents that have it.
  let documents: Int
  let lengths: BM25.Lengths

  init(_ name: String, _ kind: Field.Kind, in metas: [SegmentMeta]) {
    self.name = name
    self.kind = kind
    let numbers = metas.map { meta in meta.columns.firstIndex { $0.name == name && $0.kind == kind } }
    let columns = zip(metas, numbers).compactMap { meta, number in number.map { meta.columns[$0] } }
    let documents = columns.reduce(0) { $0.addingSaturating($1.documents) }
    let sumOfLengths = columns.reduce(0) { $0.addingSaturating($1.sumOfLengths) }
    self.numbers = numbers
    self.documents = documents
    stems = Set(columns.map(\.stem))
    keepsPositions = columns.allSatisfy(\.hasPositions)
    lengths = BM25.Lengths(average: Double(sumOfLengths) / Double(max(documents, 1)))
  }
}

extension Int {
  /// Counts from a file can be anything.
  func addingSaturating(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
