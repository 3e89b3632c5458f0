internal import Failures
internal import Files

/// A text or keyword field of some segments, merged: dictionaries side by side, postings with their documents' new numbers.
///
/// What fills in is in spools until the file is written; a term's list is never in memory as a whole where it is long.
final class MergedTerms: @unchecked Sendable {
  private let plan: MergePlan
  private let field: Int
  private let isText: Bool
  /// A byte a document.
  private var norms = ByteArena()
  private var encoder: PostingsEncoder
  private var dictionary: TermDictionaryWriter
  private var postings = 0
  private var sumOfLengths = 0
  private var documents = 0
  /// A bit a document, for keywords: whether it has the field.
  private var present = ByteArena()

  init(_ plan: MergePlan, field: Int, limit: Int, in directory: Directory) throws(Failure) {
    self.plan = plan
    self.field = field
    let columns = plan.inputs.compactMap { $0.reader.termColumns[field] }
    isText = columns.first?.isText ?? true
    if isText { norms = try Self.norms(plan, field) }
    documents = norms.bytes.count { $0 != 0 }
    if !isText { present.appendZeros((plan.documents + 7) / 8) }
    encoder = PostingsEncoder(
      norms: norms.bytes, hasFrequencies: isText, hasPositions: columns.first?.hasPositions ?? false,
      limit: limit, in: directory)
    dictionary = TermDictionaryWriter(limit: limit, in: directory)
    try mergeTerms(columns)
  }

  /// The norms by the new numbers.
  private static func norms(_ plan: MergePlan, _ field: Int) throws(Failure) -> ByteArena {
    var norms = ByteArena(capacity: plan.documents)
    try plan.forEachRun { (run) throws(Failure) in
      if let part = plan.inputs[run.input].reader.termColumns[field]?.norms, !part.bytes.isEmpty {
        norms.append(try part.slice(run.documents))
      } else {
        norms.appendZeros(run.documents.count)
      }
    }
    return norms
  }

  // MARK: - Terms

  private func mergeTerms(_ columns: [TermColumn]) throws(Failure) {
    var sources: [Source] = []
    for (column, input) in zip(columns, plan.inputs) {
      let source = Source(column, input.numbers)
      if try source.next() { sources.append(source) }
    }
    while var first = sources.first {
      for source in sources.dropFirst() where source.term.lexicographicallyPrecedes(first.term) {
        first = source
      }
      let term = first.term
      let having = sources.count == 1 ? sources : sources.filter { $0 === first || $0.term == term }
      try merge(term, having)
      var ended = false
      for source in having where try !source.next() { ended = true }
      if ended { sources.removeAll { $0.isAtEnd } }
    }
  }

  private func merge(_ term: [UInt8], _ sources: [Source]) throws(Failure) {
    var most = 0
    for source in sources {
      most += source.documentFrequency
      try source.open()
    }
    encoder.begin(atMost: most)
    if sources.count == 1 {
      while sources[0].number != MergePlan.gone { try take(sources[0]) }
    } else {
      while let next = sources.min(by: { $0.number < $1.number }), next.number != MergePlan.gone {
        try take(next)
      }
    }
    let lists = encoder.end()
    guard lists.documentFrequency > 0 else { return }
    term.withUnsafeBytes { dictionary.add($0, lists) }
    postings += lists.documentFrequency
  }

  private func take(_ source: Source) throws(Failure) {
    let (number, frequency) = (source.number, source.frequency)
    encoder.add(number, frequency: frequency, positions: try source.positions())
    sumOfLengths = sumOfLengths.addingReportingOverflow(Int(frequency)).partialValue
    if !isText { present.elements(UInt8.self)[Int(number) / 8] |= 1 << UInt8(number % 8) }
    try source.advance()
  }

  // MARK: - Writing

  func write(counts: inout SegmentMeta.Column, to parts: inout PartsWriter) throws(Failure) {
    counts.documents =
      isText ? documents : present.bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    counts.terms = dictionary.count
    counts.postings = postings
    counts.sumOfLengths = isText ? max(sumOfLengths, 0) : postings
    try dictionary.write(field, to: &parts)
    try encoder.write(field, to: &parts)
    if documents > 0 { try parts.add(.norms, field: field, norms.bytes) }
  }
}

/// One segment's terms, and the list of the term at hand by the documents' new numbers.
private final class Source {
  private let numbers: UnsafeMutableBufferPointer<UInt32>
  private var cursor: TermCursor?
  private var list: ListReader
  private let column: TermColumn
  private var index = 0
  private(set) var isAtEnd = false
  /// Of the document at hand; `gone` behind the last.
  private(set) var number = MergePlan.gone
  private(set) var frequency: UInt32 = 0

  init(_ column: TermColumn, _ numbers: UnsafeMutableBufferPointer<UInt32>) {
    self.column = column
    self.numbers = numbers
    list = ListReader(column)
  }

  var term: [UInt8] { cursor?.term ?? [] }
  var documentFrequency: Int { cursor?.entry.documentFrequency ?? 0 }

  /// Goes on to the next term; false behind the last.
  func next() throws(Failure) -> Bool {
    let before = cursor?.term
    if cursor == nil { cursor = try column.dictionary.cursor() }
    isAtEnd = try cursor?.next() != true
    if !isAtEnd, let before, !before.lexicographicallyPrecedes(term) {
      throw column.dictionary.part.corrupt("it is not in byte order")
    }
    return !isAtEnd
  }

  /// Begins the list of the term.
  func open() throws(Failure) {
    if let entry = cursor?.entry { try list.open(entry) }
    index = -1
    try advance()
  }

  /// Goes on to the next document that counts. The positions of those between are passed over.
  func advance() throws(Failure) {
    while true {
      index += 1
      if index >= list.count {
        guard try list.next() else {
          number = MergePlan.gone
          return
        }
        index = 0
      }
      number = numbers[Int(list.documents[index])]
      frequency = list.frequencies[index]
      if number != MergePlan.gone { return }
      _ = try list.positions(frequency)
    }
  }

  /// The positions of the document at hand, as they stand in the list; to be taken once.
  func positions() throws(Failure) -> UnsafeRawBufferPointer { try list.positions(frequency) }
}
