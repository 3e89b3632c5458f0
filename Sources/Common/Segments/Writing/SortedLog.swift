internal import Failures
internal import Files

/// A lane's log of a field, its occurrences sorted by term: a piece at a time, which lies in the caches while it is sorted.
///
/// So each word of the log goes to its place once, and a range of terms is read from all pieces, one after the other.
///
///     occurrences:  of each piece those of its first term in byte order, of the second, and so on
///     terms:        of each of these terms  varint how many of the field's terms lie between it and the one before, or
///                                           the beginning of a range; varint its occurrences
///
/// Written by its initialiser, over the log where an occurrence takes no more than its word did; then read by any number of threads.
final class SortedLog<Occurrence: FixedWidthInteger & UnsignedInteger>: @unchecked Sendable {
  /// Where a range of terms begins in a piece.
  private struct Start {
    let terms: Int
    let occurrences: Int
  }

  private var terms: Spool
  private var occurrences: Spool
  /// Of all ranges in the first piece, then in the second; at last the end.
  private var starts: [Start] = []
  /// By a term's place in byte order: where each range begins, and the last ends.
  private let ranges: [Int]

  private static var wordsPerPiece: Int { 1 << 19 }
  private static var bytesInMemory: Int { 1 << 17 }

  /// Takes the log of a source away from it.
  init(
    _ source: Inversion.Source, ranges: [Int], pages: OccurrencePages, hasPositions: Bool
  ) throws(Failure) {
    self.ranges = ranges
    let scratch = source.field.pointee.scratch
    terms = Spool(limit: Self.bytesInMemory, in: scratch)
    occurrences =
      MemoryLayout<Occurrence>.size > MemoryLayout<UInt32>.size
      ? Spool(limit: Self.bytesInMemory, in: scratch)
      : Spool(limit: Self.bytesInMemory, over: source.field.pointee.log)
    let words = source.field.pointee.log.count / MemoryLayout<UInt32>.stride
    var piece = Piece(
      source, most: min(max(Self.wordsPerPiece, source.order.count), words), pages, hasPositions: hasPositions
    )
    try source.field.pointee.log.read(0..<words * MemoryLayout<UInt32>.stride) { (bytes) throws(Failure) in
      var rest = bytes.bindMemory(to: UInt32.self)
      while !rest.isEmpty {
        rest = piece.take(rest)
        if piece.isFull { append(&piece) }
      }
    }
    append(&piece)
    starts.append(Start(terms: terms.count, occurrences: occurrences.count))
    source.field.pointee.forgetLog()
  }

  private func append(_ piece: inout Piece) {
    var count = 0
    for range in 0..<ranges.count - 1 {
      starts.append(
        Start(
          terms: terms.count, occurrences: occurrences.count + count * MemoryLayout<Occurrence>.stride))
      count = piece.place(ranges[range]..<ranges[range + 1], from: count, &terms.arena)
    }
    // A copy is faster than the system's, which then finds it in the caches.
    let sorted = UnsafeRawBufferPointer(piece.sort(count))
    for start in stride(from: 0, to: sorted.count, by: Self.bytesInMemory) {
      let end = min(start + Self.bytesInMemory, sorted.count)
      occurrences.arena.append(UnsafeRawBufferPointer(rebasing: sorted[start..<end]))
      occurrences.settle()
    }
    terms.settle()
  }

  // MARK: Reading

  /// Puts the occurrences of a range's terms where they belong; `places` says of each term where its next one goes.
  func read(
    _ range: Int, _ places: UnsafeMutablePointer<UInt32>, into sorted: UnsafeMutablePointer<Occurrence>
  ) throws(Failure) {
    var termBytes = ByteArena()
    var occurrenceBytes = ByteArena()
    for start in stride(from: range, to: starts.count - 1, by: ranges.count - 1) {
      let (this, next) = (starts[start], starts[start + 1])
      termBytes.removeAll()
      occurrenceBytes.removeAll()
      try terms.read(this.terms..<next.terms) { termBytes.append($0) }
      try occurrences.read(this.occurrences..<next.occurrences) { occurrenceBytes.append($0) }
      var cursor = ByteCursor(termBytes.bytes)
      var from = UnsafePointer(occurrenceBytes.base.assumingMemoryBound(to: Occurrence.self))
      var term = 0
      while !cursor.isAtEnd {
        term += Int(cursor.varint())
        let count = Int(cursor.varint())
        let place = Int(places[term])
        if count == 1 {
          sorted[place] = from.pointee
        } else {
          (sorted + place).update(from: from, count: count)
        }
        places[term] = UInt32(place + count)
        from += count
        term += 1
      }
    }
  }

