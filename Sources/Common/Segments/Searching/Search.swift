package import Failures

/// A document that was found.
package struct Hit: Equatable, Sendable {
  package let score: Double
  package let id: [UInt8]
  package let group: [UInt8]
  /// The document as JSON, as it was stored.
  package let document: [UInt8]
}

/// A document that was found, and where it lies.
package struct Match: Equatable, Sendable {
  package let score: Double
  package let id: [UInt8]
  let segment: Int
  let document: Int
}

/// Answers query after query about one index.
package struct Searcher {
  private let view: IndexView
  private var visibilities: [Visibility]

  package init(_ view: IndexView) {
    self.view = view
    visibilities = view.segments.indices.map(view.visibility)
  }

  /// The best documents, at most `limit`: by score, the greatest first; of equal scores by id in byte order. The same for the
  /// same index, however its documents are spread over segments, but for what hidden ones add to the statistics.
  /// 64 where the query names no field there is.
  package mutating func best(_ query: Query, limit: Int) throws(Failure) -> [Match] {
    let plan = try QueryPlan(query, view)
    guard limit > 0, !plan.isEmpty else { return [] }
    var top = TopDocuments(limit, of: view.segments)
    // The highest layer first: none of what it has is hidden, so what lies below is held against good scores from the start.
    for number in view.segments.indices.reversed() {
      let search = try SegmentSearch(plan, view, segment: number)
      try search.run(into: &top, seeing: &visibilities[number])
    }
    return try top.matches()
  }
}

extension IndexView {
  /// The best documents, with what was stored of them.
  package func search(_ query: Query, limit: Int) throws(Failure) -> [Hit] {
    var searcher = Searcher(self)
    var stored = segments.map(\.reader.stored)
    var hits: [Hit] = []
    for match in try searcher.best(query, limit: limit) {
      hits.append(try hit(match, from: &stored[match.segment]))
    }
    return hits
  }

  package func hit(_ match: Match) throws(Failure) -> Hit {
    var stored = segments[match.segment].reader.stored
    return try hit(match, from: &stored)
  }

  private func hit(_ match: Match, from stored: inout StoredDocuments) throws(Failure) -> Hit {
    let group = try segments[match.segment].reader.group(of: match.document)
    let document = Array(try stored.document(match.document))
    return Hit(score: match.score, id: match.id, group: group, document: document)
  }
}
