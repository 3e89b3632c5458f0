internal import Failures
internal import Files

/// A text or keyword field of some segments, merged: dictionaries side by side, postings with their documents' new numbers.
///
/// What fills in is in spools until the file is written; a term's list is never in memory as a whole where it is long.
final class MergedTerms: @unchecked Sendable {
  private let field: Int
  private let isText: Bool
  /// A byte a document.
  private let norms: ByteArena
  /// Documents that have the field, where it is a text.
  private let documents: Int
  private var merge: TermMerge

  init(_ plan: MergePlan, field: Int, limit: Int, in directory: Directory) throws(Failure) {
    self.field = field
    let columns = plan.inputs.compactMap { $0.reader.termColumns[field] }
    isText = columns.first?.isText ?? true
    norms = isText ? try Self.norms(plan, field) : ByteArena()
    documents = norms.bytes.count { $0 != 0 }
    let encoder = PostingsEncoder(
      norms: norms.bytes, hasFrequencies: isText, hasPositions: columns.first?.hasPositions ?? false,
      limit: limit, in: directory)
    merge = try TermMerge(
      columns, plan, encoder, TermDictionaryWriter(limit: limit, in: directory), isText: isText)
    try merge.run()
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

  func write(counts: inout SegmentMeta.Column, to parts: inout PartsWriter) throws(Failure) {
    counts.documents = isText ? documents : merge.documents
    counts.terms = merge.dictionary.count
    counts.postings = merge.postings
    counts.sumOfLengths = isText ? merge.sumOfLengths : merge.postings
    try merge.dictionary.write(field, to: &parts)
    try merge.encoder.write(field, to: &parts)
    if documents > 0 { try parts.add(.norms, field: field, norms.bytes) }
  }
}

/// The work: goes through the dictionaries in step.
private struct TermMerge: ~Copyable {
  private let sources: UnsafeMutableBufferPointer<TermSource>
  /// The places of those that are not at their end; and of them, those that have the term at hand.
  private var open: [Int] = []
  private var having: [Int] = []
  var encoder: PostingsEncoder
  var dictionary: TermDictionaryWriter
  private(set) var postings = 0
  private(set) var sumOfLengths = 0
  /// A bit a document, for keywords: whether it has the field.
  private var present = ByteArena()
  private let isText: Bool
  private let plan: MergePlan
  private static let readAtOnce = 4 << 20
  /// How much had been written when pages were given back.
  private var forgotten = 0

  init(
    _ columns: [TermColumn], _ plan: MergePlan, _ encoder: consuming PostingsEncoder,
    _ dictionary: consuming TermDictionaryWriter, isText: Bool
  ) throws(Failure) {
    var cursors: [TermCursor] = []
    for column in columns { cursors.append(try column.dictionary.cursor()) }
    sources = .allocate(capacity: columns.count)
    for (index, column) in columns.enumerated() {
      sources.initializeElement(at: index, to: TermSource(column, cursors[index], plan.inputs[index].numbers))
    }
    self.encoder = encoder
    self.dictionary = dictionary
    self.isText = isText
    self.plan = plan
    if !isText { present.appendZeros((plan.documents + 7) / 8) }
  }

  deinit { sources.deinitialize().deallocate() }

