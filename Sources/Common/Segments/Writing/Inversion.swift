internal import Failures
internal import Threads

/// Turns the logs of a field, one of each lane, into postings in byte order of the terms: a counting sort.
///
/// The terms are cut into ranges, which bound the memory that it takes: 4 bytes an occurrence, or 8 where documents and positions
/// need more (OccurrencePages). Of a range each lane's log is sorted by one thread, and then each of its chunks is encoded by one. Both begin at a
/// multiple of 32 terms, so that the chunks' dictionaries can be laid side by side.
///
/// A class of constants: its ranges are inverted by several threads.
final class Inversion: @unchecked Sendable {
  /// One lane's log.
  struct Source: @unchecked Sendable {
    let field: UnsafeMutablePointer<TermField>
    /// The number in the segment of the lane's first document.
    let firstDocument: UInt32
    let endDocument: UInt32
    /// The terms' numbers in byte order of the terms, and the occurrences of each number.
    let order: [UInt32]
    let counts: UnsafeMutablePointer<UInt32>
    /// What no document has more of, and the documents that have more than a few.
    let positions: Int
    let long: [OccurrencePages.LongDocument]
  }

  /// A term in a source; a term's members follow one another in the order of the sources.
  private struct Member {
    let source: UInt32
    let number: UInt32
    let occurrences: UInt32
    let begins: Bool
  }

  /// Some terms that follow one another.
  private struct Chunk {
    let members: Range<Int>
    let occurrences: Int
  }

  private let sources: [Source]
  private let threads: Int
  private let members: UnsafeMutableBufferPointer<Member>
  private let ranges: [[Chunk]]
  let terms: Int
  let isText: Bool
  let hasPositions: Bool
  /// A byte a document of the segment; none for keywords.
  let norms: ByteArena
  /// Documents that have the field.
  let documents: Int
  private let pages: OccurrencePages

  /// At most about `limit` occurrences in a range.
  init(_ sources: [Source], limit: Int, threads: Int) {
    self.sources = sources
    self.threads = threads
    isText = sources.first?.field.pointee.isText ?? true
    hasPositions = sources.first?.field.pointee.hasPositions ?? false
    documents = sources.reduce(0) { $0 + $1.field.pointee.documents }
    norms = Self.joinedNorms(sources, documents: documents)
    pages = OccurrencePages(
      documents: Int(sources.last?.endDocument ?? 0),
      positions: hasPositions ? sources.map(\.positions).max() ?? 0 : 0,
      long: hasPositions ? sources.flatMap(\.long) : [])
    members = Self.merged(sources)
    terms = members.count { $0.begins }
    ranges = Self.cut(members, limit: limit, threads: threads)
  }

  deinit {
    members.deallocate()
    for source in sources { source.counts.deallocate() }
  }

  var sumOfLengths: Int { sources.reduce(0) { $0 + $1.field.pointee.sumOfLengths } }

  private static func joinedNorms(_ sources: [Source], documents: Int) -> ByteArena {
    var norms = ByteArena()
    if documents > 0 { for source in sources { norms.append(source.field.pointee.norms.bytes) } }
    return norms
  }

  // MARK: - Preparing

  /// Sorts and counts one lane's terms.
  static func source(
    _ field: UnsafeMutablePointer<TermField>, firstDocument: UInt32, documents: Int
  ) throws(Failure) -> Source {
    let order = field.pointee.table.strings.view.sorted()
    var count = LogCount(terms: order.count, firstDocument: Int(firstDocument))
    try field.pointee.log.read(0..<field.pointee.log.count) { (bytes) throws(Failure) in
      count.add(bytes.bindMemory(to: UInt32.self))
    }
    count.endDocument()
    return Source(
      field: field, firstDocument: firstDocument, endDocument: firstDocument + UInt32(documents),
      order: order, counts: count.counts, positions: Int(count.greatest), long: count.long)
  }

  /// What a log has of each term, and where its documents are long; gives `counts` away.
  private struct LogCount {
    let counts: UnsafeMutablePointer<UInt32>
    private(set) var greatest: UInt32 = 0
    private(set) var long: [OccurrencePages.LongDocument] = []
    private var document: Int
    private var position: UInt32 = 0

    init(terms: Int, firstDocument: Int) {
      counts = .allocate(capacity: max(terms, 1))
      counts.initialize(repeating: 0, count: terms)
      document = firstDocument
    }

    mutating func add(_ log: UnsafeBufferPointer<UInt32>) {
      var position = position
      for word in log {
        if word < TermField.skip {
          counts[Int(word)] &+= 1
          position &+= 1
        } else if word < TermField.nextDocument {
          position &+= word & TermField.payload
        } else {
          self.position = position
          endDocument()
          position = 0
          document += Int(word & TermField.payload)
        }
      }
      self.position = position
    }

    mutating func endDocument() {
      greatest = max(greatest, position)
      if position > OccurrencePages.shortest {
        long.append(.init(document: document, positions: Int(position)))
      }
    }
  }

