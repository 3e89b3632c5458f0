internal import Failures

/// One query of which nothing is required over one segment, by MaxScore (Turtle and Flood, 1995) with the maxima of blocks
/// (Ding and Suel, 2011), window by window: with the leaves in ascending order of what they have there at most, as long as the
/// first few together can't reach the threshold, a document that is in none of the others, the essential ones, can't either.
struct OptionalSearch: ~Copyable {
  private let search: SegmentSearch
  private let count: Int
  /// The leaves in ascending order of what each adds to a score at most.
  private let order: UnsafeMutablePointer<Int>
  /// How many of them are not essential, and what they add together at most.
  private var others = 0
  private var rest = 0.0
  private var scores = ScoreWindow()

  init(_ search: consuming SegmentSearch) {
    count = search.scoring.count
    order = .allocate(capacity: count)
    for index in 0..<count { (order + index).initialize(to: index) }
    self.search = search
  }

  deinit { order.deallocate() }

  mutating func run(into top: inout TopDocuments, seeing visibility: inout Visibility) throws(Failure) {
    var start = 0
    /// How long the next window is to be after one in which nothing was essential.
    var span = 0
    while true {
      start = max(start, firstDocument(from: 0))
      if start >= LeafCursor.noDocument { return }
      let end = span > 0 ? min(start + span, LeafCursor.noDocument) : try blockEnd(from: start)
      try weigh(from: start, to: end, top)
      if others == count {
        span = 2 * (end - start)
        start = end
      } else if span > 0 {
        // The longer look saw too much: the same again by blocks.
        span = 0
      } else {
        try visit(from: start, to: end, &top, &visibility)
        start = end
      }
    }
  }

  private func leaf(_ place: Int) -> UnsafeMutablePointer<LeafCursor> { search.leaf(order[place]) }

  private func firstDocument(from place: Int) -> Int {
    var first = LeafCursor.noDocument
    for place in place..<count { first = min(first, leaf(place).pointee.document) }
    return first
  }

  // MARK: Windows

  /// The end of the shortest block of what was essential before; of any where nothing was.
  private func blockEnd(from start: Int) throws(Failure) -> Int {
    var end = LeafCursor.noDocument
    for place in (others == count ? 0 : others)..<count {
      end = min(end, try leaf(place).pointee.blockEnd(from: start))
    }
    return max(end, start + 1)
  }

  private mutating func weigh(
    from start: Int, to end: Int, _ top: borrowing TopDocuments
  ) throws(Failure) {
    for place in 0..<count { try leaf(place).pointee.bound(from: start, to: end) }
    sort()
    (others, rest) = (0, 0)
    while others < count, search.isBelow(rest + leaf(others).pointee.ceiling, top) {
      rest += leaf(others).pointee.ceiling
      others += 1
    }
  }

  /// They are few, and mostly in order already.
  private func sort() {
    for place in 1..<max(count, 1) {
      var at = place
      while at > 0, leaf(at).pointee.ceiling < leaf(at - 1).pointee.ceiling {
        (order[at], order[at - 1]) = (order[at - 1], order[at])
        at -= 1
      }
    }
  }

  // MARK: The documents of a window

  private mutating func visit(
    from start: Int, to end: Int, _ top: inout TopDocuments, _ visibility: inout Visibility
  ) throws(Failure) {
    if count - others == 1 {
      try visitOne(from: start, to: end, &top, &visibility)
    } else if search.hasPhrases {
      try visitMerged(from: start, to: end, &top, &visibility)
    } else {
      try visitSummed(from: start, to: end, &top, &visibility)
    }
  }

  /// Those of the only essential leaf.
  private mutating func visitOne(
    from start: Int, to end: Int, _ top: inout TopDocuments, _ visibility: inout Visibility
  ) throws(Failure) {
    let leaf = leaf(others)
    try leaf.pointee.advance(to: start)
    while true {
      try leaf.pointee.seek(search.need(top) - rest, below: end)
      let document = leaf.pointee.document
      if document >= end { return }
      try consider(document, leaf.pointee.limit, &top, &visibility)
      try leaf.pointee.advance(to: document + 1)
    }
  }

  /// Those of several essential leaves, document by document.
  private mutating func visitMerged(
    from start: Int, to end: Int, _ top: inout TopDocuments, _ visibility: inout Visibility
  ) throws(Failure) {
    for place in others..<count { try leaf(place).pointee.advance(to: start) }
    var document = firstDocument(from: others)
    while document < end {
      var score = 0.0
      for place in others..<count where leaf(place).pointee.document == document {
        score += leaf(place).pointee.limit
      }
      try consider(document, score, &top, &visibility)
      for place in others..<count { try leaf(place).pointee.advance(to: document + 1) }
      document = firstDocument(from: others)
    }
  }

  /// The same for words, whose scores are summed up block by block, before any document is looked at.
  private mutating func visitSummed(
    from first: Int, to end: Int, _ top: inout TopDocuments, _ visibility: inout Visibility
  ) throws(Failure) {
    var start = first
    while true {
      for place in others..<count { try leaf(place).pointee.advance(to: start) }
      start = max(start, firstDocument(from: others))
      if start >= end { return }
      var stop = min(end, start + ScoreWindow.length)
      for place in others..<count { stop = min(stop, leaf(place).pointee.stop) }
      for place in others..<count { leaf(place).pointee.add(below: stop, to: &scores, from: start) }
      for word in 0..<ScoreWindow.words(stop - start) {
        var bits = scores.takeBits(word)
        while bits != 0 {
          let offset = 64 * word + bits.trailingZeroBitCount
          bits &= bits - 1
          let score = scores.take(offset)
          if !search.isBelow(score + rest, top) { try consider(start + offset, score, &top, &visibility) }
        }
      }
      start = stop
    }
  }

  /// `score` is what the document has of the essential leaves: the others are looked at as long as they can matter.
  private mutating func consider(
    _ document: Int, _ score: Double, _ top: inout TopDocuments, _ visibility: inout Visibility
  ) throws(Failure) {
    var (score, rest) = (score, rest)
    var place = others
    while !search.isBelow(score + rest, top) {
      if place == 0 { return try search.offer(document, &top, &visibility) }
      place -= 1
      rest -= leaf(place).pointee.ceiling
      try leaf(place).pointee.advance(to: document)
      if leaf(place).pointee.document == document { score += leaf(place).pointee.limit }
    }
  }
}

/// Sums of scores of neighbouring documents; zeros between one use and the next.
struct ScoreWindow: ~Copyable {
  static let length = 1024
  private let scores: UnsafeMutablePointer<Double>
  /// Which were added to.
  private let bits: UnsafeMutablePointer<UInt64>

  init() {
    scores = .allocate(capacity: Self.length)
    scores.initialize(repeating: 0, count: Self.length)
    bits = .allocate(capacity: Self.length / 64)
    bits.initialize(repeating: 0, count: Self.length / 64)
  }

  deinit {
    scores.deallocate()
    bits.deallocate()
  }

  static func words(_ length: Int) -> Int { (length + 63) / 64 }

  @inline(__always)
  mutating func add(_ score: Double, at offset: Int) {
    scores[offset] += score
    bits[offset >> 6] |= 1 &<< UInt64(truncatingIfNeeded: offset)
  }

  mutating func takeBits(_ word: Int) -> UInt64 {
    defer { bits[word] = 0 }
    return bits[word]
  }

  @inline(__always)
  mutating func take(_ offset: Int) -> Double {
    defer { scores[offset] = 0 }
    return scores[offset]
  }
}
