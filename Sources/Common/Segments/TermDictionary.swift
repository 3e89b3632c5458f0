internal import Failures

/// Reads what TermDictionaryWriter wrote: finds a term, or goes through them all.
struct TermDictionary {
  struct Entry: Equatable {
    let documentFrequency: Int
    let postings: Range<Int>
    let positions: Range<Int>
  }

  /// What the entries of a field must stay within.
  struct Limits {
    let documents: Int
    let postings: Int
    let positions: Int
  }

  private static let blockEntry = 24

  let part: Part
  let blocks: Part
  let count: Int
  let limits: Limits

  init(terms: Part, blocks: Part, count: Int, limits: Limits) throws(Failure) {
    (part, self.blocks, self.count, self.limits) = (terms, blocks, count, limits)
    // Four varints a term, at the least: what is allocated by the number of terms is bounded by the file.
    guard count <= part.bytes.count else { throw part.corrupt("it is too short for its terms") }
    let needed = (count + SegmentFormat.termsPerBlock - 1) / SegmentFormat.termsPerBlock
    guard blocks.bytes.count == needed * Self.blockEntry else { throw blocks.corrupt("its length is wrong") }
  }

  private var blockCount: Int { blocks.bytes.count / Self.blockEntry }

  /// Goes through the terms from the first of a block on.
  func cursor(block: Int = 0) throws(Failure) -> TermCursor {
    guard count > 0 else {
      return TermCursor(self, remaining: 0, bytes: ByteCursor(part.bytes), postings: 0, positions: 0)
    }
    let at = block * Self.blockEntry
    return TermCursor(
      self, remaining: count - block * SegmentFormat.termsPerBlock,
      bytes: ByteCursor(part.bytes, from: try blocks.offset(at: at, limit: part.bytes.count)),
      postings: try blocks.offset(at: at + 8, limit: limits.postings),
      positions: try blocks.offset(at: at + 16, limit: limits.positions))
  }

  func find(_ term: [UInt8]) throws(Failure) -> Entry? {
    var (low, high) = (0, blockCount)
    while low < high {
      let middle = (low + high) / 2
      var cursor = try cursor(block: middle)
      guard try cursor.next() else { break }
      if !term.lexicographicallyPrecedes(cursor.term) { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    var cursor = try cursor(block: low - 1)
    for _ in 0..<SegmentFormat.termsPerBlock {
      guard try cursor.next() else { return nil }
      if cursor.term == term { return cursor.entry }
      if term.lexicographicallyPrecedes(cursor.term) { return nil }
    }
    return nil
  }
}

/// The terms of a field one after the other, with where their postings lie.
struct TermCursor {
  private(set) var term: [UInt8] = []
  private(set) var entry = TermDictionary.Entry(documentFrequency: 0, postings: 0..<0, positions: 0..<0)
  private let dictionary: TermDictionary
  private var remaining: Int
  private var index = 0
  private var bytes: ByteCursor
  private var postings: Int
  private var positions: Int

  init(_ dictionary: TermDictionary, remaining: Int, bytes: ByteCursor, postings: Int, positions: Int) {
    self.dictionary = dictionary
    self.remaining = remaining
    self.bytes = bytes
    self.postings = postings
    self.positions = positions
  }

  /// Where the next term's bytes, postings and positions begin: what the table of blocks says of a block's first term.
  var place: (terms: Int, postings: Int, positions: Int) { (bytes.position, postings, positions) }

  mutating func next() throws(Failure) -> Bool {
    guard remaining > 0 else { return false }
    remaining -= 1
    let first = index % SegmentFormat.termsPerBlock == 0
    index += 1
    let shared = bytes.count(limit: first ? 0 : term.count)
    let added = bytes.bytes(bytes.count(limit: bytes.remaining))
    let limits = dictionary.limits
    let frequency = bytes.count(limit: limits.documents)
    let postingsLength = bytes.count(limit: limits.postings - postings)
    let positionsLength = bytes.count(limit: limits.positions - positions)
    guard !bytes.overrun, frequency > 0 else { throw dictionary.part.corrupt("a term is damaged") }
    term.removeSubrange(shared...)
    term.append(contentsOf: added)
    entry = .init(
      documentFrequency: frequency, postings: postings..<postings + postingsLength,
      positions: positions..<positions + positionsLength)
    postings += postingsLength
    positions += positionsLength
    return true
  }
}