  // MARK: A piece

  private struct Piece: ~Copyable {
    /// By a term's number, its place in byte order.
    private let ranks: UnsafeMutablePointer<UInt32>
    /// By that, a term's occurrences in the piece, and then where the next of them goes.
    private let counts: UnsafeMutablePointer<UInt32>
    private let terms: Int
    /// The log, with ranks instead of terms.
    private let words: UnsafeMutablePointer<UInt32>
    private let most: Int
    private var filled = 0
    private let sorted: UnsafeMutablePointer<Occurrence>
    private let step: Occurrence
    private let bits: Occurrence
    private var walk: OccurrencePages.Walk
    private var document: Int
    private var occurrence: Occurrence

    init(_ source: Inversion.Source, most: Int, _ pages: OccurrencePages, hasPositions: Bool) {
      terms = source.order.count
      ranks = .allocate(capacity: terms)
      for (rank, number) in source.order.enumerated() {
        ranks[Int(number)] = UInt32(truncatingIfNeeded: rank)
      }
      counts = .allocate(capacity: terms)
      counts.initialize(repeating: 0, count: terms)
      self.most = most
      words = .allocate(capacity: most)
      sorted = ScatteredMemory.allocate(bytes: max(most, 1) * MemoryLayout<Occurrence>.stride)
        .bindMemory(to: Occurrence.self, capacity: most)
      step = hasPositions ? 1 : 0
      bits = Occurrence(pages.bits)
      walk = OccurrencePages.Walk(pages)
      document = Int(source.firstDocument)
      occurrence = Occurrence(truncatingIfNeeded: walk.page(of: document)) &<< bits
    }

    deinit {
      ranks.deallocate()
      counts.deallocate()
      words.deallocate()
      UnsafeMutableRawPointer(sorted).deallocate()
    }

    var isFull: Bool { filled == most }

    /// Takes as many of the log's words as there is room for, and gives the others.
    mutating func take(_ log: UnsafeBufferPointer<UInt32>) -> UnsafeBufferPointer<UInt32> {
      let count = min(log.count, most - filled)
      let target = words + filled
      for index in 0..<count {
        var word = log[index]
        if word < TermField.skip {
          word = ranks[Int(word)]
          counts[Int(word)] &+= 1
        }
        target[index] = word
      }
      filled += count
      return UnsafeBufferPointer(rebasing: log[count...])
    }

    /// Gives terms places from that one on, and writes down which these are; gives where the next would go.
    mutating func place(_ range: Range<Int>, from start: Int, _ out: inout ByteArena) -> Int {
      var (place, next) = (start, range.lowerBound)
      for term in range {
        let count = counts[term]
        if count == 0 { continue }
        out.reserve(4 * Varint.longest)
        out.advance(
          to: Varint.write(count, to: Varint.write(UInt32(truncatingIfNeeded: term - next), to: out.end)))
        counts[term] = UInt32(truncatingIfNeeded: place)
        place += Int(count)
        next = term + 1
      }
      return place
    }

    /// The occurrences in order, so many; begins the next piece.
    mutating func sort(_ count: Int) -> UnsafeBufferPointer<Occurrence> {
      var at = occurrence
      for word in UnsafeBufferPointer(start: words, count: filled) {
        if word < TermField.skip {
          let place = counts[Int(word)]
          sorted[Int(place)] = at
          counts[Int(word)] = place &+ 1
          at &+= step
        } else if word < TermField.nextDocument {
          at &+= step &* Occurrence(word & TermField.payload)
        } else {
          document += Int(word & TermField.payload)
          at = Occurrence(truncatingIfNeeded: walk.page(of: document)) &<< bits
        }
      }
      occurrence = at
      filled = 0
      counts.update(repeating: 0, count: terms)
      return UnsafeBufferPointer(start: sorted, count: count)
    }
  }
}
