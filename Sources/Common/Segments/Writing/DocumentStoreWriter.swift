internal import Bytes
internal import Failures
internal import Files

/// The documents as JSON, one behind the other, in blocks, each compressed on its own.
///
///     store:         the blocks. A block, once decompressed: of each document varint its length; then the documents.
///                    A block whose compressed form wouldn't be shorter is kept as it is.
///     store blocks:  of each block u64 where it begins, u32 its first document, u32 its length decompressed
///
/// Where a block ends follows from its documents' ids and lengths, so that blocks that were made apart (by threads, or in other
/// segments) are those that one writer would have made: behind a document that is longer than CRC-32(id) * L / 2^32, rounded
/// down, L being `storeBlockLength`: blocks have L bytes on average; and where a block has reached `longestStoreBlock`.
///
/// The blocks are the first part of a segment's file, and are written into it as they come.
struct DocumentStoreWriter: ~Copyable {
  /// The file that the documents go to.
  private var parts: PartsWriter
  /// The length of the blocks so far.
  private var length = 0
  private(set) var blocks = ByteArena()
  /// Why nothing can come of it.
  private var failure: Failure?
  /// The documents so far.
  private(set) var count = 0

  private var lengths = ByteArena()
  private var documents = ByteArena(capacity: SegmentFormat.storeBlockLength)
  private var raw = ByteArena(capacity: SegmentFormat.storeBlockLength)
  private var packed = ByteArena(capacity: SegmentFormat.storeBlockLength)
  private var compressor = LZ4.Compressor()
  /// The first document of the open block.
  private var first = 0

  init(in directory: Directory) {
    parts = PartsWriter(in: directory)
    parts.begin(.store)
  }

  /// Whether the next document begins a block.
  var isAtBlockStart: Bool { count == first }
  var bytesHeld: Int { blocks.count + documents.count }

  mutating func add(_ document: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer) {
    lengths.appendVarint(document.count)
    documents.append(document)
    count += 1
    if Self.ends(behind: id, length: document.count)
      || documents.count >= SegmentFormat.longestStoreBlock
    {
      flush()
    }
  }

  private static func ends(behind id: UnsafeRawBufferPointer, length: Int) -> Bool {
    let product = UInt64(CRC32.checksum(id)) * UInt64(SegmentFormat.storeBlockLength)
    return product >> 32 < UInt64(length)
  }

  /// Closes the open block.
  private mutating func flush() {
    guard count > first else { return }
    raw.removeAll()
    raw.append(lengths.bytes)
    raw.append(documents.bytes)
    if raw.count > Int(Int32.max) {
      refuse(Failure(.badData, "cannot build a segment: a document is longer than \(Int32.max) bytes"))
    } else {
      appendCompressed()
    }
    lengths.removeAll()
    documents.removeAll()
    first = count
  }

  private mutating func refuse(_ reason: Failure) { if failure == nil { failure = reason } }

  private mutating func appendCompressed() {
    packed.removeAll()
    let target = UnsafeMutableRawBufferPointer(start: packed.extend(by: raw.count), count: raw.count - 1)
    let length = compressor.compress(raw.bytes, into: target)
    packed.truncate(to: length ?? 0)
    addEntry(at: self.length, first: first, length: raw.count)
    write(length == nil ? raw.bytes : packed.bytes)
  }

  private mutating func addEntry(at offset: Int, first: Int, length: Int) {
    blocks.append(UInt64(offset))
    blocks.append(UInt32(truncatingIfNeeded: first))
    blocks.append(UInt32(truncatingIfNeeded: length))
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil else { return }
    length += bytes.count
    do throws(Failure) { try parts.append(bytes) } catch { refuse(error) }
  }

  /// Closes the part, and gives the file for the others; none is to be added any more.
  mutating func finish() throws(Failure) -> PartsWriter {
    flush()
    if let failure { throw failure }
    parts.end()
    try parts.add(.storeBlocks, blocks.bytes)
    var file = PartsWriter(in: parts.directory)
    swap(&file, &parts)
    return file
  }
}

// MARK: - Blocks that were made elsewhere

extension DocumentStoreWriter {
  /// Takes a block that is compressed already, as whose documents come next, at the start of a block.
  mutating func append(block: UnsafeRawBufferPointer, documents: Int, length: Int) {
    addEntry(at: self.length, first: count, length: length)
    write(block)
    count += documents
    first = count
  }

  /// Takes what another writer has gathered, as if its documents had been added here; `ids` names them.
  mutating func append(_ other: inout DocumentStoreWriter, ids: ByteList.View) throws(Failure) {
    if let failure = other.failure { throw failure }
    let start = count
    let open = other.first
    var block = 0
    while block < other.blockCount, !isAtBlockStart {
      add(try other.unpacked(block), from: other.entry(block).documents.lowerBound, ids)
      block += 1
    }
    if block < other.blockCount { try append(&other, from: block, documents: start) }
    var at = 0
    var cursor = ByteCursor(other.lengths.bytes)
    for document in open..<other.count {
      let length = cursor.count(limit: other.documents.count - at)
      add(UnsafeRawBufferPointer(rebasing: other.documents.bytes[at..<at + length]), id: ids[document])
      at += length
    }
  }

  /// All blocks of the other one from that on, as they are; its documents are numbered from `documents` on.
  private mutating func append(
    _ other: inout DocumentStoreWriter, from block: Int, documents start: Int
  ) throws(Failure) {
    let from = other.entry(block).range.lowerBound
    for index in block..<other.blockCount {
      let entry = other.entry(index)
      addEntry(
        at: length + entry.range.lowerBound - from, first: start + entry.documents.lowerBound,
        length: entry.length)
    }
    try other.parts.read(from..<other.length) { write($0) }
    count = start + other.first
    first = count
  }

  private mutating func add(_ block: consuming StoreBlock, from first: Int, _ ids: ByteList.View) {
    for index in 0..<block.count { add(block[index], id: ids[first + index]) }
  }

  private mutating func unpacked(_ block: Int) throws(Failure) -> StoreBlock {
    let entry = entry(block)
    var packed = ByteArena()
    try parts.read(entry.range) { packed.append($0) }
    var unpacked = StoreBlock()
    guard unpacked.load(packed.bytes, documents: entry.documents.count, length: entry.length) else {
      throw Failure(.software, "cannot build a segment: a block of documents is damaged")
    }
    return unpacked
  }

  private var blockCount: Int { blocks.count / DocumentStore.blockEntry }

  private struct Entry {
    let range: Range<Int>
    let documents: Range<Int>
    let length: Int
  }

  private func entry(_ block: Int) -> Entry {
    let words = UnsafeBufferPointer(blocks.elements(UInt32.self))
    let (this, next) = (block * 4, block * 4 + 4)
    func offset(_ at: Int) -> Int { Int(words[at].littleEndian) | Int(words[at + 1].littleEndian) << 32 }
    let isLast = next == words.count
    return Entry(
      range: offset(this)..<(isLast ? length : offset(next)),
      documents: Int(words[this + 2].littleEndian)..<(isLast ? first : Int(words[next + 2].littleEndian)),
      length: Int(words[this + 3].littleEndian))
  }
}
