package import Failures

/// A document that was found.
package struct Hit: Equatable, Sendable {
  package let score: Double
  package let id: [UInt8]
  package let group: [UInt8]
  /// The document as JSON, as it was stored.
  package let document: [UInt8]
}

extension IndexView {
  /// The best documents, at most `limit`: by score, the greatest first; of equal scores by id in byte order. The same for the
  /// same index, however its documents are spread over segments, but for what hidden ones add to the statistics.
  /// 64 where the query names no field there is.
  package func search(_ query: Query, limit: Int) throws(Failure) -> [Hit] {
    let plan = try QueryPlan(query, self)
    guard limit > 0, !plan.isEmpty else { return [] }
    var top = TopDocuments(limit)
    for number in segments.indices { try SegmentSearch(plan, self, segment: number).run(into: &top) }
    var stored = segments.map(\.reader.stored)
    var hits: [Hit] = []
    for entry in top.sorted {
      let group = try segments[entry.segment].reader.group(of: entry.document)
      let document = Array(try stored[entry.segment].document(entry.document))
      hits.append(Hit(score: entry.score, id: entry.id, group: group, document: document))
    }
    return hits
  }
}
