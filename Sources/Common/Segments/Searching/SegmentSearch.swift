internal import Failures

/// One query over one segment, document by document in ascending order.
///
/// Documents that can't reach the best ones are left out by what blocks have at most: where nothing is required by MaxScore
/// (OptionalSearch), else block by block (RequiredSearch). What is left out would never have been among the best: bounds are
/// compared with room for rounding, and a document's score is summed up in the order of the query wherever it is found.
struct SegmentSearch: ~Copyable {
  /// Sums in another order differ by less than this.
  private static let roundingRoom = 1 + 1e-9

  /// What is scored in the order of the query, then what is excluded; what the segment does not have is left out.
  private let leaves: FixedArray<LeafCursor>
  let scoring: Range<Int>
  private let excluded: Range<Int>
  /// Of the leaves that are scored, those of which one must be there.
  private let required: [Range<Int>]
  private let onlyRestricts: Bool
  let hasPhrases: Bool
  private let filters: [SegmentFilter]
  private let reader: SegmentReader
  private let number: Int

  init(_ plan: QueryPlan, _ view: IndexView, segment number: Int) throws(Failure) {
    let reader = view.segments[number].reader
    var required: [Range<Int>] = []
    var leaves = FixedArray<LeafCursor>(capacity: plan.leaves.count)
    for clause in plan.clauses where clause.sign != .mustNot {
      let first = leaves.count
      try Self.open(clause, plan, reader, number, &leaves)
      if clause.sign == .must { required.append(first..<leaves.count) }
    }
    let scored = leaves.count
    for clause in plan.clauses where clause.sign == .mustNot {
      try Self.open(clause, plan, reader, number, &leaves)
    }
    (scoring, excluded) = (0..<scored, scored..<leaves.count)
    self.leaves = leaves
    self.required = required
    self.reader = reader
    self.number = number
    onlyRestricts = plan.onlyRestricts
    hasPhrases = plan.leaves.contains { $0.words.count > 1 }
    filters = plan.filters.map { SegmentFilter($0, reader, segment: number) }
  }

  private static func open(
    _ clause: QueryPlan.Clause, _ plan: QueryPlan, _ reader: SegmentReader, _ number: Int,
    _ leaves: inout FixedArray<LeafCursor>
  ) throws(Failure) {
    for place in clause.leaves {
      let leaf = plan.leaves[place]
      if let field = leaf.field.numbers[number], let column = reader.termColumns[field],
        let cursor = try LeafCursor(leaf, segment: number, column)
      {
        leaves.append(cursor)
        try leaves.base[leaves.count - 1].advance(to: 0)
      }
    }
  }

  func leaf(_ index: Int) -> UnsafeMutablePointer<LeafCursor> { leaves.base + index }

  consuming func run(into top: inout TopDocuments, seeing visibility: inout Visibility) throws(Failure) {
    if onlyRestricts {
      for document in try SegmentFilter.candidates(filters, reader) {
        try offer(document, &top, &visibility)
      }
    } else if required.isEmpty {
      var search = OptionalSearch(self)
      try search.run(into: &top, seeing: &visibility)
    } else if !required.contains(where: \.isEmpty) {
      let ascending = required.sorted { cost($0) < cost($1) }
      try searchRequired(ascending, &top, &visibility)
    }
  }

  private func cost(_ clause: Range<Int>) -> Int { clause.reduce(0) { $0 + leaf($1).pointee.cost } }

  @inline(__always)
  func isBelow(_ bound: Double, _ top: borrowing TopDocuments) -> Bool {
    bound * Self.roundingRoom < top.threshold
  }

  /// A score that is below the threshold by more than rounding.
  @inline(__always)
  func need(_ top: borrowing TopDocuments) -> Double { top.threshold / Self.roundingRoom }

  // MARK: Whether a document is taken

  func offer(_ document: Int, _ top: inout TopDocuments, _ visibility: inout Visibility) throws(Failure) {
    if hasPhrases, isBelow(try limit(document), top) { return }
    var score = 0.0
    var isFound = onlyRestricts
    for index in scoring {
      if let part = try self.score(index, document) {
        score += part
        isFound = true
      }
    }
    let entry = TopDocuments.Entry(score: score, segment: number, document: document)
    guard isFound, score >= top.threshold, try standsInAll(document), try top.takes(entry),
      try !isExcluded(document), try passesFilters(document), try visibility.contains(document)
    else { return }
    try top.take(entry)
  }

  /// What the document's score doesn't exceed.
  private func limit(_ document: Int) throws(Failure) -> Double {
    var sum = 0.0
    for index in scoring {
      try leaf(index).pointee.advance(to: document)
      if leaf(index).pointee.document == document { sum += leaf(index).pointee.limit }
    }
    return sum
  }

  @inline(__always)
  private func score(_ index: Int, _ document: Int) throws(Failure) -> Double? {
    try leaf(index).pointee.advance(to: document)
    return leaf(index).pointee.document == document ? try leaf(index).pointee.score() : nil
  }

  /// Whether one leaf of each required clause is there.
  private func standsInAll(_ document: Int) throws(Failure) -> Bool {
    for clause in required where hasPhrases {
      var stands = false
      for index in clause where try score(index, document) != nil { stands = true }
      if !stands { return false }
    }
    return true
  }

  private func isExcluded(_ document: Int) throws(Failure) -> Bool {
    for index in excluded where try score(index, document) != nil { return true }
    return false
  }

  private func passesFilters(_ document: Int) throws(Failure) -> Bool {
    for filter in filters where try !filter.passes(document, reader) { return false }
    return true
  }
}
