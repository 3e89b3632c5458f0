internal import Failures

/// Goes through the documents of one term in ascending order; PostingsEncoder draws the list.
///
/// A block is unpacked when one of its documents is needed, its frequencies when one of them is. Behind a block's documents
/// stands a number that is greater than all, so that looking for one needs no other end.
struct PostingsCursor: ~Copyable {
  /// Behind the last document; one more is still a number.
  static let noDocument = Int(UInt32.max)
  private static let blockLength = SegmentFormat.postingsPerBlock
  private static let entryLength = 16
  /// 128 gaps of so many bits, and a document's number, are less than 2^32 together.
  private static let mostBitsThatSumUp = 23

  /// A block's line in the table before the blocks.
  struct Block {
    let last: Int
    let start: Int
    let greatestFrequency: UInt32
    let gapBits: Int
    let frequencyBits: Int
    let smallestNorm: UInt8
  }

  let column: TermColumn
  let list: UnsafeRawBufferPointer
  let documentFrequency: Int
  let entryCount: Int
  /// The document at hand; -1 before the first, `noDocument` behind the last.
  private(set) var document = -1
  /// Where the positions of the document at hand are read.
  private(set) var positions: PositionsCursor

  /// The block at hand, the place in it, and the bytes of the list that it was decoded from.
  private(set) var block = -1
  private(set) var index = 0
  private(set) var blockBytes = 0..<0
  private(set) var filled = 0
  /// The last document of the block at hand.
  private var last = -1
  let documents: UnsafeMutablePointer<UInt32>
  private let unpackedFrequencies: UnsafeMutablePointer<UInt32>
  /// Where the block's frequencies still lie packed, and how wide each is.
  private var packedFrequencies: UnsafeRawPointer?
  private var frequencyBits = 0
  private var shallow = 0

  init(_ column: TermColumn, _ entry: TermDictionary.Entry) throws(Failure) {
    let list = try column.postings.slice(entry.postings)
    let positions = try column.positions.slice(entry.positions)
    let blocks = (entry.documentFrequency + Self.blockLength - 1) / Self.blockLength
    let entryCount = entry.documentFrequency >= Self.blockLength ? blocks : 0
    guard entryCount * Self.entryLength <= list.count else {
      throw column.postings.corrupt("a list is too short")
    }
    self.column = column
    self.list = list
    documentFrequency = entry.documentFrequency
    self.entryCount = entryCount
    self.positions = PositionsCursor(column.positions, positions, blocks: entryCount)
    documents = .allocate(capacity: 2 * Self.blockLength + 1)
    unpackedFrequencies = documents + Self.blockLength + 1
  }

  deinit { documents.deallocate() }

  /// 1 where the list has no table: its one block is its tail.
  private var blockCount: Int { max(entryCount, 1) }

  // MARK: Blocks

