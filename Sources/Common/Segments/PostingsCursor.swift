internal import Failures

/// Goes through the documents of one term in ascending order; PostingsEncoder draws the list.
///
/// A class, so that a query can hold many; the loops over numbers work on its buffers and not on its properties.
final class PostingsCursor {
  static let noDocument = Int.max
  private static let blockLength = SegmentFormat.postingsPerBlock
  private static let entryLength = 16

  /// A block's line in the table before the blocks.
  struct Block {
    let last: Int
    let start: Int
    let greatestFrequency: UInt32
    let gapBits: Int
    let frequencyBits: Int
    let smallestNorm: UInt8
  }

  let documentFrequency: Int
  /// The document at hand; -1 before the first, `noDocument` behind the last.
  private(set) var document = -1

  let part: Part
  let list: UnsafeRawBufferPointer
  private let hasFrequencies: Bool
  private let documents: Int
  let entryCount: Int
  /// Where the positions of the document at hand are read.
  private(set) var positions: PositionsCursor
  private let buffer: UnsafeMutablePointer<UInt32>
  /// The block at hand, the place in it, and the bytes of the list that it was decoded from.
  private(set) var block = -1
  private(set) var index = 0
  private(set) var blockBytes = 0..<0
  private var filled = 0
  private var shallow = 0

  init(_ column: TermColumn, _ entry: TermDictionary.Entry) throws(Failure) {
    part = column.postings
    list = try column.postings.slice(entry.postings)
    documents = column.documents
    documentFrequency = entry.documentFrequency
    hasFrequencies = column.isText
    let blocks = (entry.documentFrequency + Self.blockLength - 1) / Self.blockLength
    entryCount = entry.documentFrequency >= Self.blockLength ? blocks : 0
    positions = PositionsCursor(
      column.positions, try column.positions.slice(entry.positions), blocks: entryCount)
    buffer = .allocate(capacity: 2 * Self.blockLength)
    buffer.initialize(repeating: 0, count: 2 * Self.blockLength)
    guard entryCount * Self.entryLength <= list.count else { throw part.corrupt("a list is too short") }
  }

  deinit { buffer.deallocate() }

  private var frequencies: UnsafeMutablePointer<UInt32> { buffer + Self.blockLength }
  var frequency: UInt32 { filled > 0 ? frequencies[index] : 0 }
  /// 1 where the list has no table: its one block is its tail.
  private var blockCount: Int { max(entryCount, 1) }

  // MARK: Blocks

  /// Nil where the list is too short to have a table.
  func entry(_ number: Int) throws(Failure) -> Block? {
    guard number < entryCount else { return nil }
    let at = number * Self.entryLength
    let word = list.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self).littleEndian
    let block = Block(
      last: Int(list.loadUnaligned(fromByteOffset: at, as: UInt32.self).littleEndian),
      start: Int(list.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self).littleEndian) * 16,
      greatestFrequency: list.loadUnaligned(fromByteOffset: at + 8, as: UInt32.self).littleEndian,
      gapBits: Int(word & 0xFF), frequencyBits: Int(word >> 8 & 0xFF),
      smallestNorm: UInt8(truncatingIfNeeded: word >> 16))
    guard block.gapBits <= 32, block.frequencyBits <= 32, block.last < documents, word >> 24 == 0 else {
      throw part.corrupt("a block's entry is damaged")
    }
    return block
  }

  /// The block that has `target`, if any does, without decoding it; the entry of the list's last one where none does.
  func shallowBlock(for target: Int) throws(Failure) -> Block? {
    shallow = max(shallow, block)
    while shallow + 1 < entryCount, let entry = try entry(shallow), entry.last < target { shallow += 1 }
    return try entry(shallow)
  }

  private func decode(_ number: Int) throws(Failure) {
    guard number < blockCount else {
      document = Self.noDocument
      (block, filled, index) = (number, 0, 0)
      return
    }
    let previous = number > 0 ? try entry(number - 1)?.last ?? -1 : -1
    let body = entryCount * Self.entryLength
    if let entry = try entry(number), (number + 1) * Self.blockLength <= documentFrequency {
      try decodeFull(entry, from: body + entry.start, after: previous)
      filled = Self.blockLength
    } else {
      let count = documentFrequency - number * Self.blockLength
      let entry = try entry(number)
      try decodeTail(count, from: body + (entry?.start ?? 0), after: previous)
      filled = count
      if let entry, Int(buffer[count - 1]) != entry.last { throw part.corrupt("a block's entry is damaged") }
    }
    (block, index) = (number, 0)
    document = Int(buffer[0])
  }

  private func decodeFull(_ entry: Block, from start: Int, after previous: Int) throws(Failure) {
    let gapBytes = BitPacking.byteCount(bits: entry.gapBits)
    let length = gapBytes + BitPacking.byteCount(bits: entry.frequencyBits)
    blockBytes = start..<start + length
    guard start + length <= list.count, let base = list.baseAddress else {
      throw part.corrupt("a list is too short")
    }
    let values = buffer
    let frequencies = frequencies
    BitPacking.unpack(base + start, bits: entry.gapBits, into: values)
    BitPacking.unpack(base + start + gapBytes, bits: entry.frequencyBits, into: frequencies)
    var document = Int64(previous)
    for index in 0..<Self.blockLength {
      document += Int64(values[index]) + 1
      values[index] = UInt32(truncatingIfNeeded: document)
      frequencies[index] &+= 1
    }
    // No sum wraps, and each step is forward: the last one right, all are below the number of documents.
    guard document == Int64(entry.last) else {
      throw part.corrupt("a block does not end with its last document")
    }
  }

  private func decodeTail(_ count: Int, from start: Int, after previous: Int) throws(Failure) {
    var cursor = ByteCursor(list, from: start)
    var document = previous
    for index in 0..<count {
      let word = cursor.varint()
      let gap = hasFrequencies ? word >> 1 : word
      guard gap < UInt64(documents), document + Int(gap) + 1 < documents else {
        throw part.corrupt("a document's number is too great")
      }
      document += Int(gap) + 1
      buffer[index] = UInt32(document)
      let isOne = !hasFrequencies || word & 1 == 1
      frequencies[index] = isOne ? 1 : UInt32(cursor.count(limit: Int(UInt32.max) - 2) + 2)
    }
    guard !cursor.overrun, start <= cursor.position else { throw part.corrupt("a list is too short") }
    blockBytes = start..<cursor.position
  }

  // MARK: Documents

  /// Goes on to the next document.
  func next() throws(Failure) {
    if index + 1 < filled {
      index += 1
      document = Int(buffer[index])
    } else if document != Self.noDocument {
      try decode(block + 1)
    }
  }

  /// Goes on to the first document that is not below `target`; stays where it is if that one is at hand.
  func advance(to target: Int) throws(Failure) {
    if document >= target { return }
    if filled == 0 || Int(buffer[filled - 1]) < target { try decodeBlock(for: target) }
    guard document != Self.noDocument else { return }
    var at = index
    let documents = buffer
    while at < filled && Int(documents[at]) < target { at += 1 }
    if at == filled { return try decode(block + 1) }
    index = at
    document = Int(documents[at])
  }

  private func decodeBlock(for target: Int) throws(Failure) {
    var number = block + 1
    while number + 1 < entryCount, let entry = try entry(number), entry.last < target { number += 1 }
    try decode(number)
  }

  /// The positions of the term in the document at hand.
  func positions(into result: inout [UInt32]) throws(Failure) {
    try positions.read(block: block, index: index, frequencies: frequencies, into: &result)
  }
}