  var documents: Int { present.bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

  mutating func run() throws(Failure) {
    for index in sources.indices where try sources[index].next() { open.append(index) }
    while let first = leastTerm() {
      having.removeAll(keepingCapacity: true)
      for index in open where index == first || sources[index].hasTerm(of: sources[first]) {
        having.append(index)
      }
      try mergeTerm()
      for index in having where try !sources[index].next() { open.removeAll { $0 == index } }
    }
  }

  /// The first of the sources whose term is the least.
  private func leastTerm() -> Int? {
    guard var first = open.first else { return nil }
    for index in open.dropFirst() where sources[index].precedes(sources[first]) { first = index }
    return first
  }

  /// Merges the lists of those that have the term.
  private mutating func mergeTerm() throws(Failure) {
    var most = 0
    for index in having {
      most += sources[index].documentFrequency
      try sources[index].open()
    }
    encoder.begin(atMost: most)
    while true {
      // From the one with the least document as long as it stays that.
      var (first, number, limit) = (0, MergePlan.gone, MergePlan.gone)
      for index in having {
        let other = sources[index].number
        if other < number {
          (first, number, limit) = (index, other, number)
        } else {
          limit = min(limit, other)
        }
      }
      if number == MergePlan.gone { break }
      repeat { try take(first) } while sources[first].number < limit
    }
    let lists = encoder.end()
    giveBack(lists.postings.upperBound + lists.positions.upperBound)
    guard lists.documentFrequency > 0 else { return }
    dictionary.add(sources[having[0]].term.bytes, lists)
    postings += lists.documentFrequency
  }

  /// Lists are read once: what was mapped for those behind is given back from time to time.
  private mutating func giveBack(_ written: Int) {
    guard written - forgotten >= Self.readAtOnce else { return }
    for input in plan.inputs { input.reader.forget() }
    forgotten = written
  }

  @inline(__always)
  private mutating func take(_ index: Int) throws(Failure) {
    let (number, frequency) = (sources[index].number, sources[index].frequency)
    encoder.add(number, frequency: frequency, positions: try sources[index].positions())
    let (sum, overflow) = sumOfLengths.addingReportingOverflow(Int(frequency))
    sumOfLengths = overflow ? .max : sum
    if !isText { present.elements(UInt8.self)[Int(number) / 8] |= 1 << UInt8(number % 8) }
    try sources[index].advance()
  }
}

/// One segment's terms, and the list of the term at hand by the documents' new numbers.
private struct TermSource: ~Copyable {
  private let numbers: UnsafeMutableBufferPointer<UInt32>
  private var cursor: TermCursor
  private var list: ListReader
  private let column: TermColumn
  private var index = 0
  private(set) var term = ByteArena()
  /// Its first eight bytes.
  private var front: UInt64 = 0
  private var isFirst = true
  /// Of the document at hand; `gone` behind the last.
  private(set) var number = MergePlan.gone
  private(set) var frequency: UInt32 = 0

  init(_ column: TermColumn, _ cursor: TermCursor, _ numbers: UnsafeMutableBufferPointer<UInt32>) {
    self.column = column
    self.cursor = cursor
    self.numbers = numbers
    list = ListReader(column)
  }

  /// Goes on to the next term; false behind the last.
  mutating func next() throws(Failure) -> Bool {
    guard try cursor.next() else { return false }
    guard cursor.term.withUnsafeBytes({ isFirst || ByteOrder.precedes(term.bytes, $0) }) else {
      throw column.dictionary.part.corrupt("it is not in byte order")
    }
    isFirst = false
    term.removeAll()
    cursor.term.withUnsafeBytes { term.append($0) }
    front = ByteOrder.front(term.bytes)
    return true
  }

  var documentFrequency: Int { cursor.entry.documentFrequency }

  borrowing func precedes(_ other: borrowing TermSource) -> Bool {
    front == other.front ? ByteOrder.precedes(term.bytes, other.term.bytes) : front < other.front
  }

  borrowing func hasTerm(of other: borrowing TermSource) -> Bool {
    front == other.front && ByteOrder.compare(term.bytes, other.term.bytes) == 0
  }

  /// Begins the list of the term.
  mutating func open() throws(Failure) {
    try list.open(cursor.entry)
    index = -1
    try advance()
  }

  /// Goes on to the next document that counts. The positions of those between are passed over.
  @inline(__always)
  mutating func advance() throws(Failure) {
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
  @inline(__always)
  mutating func positions() throws(Failure) -> UnsafeRawBufferPointer { try list.positions(frequency) }
}
