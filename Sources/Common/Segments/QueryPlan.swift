internal import Failures
internal import Fields

/// A query against the fields of an index: what is looked for where, and with what weight.
struct QueryPlan {
  /// One word or phrase in one field.
  struct Leaf {
    let field: String
    let words: [QueryWord]
    var scoring: BM25
  }

  /// Leaves of which one is enough.
  struct Clause {
    let sign: Query.Sign
    let leaves: Range<Int>
  }

  enum Condition {
    case number(field: String, NumberRange)
    case id([UInt8])
    case group([UInt8])
  }

  struct Filter {
    let condition: Condition
    let isExcluded: Bool
  }

  private(set) var leaves: [Leaf] = []
  private(set) var clauses: [Clause] = []
  private(set) var filters: [Filter] = []
  private let view: IndexView

  init(_ query: Query, _ view: IndexView) throws(Failure) {
    self.view = view
    for clause in query.clauses { try add(clause) }
  }

  /// Whether nothing is left to look for, as of a query of punctuation alone.
  var isEmpty: Bool { clauses.isEmpty && filters.isEmpty }
  /// Whether every document that is not excluded is a hit.
  var onlyRestricts: Bool { clauses.allSatisfy { $0.sign == .mustNot } }

  private mutating func add(_ clause: Query.Clause) throws(Failure) {
    guard let field = clause.field else {
      let texts = fields(of: [.text])
      guard !texts.isEmpty else {
        throw Self.failure("the index has no text field; name a field: \(searchable)")
      }
      return try addWords(clause, in: texts)
    }
    switch view.kinds[field] {
    case .text: try addWords(clause, in: [field])
    case .keyword: try addLeaves(clause.sign, [leaf(field, [QueryWord(exactly: clause.text)])])
    case .number:
      guard let range = NumberRange(clause.text) else {
        throw Self.failure(
          "\(field) is a number field, which takes 15, 10..20, 10.. or ..20, not \(clause.text)")
      }
      addFilter(clause, .number(field: field, range))
    case .id: addFilter(clause, .id(Array(clause.text.utf8)))
    case .group: addFilter(clause, .group(Array(clause.text.utf8)))
    case .stored: throw Self.failure("field \(field) is stored, not searched; searched are \(searchable)")
    case nil: throw Self.failure("there is no field \(field); there are \(searchable)")
    }
  }

  private static func failure(_ reason: String) -> Failure { Failure(.usage, "cannot search: \(reason)") }

  private func fields(of kinds: [Field.Kind]) -> [String] {
    view.kinds.filter { kinds.contains($0.value) }.map(\.key).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }

  private var searchable: String {
    fields(of: [.id, .group, .text, .keyword, .number]).joined(separator: ", ")
  }

  private mutating func addFilter(_ clause: Query.Clause, _ condition: Condition) {
    filters.append(Filter(condition: condition, isExcluded: clause.sign == .mustNot))
  }

  // MARK: Words

  /// A phrase is looked for as it is; what isn't quoted, word by word, each with the clause's sign.
  private mutating func addWords(_ clause: Query.Clause, in fields: [String]) throws(Failure) {
    let words = try QueryWord.words(clause.text, stems: stems(of: fields))
    if clause.isQuoted && words.count > 1 {
      let fields = fields.filter(keepsPositions)
      guard !fields.isEmpty else {
        throw Self.failure("\(clause.field ?? "no text field") keeps positions, which a phrase needs")
      }
      try addLeaves(clause.sign, fields.map { (field) throws(Failure) in try leaf(field, words) })
    } else {
      for word in words {
        try addLeaves(
          clause.sign, fields.map { (field) throws(Failure) in try leaf(field, [word.alone]) })
      }
    }
  }

  private func keepsPositions(_ field: String) -> Bool {
    view.segments.allSatisfy { segment in
      view.field(field, in: segment.reader).map { segment.reader.meta.columns[$0].hasPositions } ?? true
    }
  }

  /// How the words of these fields were analysed, in whichever segment.
  private func stems(of fields: [String]) -> Set<String?> {
    Set(view.segments.flatMap(\.reader.meta.columns).filter { fields.contains($0.name) }.map(\.stem))
  }

  private mutating func addLeaves(_ sign: Query.Sign, _ new: [Leaf]) throws(Failure) {
    clauses.append(Clause(sign: sign, leaves: leaves.count..<leaves.count + new.count))
    leaves += new
  }

  private func leaf(_ field: String, _ words: [QueryWord]) throws(Failure) -> Leaf {
    var (documents, sumOfLengths) = (0, 0)
    var frequencies = Array(repeating: 0, count: words.count)
    for segment in view.segments.map(\.reader) {
      guard let number = view.field(field, in: segment), let column = segment.termColumns[number] else {
        continue
      }
      documents = documents.addingSaturating(segment.meta.columns[number].documents)
      sumOfLengths = sumOfLengths.addingSaturating(segment.meta.columns[number].sumOfLengths)
      for (index, word) in words.enumerated() {
        let entry = try word.term(stem: column.stem).flatMap { (term) throws(Failure) in
          try column.dictionary.find(term)
        }
        frequencies[index] += entry?.documentFrequency ?? 0
      }
    }
    let weight = frequencies.reduce(0) { $0 + BM25.idf(documents: documents, frequency: $1) }
    let average = Double(sumOfLengths) / Double(max(documents, 1))
    return Leaf(field: field, words: words, scoring: BM25(weight: weight, averageLength: average))
  }
}

extension Int {
  /// Counts from a file can be anything.
  func addingSaturating(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
