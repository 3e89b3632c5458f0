internal import Failures
internal import Fields

/// A query against the fields of an index: what is looked for where, and with what weight.
struct QueryPlan {
  /// One word or phrase in one field.
  struct Leaf {
    let field: IndexField
    let words: [Word]
    let scoring: BM25
  }

  struct Word {
    /// How far it is from the first word of its phrase.
    let offset: Int
    /// What each segment has of it.
    let entries: [TermDictionary.Entry?]

    var documentFrequency: Int { entries.reduce(0) { $0 + ($1?.documentFrequency ?? 0) } }
  }

  /// Leaves of which one is enough.
  struct Clause {
    let sign: Query.Sign
    let leaves: Range<Int>
  }

  enum Condition {
    case number(IndexField, NumberRange)
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
    // An index without segments knows no field, and has no hit.
    guard !view.fields.isEmpty else { return }
    for clause in query.clauses { try add(clause) }
  }

  /// Whether nothing is left to look for, as of a query of punctuation alone.
  var isEmpty: Bool { clauses.isEmpty && filters.isEmpty }
  /// Whether every document that is not excluded is a hit.
  var onlyRestricts: Bool { clauses.allSatisfy { $0.sign == .mustNot } }

  private mutating func add(_ clause: Query.Clause) throws(Failure) {
    guard let name = clause.field else {
      let texts = view.fields.filter { $0.kind == .text }
      guard !texts.isEmpty else {
        throw Self.failure("the index has no text field; name a field: \(searchable)")
      }
      return try addWords(clause, in: texts)
    }
    guard let field = view.fields.first(where: { $0.name == name }) else {
      throw Self.failure("there is no field \(name); there are \(searchable)")
    }
    switch field.kind {
    case .text: try addWords(clause, in: [field])
    case .keyword: try addLeaves(clause.sign, [leaf(field, [QueryWord(exactly: clause.text)])])
    case .number:
      guard let range = NumberRange(clause.text) else {
        throw Self.failure(
          "\(name) is a number field, which takes 15, 10..20, 10.. or ..20, not \(clause.text)")
      }
      addFilter(clause, .number(field, range))
    case .id: addFilter(clause, .id(Array(clause.text.utf8)))
    case .group: addFilter(clause, .group(Array(clause.text.utf8)))
    case .stored: throw Self.failure("field \(name) is stored, not searched; searched are \(searchable)")
    }
  }

  private static func failure(_ reason: String) -> Failure { Failure(.usage, "cannot search: \(reason)") }

  private var searchable: String {
    view.fields.filter { $0.kind != .stored }.map(\.name).joined(separator: ", ")
  }

  private mutating func addFilter(_ clause: Query.Clause, _ condition: Condition) {
    filters.append(Filter(condition: condition, isExcluded: clause.sign == .mustNot))
  }

  // MARK: Words

  /// A phrase is looked for as it is; what isn't quoted, word by word, each with the clause's sign.
  private mutating func addWords(_ clause: Query.Clause, in fields: [IndexField]) throws(Failure) {
    let stems = fields.reduce(into: Set()) { $0.formUnion($1.stems) }
    let words = try QueryWord.words(clause.text, stems: stems)
    if clause.isQuoted && words.count > 1 {
      let fields = fields.filter(\.keepsPositions)
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

  private mutating func addLeaves(_ sign: Query.Sign, _ new: [Leaf]) throws(Failure) {
    clauses.append(Clause(sign: sign, leaves: leaves.count..<leaves.count + new.count))
    leaves += new
  }

  private func leaf(_ field: IndexField, _ words: [QueryWord]) throws(Failure) -> Leaf {
    let words = try words.map { (word) throws(Failure) in
      Word(offset: word.offset, entries: try entries(of: word, in: field))
    }
    let weight = words.reduce(0) {
      $0 + BM25.idf(documents: field.documents, frequency: $1.documentFrequency)
    }
    return Leaf(field: field, words: words, scoring: BM25(weight: weight, lengths: field.lengths))
  }

  private func entries(of word: QueryWord, in field: IndexField) throws(Failure) -> [TermDictionary.Entry?] {
    var entries: [TermDictionary.Entry?] = []
    for (segment, number) in zip(view.segments, field.numbers) {
      let column = number.flatMap { segment.reader.termColumns[$0] }
      let term = column.flatMap { word.term(stem: $0.stem) }
      entries.append(try term.flatMap { (term) throws(Failure) in try column?.dictionary.find(term) })
    }
    return entries
  }
}