  /// Nil where the list is too short to have a table.
  @inline(__always)
  func entry(_ number: Int) throws(Failure) -> Block? {
    guard number < entryCount else { return nil }
    let at = number * Self.entryLength
    let word = list.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self).littleEndian
    let block = Block(
      last: last(of: number),
      start: Int(list.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self).littleEndian) * 16,
      greatestFrequency: list.loadUnaligned(fromByteOffset: at + 8, as: UInt32.self).littleEndian,
      gapBits: Int(word & 0xFF), frequencyBits: Int(word >> 8 & 0xFF),
      smallestNorm: UInt8(truncatingIfNeeded: word >> 16))
    guard block.gapBits <= 32, block.frequencyBits <= 32, block.last < column.documents, word >> 24 == 0
    else {
      throw column.postings.corrupt("a block's entry is damaged")
    }
    return block
  }

  /// A block's last document, as the table has it; `number` is below `entryCount`.
  @inline(__always)
  private func last(of number: Int) -> Int {
    Int(list.loadUnaligned(fromByteOffset: number * Self.entryLength, as: UInt32.self).littleEndian)
  }

  /// The first block from `start` on that ends at `target` or behind it; `entryCount` if none does.
  private func block(of target: Int, from start: Int) throws(Failure) -> Int {
    try SortedSearch.gallop(in: min(start, entryCount)..<entryCount) { last(of: $0) >= target }
  }

  /// The number of the block that has `target`, if any does, without decoding it; `entryCount` where none does.
  /// Targets don't get smaller from call to call.
  mutating func shallowBlock(for target: Int) throws(Failure) -> Int {
    shallow = try block(of: target, from: max(shallow, block, 0))
    return shallow
  }

  private mutating func decode(_ number: Int) throws(Failure) {
    guard number < blockCount else { return end() }
    let previous = try number > 0 ? entry(number - 1)?.last ?? -1 : -1
    let body = entryCount * Self.entryLength
    let entry = try entry(number)
    if let entry, (number + 1) * Self.blockLength <= documentFrequency {
      try decodeFull(entry, from: body + entry.start, after: previous)
      filled = Self.blockLength
    } else {
      filled = documentFrequency - number * Self.blockLength
      try decodeTail(filled, from: body + (entry?.start ?? 0), after: previous)
    }
    last = Int(documents[filled - 1])
    // No sum wrapped, and each step was forward: the last one right, all are below the number of documents.
    if let entry, last != entry.last {
      throw column.postings.corrupt("a block does not end with its last document")
    }
    documents[filled] = .max
    (block, index) = (number, 0)
    document = Int(documents[0])
  }

  private mutating func end() {
    (document, last) = (Self.noDocument, Self.noDocument)
    (block, filled, index) = (blockCount, 0, 0)
    documents[0] = .max
    packedFrequencies = nil
  }

  private mutating func decodeFull(_ entry: Block, from start: Int, after previous: Int) throws(Failure) {
    let gapBytes = BitPacking.byteCount(bits: entry.gapBits)
    let length = gapBytes + BitPacking.byteCount(bits: entry.frequencyBits)
    guard start + length <= list.count, let base = list.baseAddress else {
      throw column.postings.corrupt("a list is too short")
    }
    blockBytes = start..<start + length
    BitPacking.unpack(base + start, bits: entry.gapBits, into: documents)
    packedFrequencies = base + start + gapBytes
    frequencyBits = entry.frequencyBits
    if entry.gapBits <= Self.mostBitsThatSumUp {
      BitPacking.sumUp(documents, after: UInt32(truncatingIfNeeded: previous))
    } else {
      var document = Int64(previous)
      for index in 0..<Self.blockLength {
        document += Int64(documents[index]) + 1
        documents[index] = UInt32(truncatingIfNeeded: document)
      }
      // `decode` sees the last one without what was cut off.
      guard document <= Int64(UInt32.max) else {
        throw column.postings.corrupt("a block does not end with its last document")
      }
    }
  }

  private mutating func decodeTail(_ count: Int, from start: Int, after previous: Int) throws(Failure) {
    var cursor = ByteCursor(list, from: start)
    var document = previous
    for index in 0..<count {
      let word = cursor.varint()
      let gap = column.isText ? word >> 1 : word
      guard gap < UInt64(column.documents), document + Int(gap) + 1 < column.documents else {
        throw column.postings.corrupt("a document's number is too great")
      }
      document += Int(gap) + 1
      documents[index] = UInt32(document)
      let isOne = !column.isText || word & 1 == 1
      unpackedFrequencies[index] = isOne ? 1 : UInt32(cursor.count(limit: Int(UInt32.max) - 2) + 2)
    }
    guard !cursor.overrun, start <= cursor.position else {
      throw column.postings.corrupt("a list is too short")
    }
    packedFrequencies = nil
    blockBytes = start..<cursor.position
  }

  /// Behind the last document of the block at hand; `noDocument` behind the last block.
  var stop: Int { min(last + 1, Self.noDocument) }

  // MARK: Frequencies

  /// Those of the block's documents.
  var frequencies: UnsafePointer<UInt32> {
    @inline(__always) mutating get {
      if packedFrequencies != nil { unpackFrequencies() }
      return UnsafePointer(unpackedFrequencies)
    }
  }

  private mutating func unpackFrequencies() {
    guard let packed = packedFrequencies else { return }
    BitPacking.unpack(packed, bits: frequencyBits, into: unpackedFrequencies)
    for index in 0..<Self.blockLength { unpackedFrequencies[index] &+= 1 }
    packedFrequencies = nil
  }

  /// That of the document at hand, also out of the packed ones; 0 where there is none.
  var frequency: UInt32 {
    @inline(__always) get {
      if let packed = packedFrequencies {
        return BitPacking.value(packed, bits: frequencyBits, at: index) &+ 1
      }
      return filled > 0 ? unpackedFrequencies[index] : 0
    }
  }

  // MARK: Documents

  /// Goes on to the next document.
  @inline(__always)
  mutating func next() throws(Failure) { try move(to: index + 1) }

  /// Goes on to a place in the block at hand, or where the block ends there to the next block.
  @inline(__always)
  mutating func move(to place: Int) throws(Failure) {
    if place < filled {
      index = place
      document = Int(documents[place])
    } else if document != Self.noDocument {
      try decode(block + 1)
    }
  }

  /// Goes on to the first document that is not below `target`, which is at most `noDocument`; stays where it is if that
  /// one is at hand.
  @inline(__always)
  mutating func advance(to target: Int) throws(Failure) {
    if document >= target { return }
    if last < target { try decodeBlock(for: target) }
    var at = index
    while Int(documents[at]) < target { at += 1 }
    index = at
    document = Int(documents[at])
  }

  private mutating func decodeBlock(for target: Int) throws(Failure) {
    try decode(entryCount > 0 ? try block(of: target, from: max(block + 1, shallow)) : block + 1)
    if last < target { end() }
  }

  /// The positions of the term in the document at hand.
  mutating func positions(into result: inout [UInt32]) throws(Failure) {
    let frequencies = frequencies
    try positions.read(block: block, index: index, frequencies: frequencies, into: &result)
  }
}