  /// The sources' terms in one order.
  private static func merged(_ sources: [Source]) -> UnsafeMutableBufferPointer<Member> {
    var merge = StringMerge(
      sources.map { $0.field.pointee.table.strings.view }, orders: sources.map(\.order))
    let members = UnsafeMutableBufferPointer<Member>.allocate(
      capacity: sources.reduce(0) { $0 + $1.order.count })
    var count = 0
    while let (item, isNew) = merge.next() {
      members.initializeElement(
        at: count,
        to: Member(
          source: UInt32(item.list), number: UInt32(item.number),
          occurrences: sources[item.list].counts[item.number], begins: isNew))
      count += 1
    }
    return members
  }

  /// Chunks of even length, some of which make a range.
  private static func cut(
    _ members: UnsafeMutableBufferPointer<Member>, limit: Int, threads: Int
  ) -> [[Chunk]] {
    let total = members.reduce(0) { $0 + Int($1.occurrences) }
    let range = min(limit, total)
    let length = max(threads > 1 ? range / (2 * threads) : range, smallestChunk)
    var chunks: [Chunk] = []
    var (terms, first, occurrences) = (0, 0, 0)
    for (index, member) in members.enumerated() {
      if member.begins {
        if occurrences >= length, terms % SegmentFormat.termsPerBlock == 0 {
          chunks.append(Chunk(members: first..<index, occurrences: occurrences))
          (first, occurrences) = (index, 0)
        }
        terms += 1
      }
      occurrences += Int(member.occurrences)
    }
    if first < members.count {
      chunks.append(Chunk(members: first..<members.count, occurrences: occurrences))
    }
    let together = max(range / length, 1)
    return stride(from: 0, to: chunks.count, by: together).map {
      Array(chunks[$0..<min($0 + together, chunks.count)])
    }
  }

  private static let smallestChunk = 1 << 12

  // MARK: - Inverting

  /// Hands over the terms with their postings, in order, range by range; a piece is good until the next one is handed over.
  func run(_ body: (InvertedTerms) throws(Failure) -> Void) throws(Failure) {
    if pages.fitsInFourBytes { try run(as: UInt32.self, body) } else { try run(as: UInt64.self, body) }
  }

  /// All ranges use the same memory: a new page costs more than what is written into it.
  private func run<Occurrence: FixedWidthInteger & UnsignedInteger & SendableMetatype>(
    as type: Occurrence.Type, _ body: (InvertedTerms) throws(Failure) -> Void
  ) throws(Failure) {
    let sorted = Sorted<Occurrence>(ranges.map { Self.occurrences(in: $0[...]) }.max() ?? 0)
    let pieces = (0..<(ranges.map(\.count).max() ?? 0)).map { _ in
      InvertedTerms(norms: norms.bytes, hasFrequencies: isText, hasPositions: hasPositions)
    }
    for chunks in ranges {
      try invert(chunks, sorted, into: pieces)
      for piece in pieces[..<chunks.count] { try body(piece) }
    }
  }

  private static func occurrences(in chunks: ArraySlice<Chunk>) -> Int {
    chunks.reduce(0) { $0 + $1.occurrences }
  }

  private func invert<Occurrence: FixedWidthInteger & UnsignedInteger & SendableMetatype>(
    _ chunks: [Chunk], _ sorted: Sorted<Occurrence>, into pieces: [InvertedTerms]
  ) throws(Failure) {
    let members = (chunks.first?.members.lowerBound ?? 0)..<(chunks.last?.members.upperBound ?? 0)
    _ = try parallelMap(count: sources.count, threads: threads) { (index) throws(Failure) in
      try sort(members, of: index, into: sorted)
    }
    _ = parallelMap(count: chunks.count, threads: threads) { chunk in
      encode(
        chunks[chunk].members, sorted.base + Self.occurrences(in: chunks[..<chunk]), into: pieces[chunk])
    }
  }

  /// The occurrences of the terms of a range, side by side; behind them a place for those of other terms, which is never read.
  private final class Sorted<Occurrence: FixedWidthInteger & UnsignedInteger>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Occurrence>
    let count: Int

    init(_ count: Int) {
      self.count = count
      base = ScatteredMemory.allocate(bytes: (count + 1) * MemoryLayout<Occurrence>.stride)
        .bindMemory(to: Occurrence.self, capacity: count + 1)
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
  }

  private func encode<Occurrence: FixedWidthInteger & UnsignedInteger>(
    _ range: Range<Int>, _ sorted: UnsafeMutablePointer<Occurrence>, into piece: InvertedTerms
  ) {
    piece.removeAll()
    let strings = sources.map { $0.field.pointee.table.strings.view }
    var (index, start, touched) = (range.lowerBound, 0, range.lowerBound)
    while index < range.upperBound {
      if index >= touched {
        touched = min(index + Self.touchedAtOnce, range.upperBound)
        piece.touched &+= touch(index..<touched, strings)
      }
      let member = members[index]
      var end = start
      repeat {
        end += Int(members[index].occurrences)
        index += 1
      } while index < range.upperBound && !members[index].begins
      piece.add(
        strings[Int(member.source)][Int(member.number)],
        UnsafeBufferPointer(start: sorted + start, count: end - start), pages)
      start = end
    }
  }

