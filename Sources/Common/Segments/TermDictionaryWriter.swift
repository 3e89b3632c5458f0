/// Terms in byte order, in blocks of 32, each term as what it shares with the one before and what it adds.
///
///     terms:        of each term  varint bytes shared with the term before (0 for the first of a block),
///                                 varint bytes added, these bytes, varint document frequency,
///                                 varint bytes of its postings, varint bytes of its positions (0 without positions)
///     term blocks:  of each block u64 where it begins in terms, u64 where its first term's postings begin,
///                                 u64 where its first term's positions begin
struct TermDictionaryWriter: ~Copyable {
  private(set) var terms = ByteArena()
  private(set) var blocks = ByteArena()
  private(set) var count = 0
  private var previous = ByteArena()

  mutating func add(_ term: UnsafeRawBufferPointer, _ entry: PostingsEncoder.Lists) {
    var shared = 0
    if count % SegmentFormat.termsPerBlock == 0 {
      blocks.append(UInt64(terms.count))
      blocks.append(UInt64(entry.postings.lowerBound))
      blocks.append(UInt64(entry.positions.lowerBound))
    } else {
      shared = Self.sharedPrefix(previous.bytes, term)
    }
    terms.appendVarint(shared)
    terms.appendVarint(term.count - shared)
    terms.append(UnsafeRawBufferPointer(rebasing: term[shared...]))
    terms.appendVarint(entry.documentFrequency)
    terms.appendVarint(entry.postings.count)
    terms.appendVarint(entry.positions.count)
    previous.removeAll()
    previous.append(term)
    count += 1
  }

  private static func sharedPrefix(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let limit = min(a.count, b.count)
    var length = 0
    while length < limit && a[length] == b[length] { length += 1 }
    return length
  }
}
