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
    try term.withUnsafeBufferPointer { (bytes) throws(Failure) in try find(UnsafeRawBufferPointer(bytes)) }
  }

  /// The last block whose first term is not behind the wanted one has it, if any has.
  func find(_ term: UnsafeRawBufferPointer) throws(Failure) -> Entry? {
    var (low, high) = (0, blockCount)
    while low < high {
      let middle = (low + high) / 2
      if ByteOrder.compare(try firstTerm(ofBlock: middle), term) <= 0 {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low > 0 ? try find(term, inBlock: low - 1) : nil
  }

  /// `block` is below the number of blocks.
  @inline(__always)
  private func firstTerm(ofBlock block: Int) throws(Failure) -> UnsafeRawBufferPointer {
    let start = blocks.bytes.loadUnaligned(fromByteOffset: block * Self.blockEntry, as: UInt64.self)
    var bytes = ByteCursor(part.bytes, from: Int(clamping: UInt64(littleEndian: start)))
    _ = bytes.varint()
    let term = bytes.bytes(bytes.count(limit: bytes.remaining))
    guard !bytes.overrun else { throw part.corrupt("a term is damaged") }
    return term
  }

  /// Compares without putting terms together: `matched` bytes of the wanted one are those of the term before. A term that
  /// shares more with that one is as far off as it, and one that shares less is behind the wanted one.
  private func find(_ term: UnsafeRawBufferPointer, inBlock block: Int) throws(Failure) -> Entry? {
    let at = block * Self.blockEntry
    var bytes = ByteCursor(part.bytes, from: try blocks.offset(at: at, limit: part.bytes.count))
    var postings = try blocks.offset(at: at + 8, limit: limits.postings)
    var positions = try blocks.offset(at: at + 16, limit: limits.positions)
    let first = block * SegmentFormat.termsPerBlock
    var matched = 0
    for _ in first..<min(first + SegmentFormat.termsPerBlock, count) {
      let shared = bytes.count(limit: part.bytes.count)
      let added = bytes.bytes(bytes.count(limit: bytes.remaining))
      let frequency = bytes.count(limit: limits.documents)
      let postingsLength = bytes.count(limit: limits.postings - postings)
      let positionsLength = bytes.count(limit: limits.positions - positions)
      guard !bytes.overrun, frequency > 0 else { throw part.corrupt("a term is damaged") }
      if shared < matched { return nil }
      if shared == matched {
        let rest = UnsafeRawBufferPointer(rebasing: term[matched...])
        let common = Self.sharedPrefix(rest, added)
        if common == rest.count && common == added.count {
          return Entry(
            documentFrequency: frequency, postings: postings..<postings + postingsLength,
            positions: positions..<positions + positionsLength)
        }
        if common == rest.count || common < added.count && added[common] > rest[common] { return nil }
        matched += common
      }
      postings += postingsLength
      positions += positionsLength
    }
    return nil
  }

  private static func sharedPrefix(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let limit = min(a.count, b.count)
    var length = 0
    while length < limit && a[length] == b[length] { length += 1 }
    return length
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
