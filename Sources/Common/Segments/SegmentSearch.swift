internal import Failures

/// One query over one segment, document by document in ascending order.
///
/// Where nothing is required, documents that can't reach the best ones are left out by MaxScore (Turtle and Flood, 1995) with
/// the maxima of blocks (Ding and Suel, 2011). What is left out would never have been among the best: bounds are compared
/// with room for rounding, and a document's score is summed up in the order of the query wherever it is found.
struct SegmentSearch {
  /// Sums in another order differ by less than this.
  private static let roundingRoom = 1 + 1e-9

  private let plan: QueryPlan
  private let segment: IndexView.Segment
  private let number: Int
  /// In the order of the query; those that the segment does not have are left out.
  private let scoring: [LeafCursor]
  private let required: [[LeafCursor]]
  private let excluded: [LeafCursor]
  private let filters: [(QueryPlan.Filter, field: NumberColumn?)]

  init(_ plan: QueryPlan, _ view: IndexView, segment number: Int) throws(Failure) {
    self.plan = plan
    self.number = number
    segment = view.segments[number]
    var (scoring, required, excluded): ([LeafCursor], [[LeafCursor]], [LeafCursor]) = ([], [], [])
    for clause in plan.clauses {
      var cursors: [LeafCursor] = []
      for place in clause.leaves {
        let leaf = plan.leaves[place]
        guard let field = view.field(leaf.field, in: segment.reader),
          let column = segment.reader.termColumns[field],
          let cursor = try LeafCursor(leaf, column)
        else { continue }
        cursors.append(cursor)
      }
      switch clause.sign {
      case .should: scoring += cursors
      case .must:
        scoring += cursors
        required.append(cursors)
      case .mustNot: excluded += cursors
      }
    }
    (self.scoring, self.required, self.excluded) = (scoring, required, excluded)
    filters = plan.filters.map { filter in
      guard case .number(let name, _) = filter.condition else { return (filter, nil) }
      let field = view.field(name, in: view.segments[number].reader)
      return (filter, field.flatMap { view.segments[number].reader.numberColumns[$0] })
    }
  }

  func run(into top: inout TopDocuments) throws(Failure) {
    if plan.onlyRestricts {
      for document in try candidates() { try offer(document, into: &top) }
    } else if let lead = required.min(by: { Self.cost($0) < Self.cost($1) }) {
      try runRequired(lead, into: &top)
    } else {
      try runMaxScore(into: &top)
    }
  }

  // MARK: Whether a document counts

  private func offer(_ document: Int, into top: inout TopDocuments) throws(Failure) {
    guard segment.visible[document], try !isExcluded(document), try passesFilters(document) else { return }
    var score = 0.0
    for cursor in scoring {
      try cursor.advance(to: document)
      if cursor.document == document { score += cursor.score }
    }
    try top.offer(score, document, of: number, segment.reader)
  }

  private func isExcluded(_ document: Int) throws(Failure) -> Bool {
    for cursor in excluded {
      try cursor.advance(to: document)
      if cursor.document == document { return true }
    }
    return false
  }

  private func passesFilters(_ document: Int) throws(Failure) -> Bool {
    for (filter, field) in filters where try holds(filter.condition, field, document) == filter.isExcluded {
      return false
    }
    return true
  }

  private func holds(
    _ condition: QueryPlan.Condition, _ field: NumberColumn?, _ document: Int
  ) throws(Failure) -> Bool {
    switch condition {
    case .number(_, let range): field?[document].map(range.contains) ?? false
    case .id(let id): try segment.reader.ids.string(document).elementsEqual(id)
    case .group(let group): try segment.reader.documents(inGroup: group)?.contains(document) ?? false
    }
  }

  // MARK: Which documents are looked at

  /// All documents, but for what an id or a group leaves of them.
  private func candidates() throws(Failure) -> Range<Int> {
    var range = 0..<segment.reader.documents
    for filter in plan.filters where !filter.isExcluded {
      switch filter.condition {
      case .id(let id):
        let document = try segment.reader.document(id: id)
        range = range.clamped(to: document.map { $0..<$0 + 1 } ?? 0..<0)
      case .group(let group): range = range.clamped(to: try segment.reader.documents(inGroup: group) ?? 0..<0)
      case .number: break
      }
    }
    return range
  }

  private static func cost(_ clause: [LeafCursor]) -> Int { clause.reduce(0) { $0 + $1.cost } }

  /// The documents of one required clause, where the others have them too.
  private func runRequired(_ lead: [LeafCursor], into top: inout TopDocuments) throws(Failure) {
    var document = Self.first(lead)
    while document != LeafCursor.noDocument {
      if try allRequired(at: document) { try offer(document, into: &top) }
      for cursor in lead { try cursor.advance(to: document + 1) }
      document = Self.first(lead)
    }
  }

  private static func first(_ cursors: some Sequence<LeafCursor>) -> Int {
    cursors.reduce(LeafCursor.noDocument) { min($0, $1.document) }
  }

  private func allRequired(at document: Int) throws(Failure) -> Bool {
    for clause in required {
      var found = false
      for cursor in clause where !found {
        try cursor.advance(to: document)
        found = cursor.document == document
      }
      if !found { return false }
    }
    return true
  }

  /// Lists in ascending order of their bounds: as long as the first few together can't reach the threshold, a document
  /// that is in none of the others can't either, and the first few are looked up only for documents of the others.
  private func runMaxScore(into top: inout TopDocuments) throws(Failure) {
    let lists = scoring.sorted { $0.bound < $1.bound }
    let sums = lists.reduce(into: [0.0]) { $0.append(($0.last ?? 0) + $1.bound) }
    var essential = 0
    while true {
      while essential < lists.count, isBelow(sums[essential + 1], top.threshold) { essential += 1 }
      let document = Self.first(lists[essential...])
      if document == LeafCursor.noDocument { return }
      let (bound, limit) = try Self.bound(lists, at: document)
      var next = document + 1
      if isBelow(bound, top.threshold) { next = max(next, limit) } else { try offer(document, into: &top) }
      for cursor in lists[essential...] { try cursor.advance(to: next) }
    }
  }

  private func isBelow(_ bound: Double, _ threshold: Double) -> Bool { bound * Self.roundingRoom < threshold }

  /// What no document from this one up to the limit, that one excluded, can exceed.
  private static func bound(_ lists: [LeafCursor], at document: Int) throws(Failure) -> (
    score: Double, limit: Int
  ) {
    var sum = 0.0
    var limit = LeafCursor.noDocument
    for list in lists {
      let (score, end) = try list.bound(at: document)
      sum += score
      limit = min(limit, end)
    }
    return (sum, limit)
  }
}
