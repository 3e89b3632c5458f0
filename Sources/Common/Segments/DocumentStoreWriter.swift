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
/// segments) are those that one writer would have made: behind a document with CRC-32(id) * L < 2^32 * its length, L being
/// `storeBlockLength`, which gives blocks of L bytes on average; and where a block has reached `longestStoreBlock`.
struct DocumentStoreWriter: ~Copyable {
  private(set) var store: Spool
  private(set) var blocks = ByteArena()
  /// Why nothing can come of it.
  private(set) var refusal: String?
  /// The documents so far.
  private(set) var count = 0

  private var lengths = ByteArena()
  private var documents = ByteArena(capacity: SegmentFormat.storeBlockLength)
  private var raw = ByteArena(capacity: SegmentFormat.storeBlockLength)
  private var compressor = LZ4.Compressor()
  /// The first document of the open block.
  private var first = 0

  init(limit: Int = .max, in directory: Directory? = nil) { store = Spool(limit: limit, in: directory) }

  /// Whether the next document begins a block.
  var isAtBlockStart: Bool { count == first }
  var bytesHeld: Int { store.arena.count + blocks.count + documents.count }

  mutating func add(_ document: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer) {
    append(document)
    if Self.ends(behind: id, length: document.count)
      || documents.count >= SegmentFormat.longestStoreBlock
    {
      flush()
    }
  }

  private mutating func append(_ document: UnsafeRawBufferPointer) {
    lengths.appendVarint(document.count)
    documents.append(document)
    count += 1
  }

  private static func ends(behind id: UnsafeRawBufferPointer, length: Int) -> Bool {
    let (product, overflow) = UInt64(CRC32.checksum(id)).multipliedReportingOverflow(
      by: UInt64(SegmentFormat.storeBlockLength))
    return overflow || product >> 32 < UInt64(length)
  }

  /// Closes the open block.
  mutating func flush() {
    guard count > first else { return }
    raw.removeAll()
    raw.append(lengths.bytes)
    raw.append(documents.bytes)
    if raw.count > Int(Int32.max) { refusal = "a document is longer than \(Int32.max) bytes" }
    addEntry(length: raw.count)
    appendCompressed()
    lengths.removeAll()
    documents.removeAll()
    first = count
  }

  private mutating func addEntry(length: Int) {
    blocks.append(UInt64(store.count))
    blocks.append(UInt32(truncatingIfNeeded: first))
    blocks.append(UInt32(truncatingIfNeeded: length))
  }

  private mutating func appendCompressed() {
    guard refusal == nil else { return }
    let start = store.arena.count
    let room = raw.count - 1
    let target = UnsafeMutableRawBufferPointer(start: store.arena.extend(by: room), count: room)
    let length = compressor.compress(raw.bytes, into: target)
    store.arena.truncate(to: start + (length ?? 0))
    if length == nil { store.arena.append(raw.bytes) }
    store.settle()
  }
}

extension DocumentStoreWriter {
  /// Takes a block that is compressed already, as whose documents come next, at the start of a block.
  mutating func append(block: UnsafeRawBufferPointer, documents: Int, length: Int) {
    addEntry(length: length)
    store.append(block)
    count += documents
    first = count
  }

  /// All blocks, one behind the other.
  mutating func write(to parts: inout PartsWriter) throws(Failure) { try parts.append(&store) }

  /// Takes what another writer has gathered, as if its documents had been added here; `id` names them, from 0 on.
  mutating func append(
    _ other: inout DocumentStoreWriter, id: (Int) -> UnsafeRawBufferPointer
  ) throws(Failure) {
    if refusal == nil { refusal = other.refusal }
    let entries = other.blocks.count / DocumentStore.blockEntry
    var unpacked = StoreBlock()
    var packed = ByteArena()
    for index in 0..<entries {
      let block = other.entry(index)
      packed.removeAll()
      try other.store.read(block.range) { packed.append($0) }
      if isAtBlockStart {
        append(block: packed.bytes, documents: block.documents.count, length: block.length)
      } else {
        guard unpacked.load(packed.bytes, documents: block.documents.count, length: block.length) else {
          throw Failure(.software, "cannot build a segment: a block of documents is damaged")
        }
        for (index, document) in block.documents.enumerated() { add(unpacked[index], id: id(document)) }
      }
    }
    var at = 0
    var cursor = ByteCursor(other.lengths.bytes)
    for document in other.first..<other.count {
      let length = cursor.count(limit: other.documents.count - at)
      add(UnsafeRawBufferPointer(rebasing: other.documents.bytes[at..<at + length]), id: id(document))
      at += length
    }
  }

  private struct Block {
    let range: Range<Int>
    let documents: Range<Int>
    let length: Int
  }

  private func entry(_ index: Int) -> Block {
    let isLast = (index + 1) * DocumentStore.blockEntry == blocks.count
    func offset(_ index: Int) -> UnsafeRawPointer { UnsafeRawPointer(blocks.base) + index * DocumentStore.blockEntry }
    func start(_ index: Int) -> Int { Int(UInt64(littleEndian: offset(index).loadUnaligned(as: UInt64.self))) }
    func first(_ index: Int) -> Int {
      Int(UInt32(littleEndian: offset(index).loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    }
    return Block(
      range: start(index)..<(isLast ? store.count : start(index + 1)),
      documents: first(index)..<(isLast ? self.first : first(index + 1)),
      length: Int(UInt32(littleEndian: offset(index).loadUnaligned(fromByteOffset: 12, as: UInt32.self))))
  }
}
