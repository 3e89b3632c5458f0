internal import Failures
internal import Files

/// Terms in byte order, in blocks of 32, each term as what it shares with the one before and what it adds.
///
///     terms:        of each term  varint bytes shared with the term before (0 for the first of a block),
///                                 varint bytes added, these bytes, varint document frequency,
///                                 varint bytes of its postings, varint bytes of its positions (0 without positions)
///     term blocks:  of each block u64 where it begins in terms, u64 where its first term's postings begin,
///                                 u64 where its first term's positions begin
struct TermDictionaryWriter: ~Copyable {
  private(set) var terms: Spool
  private(set) var blocks: Spool
  private(set) var count = 0
  private var previous = ByteArena()

  init(limit: Int = .max, in directory: Directory? = nil) {
    terms = Spool(limit: limit, in: directory)
    blocks = Spool(limit: limit, in: directory)
  }

  /// Forgets the terms and keeps the memory.
  mutating func removeAll() {
    terms.removeAll()
    blocks.removeAll()
    count = 0
  }

  mutating func add(_ term: UnsafeRawBufferPointer, _ entry: PostingsEncoder.Lists) {
    var shared = 0
    if count % SegmentFormat.termsPerBlock == 0 {
      blocks.arena.append(UInt64(terms.count))
      blocks.arena.append(UInt64(entry.postings.lowerBound))
      blocks.arena.append(UInt64(entry.positions.lowerBound))
    } else {
      shared = Self.sharedPrefix(previous.bytes, term)
    }
    let added = UnsafeRawBufferPointer(rebasing: term[shared...])
    terms.arena.reserve(5 * 10 + added.count)
    var at = Varint.write(UInt(shared), to: terms.arena.end)
    at = Varint.write(UInt(added.count), to: at)
    UnsafeMutableRawBufferPointer(start: at, count: added.count).copyMemory(from: added)
    at = Varint.write(UInt(entry.documentFrequency), to: at + added.count)
    at = Varint.write(UInt(entry.postings.count), to: at)
    at = Varint.write(UInt(entry.positions.count), to: at)
    terms.arena.advance(to: at)
    terms.settle()
    blocks.settle()
    previous.removeAll()
    previous.append(term)
    count += 1
  }

  mutating func write(_ field: Int, to parts: inout PartsWriter) throws(Failure) {
    try parts.add(.terms, field: field, &terms)
    try parts.add(.termBlocks, field: field, &blocks)
  }

  private static func sharedPrefix(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let limit = min(a.count, b.count)
    guard limit > 0, let left = a.baseAddress, let right = b.baseAddress else { return 0 }
    var length = 0
    while length + 8 <= limit {
      let difference =
        left.loadUnaligned(fromByteOffset: length, as: UInt64.self)
        ^ right.loadUnaligned(fromByteOffset: length, as: UInt64.self)
      if difference != 0 { return length + difference.littleEndian.trailingZeroBitCount / 8 }
      length += 8
    }
    while length < limit && a[length] == b[length] { length += 1 }
    return length
  }
}