  private static let touchedAtOnce = 64

  /// Brings terms into the cache, which lie there in another order, all at once: the loads don't wait for each other.
  private func touch(_ members: Range<Int>, _ strings: [ByteList.View]) -> UInt8 {
    var sum: UInt8 = 0
    for member in self.members[members] {
      sum &+= strings[Int(member.source)][Int(member.number)].first ?? 0
    }
    return sum
  }

  /// Puts the occurrences of a range's terms in one source where they belong.
  private func sort<Occurrence: FixedWidthInteger & UnsignedInteger>(
    _ range: Range<Int>, of number: Int, into sorted: Sorted<Occurrence>
  ) throws(Failure) {
    let source = sources[number]
    let places = UnsafeMutablePointer<UInt32>.allocate(capacity: max(source.order.count, 1))
    defer { places.deallocate() }
    if ranges.count > 1 {
      places.initialize(repeating: UInt32(sorted.count), count: source.order.count)
    }
    var start = 0
    for member in members[range] {
      if member.source == number { places[Int(member.number)] = UInt32(start) }
      start += Int(member.occurrences)
    }
    var distribution = Distribution<Occurrence>(
      places: places, elsewhere: UInt32(sorted.count), sorted: sorted.base, pages: pages,
      step: hasPositions ? 1 : 0,
      firstDocument: Int(source.firstDocument))
    try source.field.pointee.log.read(0..<source.field.pointee.log.count) { (bytes) throws(Failure) in
      distribution.add(bytes.bindMemory(to: UInt32.self))
    }
  }

  /// The way of a log's occurrences to where they belong.
  private struct Distribution<Occurrence: FixedWidthInteger & UnsignedInteger> {
    /// Where the next occurrence of each term goes; `elsewhere` is that of all terms that are not wanted.
    private let places: UnsafeMutablePointer<UInt32>
    private let elsewhere: UInt32
    private let sorted: UnsafeMutablePointer<Occurrence>
    private let step: Occurrence
    private let bits: Occurrence
    private var walk: OccurrencePages.Walk
    private var document: Int
    private var occurrence: Occurrence

    init(
      places: UnsafeMutablePointer<UInt32>, elsewhere: UInt32, sorted: UnsafeMutablePointer<Occurrence>,
      pages: OccurrencePages, step: Occurrence, firstDocument: Int
    ) {
      (self.places, self.elsewhere, self.sorted, self.step) = (places, elsewhere, sorted, step)
      bits = Occurrence(pages.bits)
      walk = OccurrencePages.Walk(pages)
      document = firstDocument
      occurrence = Occurrence(truncatingIfNeeded: walk.page(of: document)) &<< bits
    }

    mutating func add(_ log: UnsafeBufferPointer<UInt32>) {
      var at = occurrence
      for word in log {
        if word < TermField.skip {
          let place = places[Int(word)]
          sorted[Int(place)] = at
          // Without a branch: which terms are wanted can't be foreseen.
          places[Int(word)] = place &+ (place == elsewhere ? 0 : 1)
          at &+= step
        } else if word < TermField.nextDocument {
          at &+= step &* Occurrence(word & TermField.payload)
        } else {
          document += Int(word & TermField.payload)
          at = Occurrence(truncatingIfNeeded: walk.page(of: document)) &<< bits
        }
      }
      occurrence = at
    }
  }
}

/// Some terms of a field in byte order, with their postings: a piece of each of the field's parts.
final class InvertedTerms: @unchecked Sendable {
  private(set) var dictionary = TermDictionaryWriter()
  private(set) var lists: PostingsEncoder
  /// The sum of the document frequencies.
  private(set) var postings = 0
  /// What came of touching the terms; kept, so that it is done.
  var touched: UInt8 = 0

  init(norms: UnsafeRawBufferPointer, hasFrequencies: Bool, hasPositions: Bool) {
    lists = PostingsEncoder(norms: norms, hasFrequencies: hasFrequencies, hasPositions: hasPositions)
  }

  /// Begins a piece anew, in the memory that the one before took.
  func removeAll() {
    dictionary.removeAll()
    lists.removeAll()
    postings = 0
  }

  func add<Occurrence: FixedWidthInteger & UnsignedInteger>(
    _ term: UnsafeRawBufferPointer, _ occurrences: UnsafeBufferPointer<Occurrence>, _ pages: OccurrencePages
  ) {
    let lists = self.lists.encode(occurrences, pages)
    dictionary.add(term, lists)
    postings += lists.documentFrequency
  }
}
