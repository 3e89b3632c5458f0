internal import Failures
internal import Files

/// The inverted terms of a field, put together piece by piece: all of its parts but the norms.
struct InvertedField: ~Copyable {
  private var terms: Spool
  private var blocks: Spool
  private var lists: Spool
  private var positions: Spool
  /// The sum of the document frequencies.
  private(set) var postings = 0

  /// What is more of a part than `limit` goes to a file in `directory`.
  init(limit: Int, in directory: Directory) {
    terms = Spool(limit: limit, in: directory)
    blocks = Spool(limit: limit, in: directory)
    lists = Spool(limit: limit, in: directory)
    positions = Spool(limit: limit, in: directory)
  }

  /// The terms that follow. A piece counts from its own beginning, the table of blocks from that of the whole parts.
  mutating func append(_ piece: InvertedTerms) {
    let words = piece.dictionary.blocks.arena.elements(UInt64.self)
    for at in stride(from: 0, to: words.count, by: 3) {
      blocks.arena.append(UInt64(littleEndian: words[at]) &+ UInt64(terms.count))
      blocks.arena.append(UInt64(littleEndian: words[at + 1]) &+ UInt64(lists.count))
      blocks.arena.append(UInt64(littleEndian: words[at + 2]) &+ UInt64(positions.count))
    }
    blocks.settle()
    terms.append(piece.dictionary.terms.arena.bytes)
    lists.append(piece.lists.postings.arena.bytes)
    positions.append(piece.lists.positions.arena.bytes)
    postings += piece.postings
  }

  mutating func write(_ field: Int, to parts: inout PartsWriter) throws(Failure) {
    try parts.add(.terms, field: field, &terms)
    try parts.add(.termBlocks, field: field, &blocks)
    try parts.add(.postings, field: field, &lists)
    try parts.add(.positions, field: field, &positions)
  }
}
