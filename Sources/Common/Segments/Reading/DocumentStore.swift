package import Failures

/// Reads what DocumentStoreWriter wrote.
struct DocumentStore {
  static let blockEntry = 16
  /// An LZ4 block's length grows at most so many times (lz4_Block_format.md): what is allocated is bounded by the file.
  static let greatestRatio = 255

  let store: Part
  let blocks: Part
  let documents: Int
  var blockCount: Int { blocks.bytes.count / Self.blockEntry }

  init(store: Part, blocks: Part, documents: Int) throws(Failure) {
    (self.store, self.blocks, self.documents) = (store, blocks, documents)
    guard blocks.bytes.count % Self.blockEntry == 0, blocks.bytes.isEmpty == (documents == 0) else {
      throw blocks.corrupt("its length is wrong")
    }
  }

  /// A block's documents by their numbers.
  func documents(inBlock block: Int) throws(Failure) -> Range<Int> {
    let start = Int(try blocks.u32(at: block * Self.blockEntry + 8))
    let end = block + 1 < blockCount ? Int(try blocks.u32(at: (block + 1) * Self.blockEntry + 8)) : documents
    guard start < end, end <= documents, block > 0 || start == 0 else {
      throw blocks.corrupt("its documents are out of order")
    }
    return start..<end
  }

  func block(of document: Int) throws(Failure) -> Int {
    var (low, high) = (0, blockCount)
    while low + 1 < high {
      let middle = (low + high) / 2
      if Int(try blocks.u32(at: middle * Self.blockEntry + 8)) <= document {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }

  /// Where a block lies in the store.
  func range(ofBlock block: Int) throws(Failure) -> Range<Int> {
    let start = try blocks.offset(at: block * Self.blockEntry, limit: store.bytes.count)
    let end =
      block + 1 < blockCount
      ? try blocks.offset(at: (block + 1) * Self.blockEntry, limit: store.bytes.count) : store.bytes.count
    guard start < end else { throw blocks.corrupt("its blocks are out of order") }
    return start..<end
  }

  /// A block decompressed, as DocumentStoreWriter draws it.
  func decompressed(block: Int) throws(Failure) -> [UInt8] {
    let packed = try store.slice(try range(ofBlock: block))
    let length = Int(try blocks.u32(at: block * Self.blockEntry + 12))
    guard length <= packed.count * Self.greatestRatio, length >= packed.count else {
      throw blocks.corrupt("a block's length is wrong")
    }
    if length == packed.count { return Array(packed) }
    var whole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      whole = LZ4.decompress(packed, into: UnsafeMutableRawBufferPointer(buffer))
      count = whole ? length : 0
    }
    guard whole else { throw store.corrupt("a block cannot be decompressed") }
    return bytes
  }
}

/// Gives documents back as JSON; the block of the last one is kept, so that neighbours cost nothing.
package struct StoredDocuments {
  private let store: DocumentStore
  private var block: [UInt8] = []
  /// The documents in `block`, and where each lies there.
  private var documents = 0..<0
  private var ranges: [Range<Int>] = []

  init(_ store: DocumentStore) { self.store = store }

  package mutating func document(_ number: Int) throws(Failure) -> ArraySlice<UInt8> {
    guard number >= 0, number < store.documents else {
      throw store.store.corrupt("it has no document \(number)")
    }
    if !documents.contains(number) { try load(try store.block(of: number)) }
    guard documents.contains(number) else { throw store.blocks.corrupt("its documents are out of order") }
    return block[ranges[number - documents.lowerBound]]
  }

  mutating func load(_ number: Int) throws(Failure) {
    documents = 0..<0
    let numbers = try store.documents(inBlock: number)
    block = try store.decompressed(block: number)
    guard let ranges = Self.ranges(numbers.count, in: block) else {
      throw store.store.corrupt("a block's documents do not fill it")
    }
    (documents, self.ranges) = (numbers, ranges)
  }

  private static func ranges(_ count: Int, in block: [UInt8]) -> [Range<Int>]? {
    guard count <= block.count else { return nil }
    var ranges: [Range<Int>] = []
    var end = 0
    block.withUnsafeBytes { bytes in
      var cursor = ByteCursor(bytes)
      for _ in 0..<count {
        let length = cursor.count(limit: bytes.count - end)
        ranges.append(end..<end + length)
        end += length
      }
      let shift = cursor.position
      ranges =
        cursor.overrun || end + shift != bytes.count
        ? [] : ranges.map { $0.lowerBound + shift..<$0.upperBound + shift }
    }
    return ranges.count == count ? ranges : nil
  }
}
