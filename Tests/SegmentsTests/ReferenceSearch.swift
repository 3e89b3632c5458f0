import Glibc

@testable import Segments

/// Search by looking at every document: BM25 from its formula, over indexes of dictionaries.
struct ReferenceSearch {
  /// An index and which of its documents are visible.
  let segments: [(index: ReferenceIndex, visible: [Bool])]

  struct Result: Equatable {
    let id: String
    let score: Double
  }

  /// Words and phrases of text and keyword fields, number ranges, ids and groups, as `Query` has them.
  func search(_ query: Query, limit: Int) -> [Result] {
    let wanted = query.clauses.map { clause in (clause.sign, leaves(clause)) }
    let onlyRestricts = !wanted.contains { $0.0 != .mustNot && !$0.1.isEmpty }
    var results: [Result] = []
    for (index, visible) in segments {
      let parts = wanted.map { sign, leaves in (sign, leaves.map { scores($0, index) }) }
      for number in index.documents.indices where visible[number] {
        let document = index.documents[number]
        guard query.clauses.allSatisfy({ passes($0, document) }) else { continue }
        var score = 0.0
        var accepted = true
        var found = onlyRestricts
        for (sign, lists) in parts where !lists.isEmpty {
          let scores = lists.compactMap { $0[number] }
          if sign == .mustNot && !scores.isEmpty || sign == .must && scores.isEmpty { accepted = false }
          if sign != .mustNot {
            for value in scores { score += value }
            found = found || !scores.isEmpty
          }
        }
        if accepted && found { results.append(Result(id: document.id, score: score)) }
      }
    }
    results.sort {
      $0.score == $1.score
        ? Array($0.id.utf8).lexicographicallyPrecedes(Array($1.id.utf8)) : $0.score > $1.score
    }
    return Array(results.prefix(limit))
  }

  private struct Leaf {
    let field: String
    let words: [[UInt8]]
    let weight: Double
    let average: Double
  }

  private func leaves(_ clause: Query.Clause) -> [Leaf] {
    if ["price", "id", "maker"].contains(clause.field) { return [] }
    let fields = clause.field.map { [$0] } ?? (clause.isQuoted ? ["title"] : ["body", "title"])
    let isText = clause.field != "brand"
    let words = isText ? ReferenceIndex.words([clause.text]).map(\.0) : [Array(clause.text.utf8)]
    return fields.map { field in
      let columns = segments.compactMap { $0.index.columns[field] }
      let documents = columns.reduce(0) { $0 + $1.documents }
      let weight = words.reduce(0.0) { sum, word in
        let frequency = columns.reduce(0) { $0 + ($1.postings[word]?.count ?? 0) }
        return sum + log(1 + (Double(documents - frequency) + 0.5) / (Double(frequency) + 0.5))
      }
      let average = Double(columns.reduce(0) { $0 + $1.sumOfLengths }) / Double(max(documents, 1))
      return Leaf(field: field, words: words, weight: weight, average: average)
    }
  }

  /// By document, of those that have the leaf.
  private func scores(_ leaf: Leaf, _ index: ReferenceIndex) -> [Int: Double] {
    guard let column = index.columns[leaf.field], let list = column.postings[leaf.words[0]] else {
      return [:]
    }
    let scored = list.compactMap { posting in
      score(leaf, column, posting).map { (posting.document, $0) }
    }
    return Dictionary(uniqueKeysWithValues: scored)
  }

  /// Of a document that has the first word.
  private func score(_ leaf: Leaf, _ column: ReferenceIndex.Column, _ first: ReferenceIndex.Posting)
    -> Double?
  {
    let document = first.document
    let others = leaf.words.dropFirst().map { Set(column.positions(of: $0, in: document)) }
    let starts = first.positions.count { start in
      others.indices.allSatisfy { others[$0].contains(start + 1 + $0) }
    }
    guard starts > 0 else { return nil }
    let length = leaf.field == "brand" ? 1 : Norms.decode(Norms.encode(column.lengths[document]))
    let average = leaf.average > 0 ? leaf.average : 1
    let frequency = Double(starts)
    return leaf.weight * frequency / (frequency + 1.2 * (1 - 0.75 + 0.75 * Double(length) / average))
  }

  private func passes(_ clause: Query.Clause, _ document: TestDocument) -> Bool {
    let holds: Bool
    switch clause.field {
    case "price":
      let ends = clause.text.split(separator: "..", omittingEmptySubsequences: false).map { Double($0) }
      guard let price = document.numbers["price"] else { return clause.sign == .mustNot }
      holds =
        price >= ends[0] ?? -.infinity && price <= (ends.count > 1 ? ends[1] ?? .infinity : ends[0] ?? 0)
    case "id": holds = document.id == clause.text
    case "maker": holds = document.group == clause.text
    default: return true
    }
    return holds == (clause.sign != .mustNot)
  }
}
