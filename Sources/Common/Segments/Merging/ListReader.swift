internal import Failures

/// Reads one list of postings from its beginning to its end, and then the next; PostingsEncoder draws it.
///
/// The bytes are hostile: a document's number is below the number of documents, and greater than the one before.
struct ListReader: ~Copyable {
  private static let block = SegmentFormat.postingsPerBlock

  private let column: TermColumn
  /// A block's documents, and then their frequencies.
  private let buffer: UnsafeMutablePointer<UInt32>
  private var list = UnsafeRawBufferPointer(start: nil, count: 0)
  private var at = 0
  private var left = 0
  private var previous = -1
  private var entries = 0
  private var entry = 0
  private var positions: ByteCursor
  /// The documents of the block at hand.
  private(set) var count = 0

  init(_ column: TermColumn) {
    self.column = column
    buffer = .allocate(capacity: 2 * Self.block)
    buffer.initialize(repeating: 0, count: 2 * Self.block)
    positions = ByteCursor(column.positions.bytes)
  }

  deinit { buffer.deallocate() }

  var documents: UnsafeMutablePointer<UInt32> { buffer }
  var frequencies: UnsafeMutablePointer<UInt32> { buffer + Self.block }

  mutating func open(_ term: TermDictionary.Entry) throws(Failure) {
    list = try column.postings.slice(term.postings)
    left = term.documentFrequency
    let blocks = (left + Self.block - 1) / Self.block
    entries = left >= Self.block ? blocks : 0
    (at, entry, previous, count) = (entries * 16, 0, -1, 0)
    guard at <= list.count else { throw column.postings.corrupt("a list is too short") }
    guard column.hasPositions else { return }
    let positions = try column.positions.slice(term.positions)
    guard entries * 8 <= positions.count else { throw column.positions.corrupt("a list is too short") }
    self.positions = ByteCursor(positions, from: entries * 8)
  }

  /// Reads the next block; false behind the last.
  mutating func next() throws(Failure) -> Bool {
    guard left > 0 else { return false }
    if left >= Self.block { try readBlock() } else { try readTail() }
    left -= count
    return true
  }

  private mutating func readBlock() throws(Failure) {
    // `open` has seen that the table is there.
    let word = list.loadUnaligned(fromByteOffset: entry * 16 + 12, as: UInt32.self).littleEndian
    let (gapBits, frequencyBits) = (Int(word & 0xFF), Int(word >> 8 & 0xFF))
    guard gapBits <= 32, frequencyBits <= 32 else {
      throw column.postings.corrupt("a block's entry is damaged")
    }
    let gapBytes = BitPacking.byteCount(bits: gapBits)
    let length = gapBytes + BitPacking.byteCount(bits: frequencyBits)
    guard list.count - at >= length, let base = list.baseAddress else {
      throw column.postings.corrupt("a list is too short")
    }
    BitPacking.unpack(base + at, bits: gapBits, into: documents)
    BitPacking.unpack(base + at + gapBytes, bits: frequencyBits, into: frequencies)
    let (documents, frequencies) = (documents, frequencies)
    var document = previous
    for index in 0..<Self.block {
      document &+= Int(documents[index]) &+ 1
      documents[index] = UInt32(truncatingIfNeeded: document)
      frequencies[index] &+= 1
    }
    // Each step was forward and none wraps: where the last is in range, all are.
    guard document < column.documents else {
      throw column.postings.corrupt("a document's number is too great")
    }
    (previous, count) = (document, Self.block)
    at += length
    entry += 1
  }

  private mutating func readTail() throws(Failure) {
    var cursor = ByteCursor(list, from: at)
    for index in 0..<left {
      let word = cursor.varint()
      let gap = column.isText ? word >> 1 : word
      guard gap < UInt64(column.documents), previous + Int(gap) + 1 < column.documents else {
        throw column.postings.corrupt("a document's number is too great")
      }
      previous += Int(gap) + 1
      documents[index] = UInt32(previous)
      frequencies[index] =
        !column.isText || word & 1 == 1 ? 1 : UInt32(cursor.count(limit: Int(UInt32.max) - 2) + 2)
    }
    guard !cursor.overrun else { throw column.postings.corrupt("a list is too short") }
    count = left
  }

  /// The bytes of the positions of the document that comes next, `frequency` varints.
  mutating func positions(_ frequency: UInt32) throws(Failure) -> UnsafeRawBufferPointer {
    guard column.hasPositions else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard let bytes = positions.varints(Int(frequency)) else {
      throw column.positions.corrupt("a list is too short")
    }
    return bytes
  }
}
