internal import Failures

/// A filter of a query in one segment.
struct SegmentFilter {
  private let condition: QueryPlan.Condition
  private let isExcluded: Bool
  /// Of a number filter, where the segment has the field.
  private let numbers: NumberColumn?

  init(_ filter: QueryPlan.Filter, _ reader: SegmentReader, segment: Int) {
    (condition, isExcluded) = (filter.condition, filter.isExcluded)
    if case .number(let field, _) = condition {
      numbers = field.numbers[segment].flatMap { reader.numberColumns[$0] }
    } else {
      numbers = nil
    }
  }

  func passes(_ document: Int, _ reader: SegmentReader) throws(Failure) -> Bool {
    try holds(document, reader) != isExcluded
  }

  private func holds(_ document: Int, _ reader: SegmentReader) throws(Failure) -> Bool {
    switch condition {
    case .number(_, let range): numbers?[document].map(range.contains) ?? false
    case .id(let id): try reader.ids.string(document).elementsEqual(id)
    case .group(let group): try reader.groupBytes(of: document).elementsEqual(group)
    }
  }

  /// All documents, but for what ids and groups leave of them.
  static func candidates(_ filters: [SegmentFilter], _ reader: SegmentReader) throws(Failure) -> Range<Int> {
    var range = 0..<reader.documents
    for filter in filters where !filter.isExcluded {
      switch filter.condition {
      case .id(let id):
        let document = try reader.document(id: id)
        range = range.clamped(to: document.map { $0..<$0 + 1 } ?? 0..<0)
      case .group(let group): range = range.clamped(to: try reader.documents(inGroup: group) ?? 0..<0)
      case .number: break
      }
    }
    return range
  }
}
