internal import Failures
internal import Threads

/// Turns the logs of a field, one of each lane, into postings in byte order of the terms: a counting sort.
///
/// The terms are cut into ranges, which bound the memory that it takes: 4 bytes an occurrence, or 8 where documents and positions
/// need more (OccurrencePages). Each lane's log is sorted by one thread, piece by piece (SortedLog); then each range is gathered
/// from these and encoded by one. Ranges begin at a multiple of 32 terms, so that their dictionaries can be laid side by side.
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

    var longDocuments: [OccurrencePages.LongDocument] {
      field.pointee.long.map { .init(document: $0.document + Int(firstDocument), positions: $0.positions) }
    }
  }

  /// A term in a source; a term's members follow one another in the order of the sources.
  private struct Member {
    let source: UInt32
    let number: UInt32
    let occurrences: UInt32
    let begins: Bool
  }

  /// Some terms that follow one another.
  private struct TermRange {
    let members: Range<Int>
    let occurrences: Int
  }

  private let sources: [Source]
  private let threads: Int
  private let members: UnsafeMutableBufferPointer<Member>
  private let ranges: [TermRange]
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
      positions: hasPositions ? sources.map { $0.field.pointee.positions }.max() ?? 0 : 0,
      long: hasPositions ? sources.flatMap(\.longDocuments) : [])
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

  /// One lane's terms, sorted; nil where they were taken before.
  static func source(
    _ field: UnsafeMutablePointer<TermField>, firstDocument: UInt32, documents: Int
  ) -> Source? {
    guard let sorted = field.pointee.takeSorted() else { return nil }
    return Source(
      field: field, firstDocument: firstDocument, endDocument: firstDocument + UInt32(documents),
      order: sorted.order, counts: sorted.counts)
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

  /// Ranges of even length.
  private static func cut(
    _ members: UnsafeMutableBufferPointer<Member>, limit: Int, threads: Int
  ) -> [TermRange] {
    let total = members.reduce(0) { $0 + Int($1.occurrences) }
    let most = min(limit, longestRange)
    let length = max(threads > 1 ? min(most, total / (2 * threads)) : most, shortestRange)
    var ranges: [TermRange] = []
    var (terms, first, occurrences) = (0, 0, 0)
    for (index, member) in members.enumerated() {
      if member.begins {
        if occurrences >= length, terms % SegmentFormat.termsPerBlock == 0 {
          ranges.append(TermRange(members: first..<index, occurrences: occurrences))
          (first, occurrences) = (index, 0)
        }
        terms += 1
      }
      occurrences += Int(member.occurrences)
    }
    if first < members.count {
      ranges.append(TermRange(members: first..<members.count, occurrences: occurrences))
    }
    return ranges
  }

  private static let shortestRange = 1 << 12
  /// What is written all over the place should lie in the caches.
  private static let longestRange = 1 << 20

  // MARK: - Inverting

  /// Hands over the terms with their postings, in order, range by range; a piece is good until the next one is handed over.
  func run(_ body: (InvertedTerms) throws(Failure) -> Void) throws(Failure) {
    if pages.fitsInFourBytes { try run(as: UInt32.self, body) } else { try run(as: UInt64.self, body) }
  }

  /// All ranges use the same memory: a new page costs more than what is written into it.
  private func run<Occurrence: FixedWidthInteger & UnsignedInteger & SendableMetatype>(
    as type: Occurrence.Type, _ body: (InvertedTerms) throws(Failure) -> Void
  ) throws(Failure) {
    let firsts = firstTerms()
    let logs = try parallelMap(count: sources.count, threads: threads) { (source) throws(Failure) in
      try SortedLog<Occurrence>(
        sources[source], ranges: firsts[source], pages: pages, hasPositions: hasPositions)
    }
    let longest = ranges.map(\.occurrences).max() ?? 0
    let workbenches = (0..<min(threads, ranges.count)).map { _ in
      (
        sorted: Occurrences<Occurrence>(longest),
        piece: InvertedTerms(norms: norms.bytes, hasFrequencies: isText, hasPositions: hasPositions)
      )
    }
    for first in stride(from: 0, to: ranges.count, by: max(threads, 1)) {
      let count = min(threads, ranges.count - first)
      _ = try parallelMap(count: count, threads: threads) { (index) throws(Failure) in
        let (sorted, piece) = workbenches[index]
        try gather(first + index, from: logs, firsts, into: sorted.base)
        encode(ranges[first + index].members, sorted.base, into: piece)
      }
      for workbench in workbenches[..<count] { try body(workbench.piece) }
    }
  }

  /// Of each source, how many of its terms lie before each range, and how many there are.
  private func firstTerms() -> [[Int]] {
    var (firsts, terms) = (sources.map { _ in [Int]() }, sources.map { _ in 0 })
    for range in ranges {
      for source in sources.indices { firsts[source].append(terms[source]) }
      for member in members[range.members] { terms[Int(member.source)] += 1 }
    }
    for source in sources.indices { firsts[source].append(terms[source]) }
    return firsts
  }

  /// Puts the occurrences of a range's terms side by side.
  private func gather<Occurrence>(
    _ range: Int, from logs: [SortedLog<Occurrence>], _ firsts: [[Int]],
    into sorted: UnsafeMutablePointer<Occurrence>
  ) throws(Failure) {
    for (number, log) in logs.enumerated() {
      let places = UnsafeMutablePointer<UInt32>.allocate(
        capacity: firsts[number][range + 1] - firsts[number][range])
      defer { places.deallocate() }
      var (term, start) = (0, 0)
      for member in members[ranges[range].members] {
        if member.source == number {
          places[term] = UInt32(start)
          term += 1
        }
        start += Int(member.occurrences)
      }
      try log.read(range, places, into: sorted)
    }
  }

  private final class Occurrences<Occurrence: FixedWidthInteger & UnsignedInteger>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Occurrence>

    init(_ count: Int) {
      base = ScatteredMemory.allocate(bytes: max(count, 1) * MemoryLayout<Occurrence>.stride)
        .bindMemory(to: Occurrence.self, capacity: count)
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
