/// The documents as JSON, one behind the other, in blocks of about 16 KiB, each compressed on its own.
///
///     store:         the blocks. A block, once decompressed: of each document varint its length; then the documents.
///                    A block whose compressed form wouldn't be shorter is kept as it is.
///     store blocks:  of each block u64 where it begins, u32 its first document, u32 its length decompressed
struct DocumentStoreWriter: ~Copyable {
  private(set) var store = ByteArena()
  private(set) var blocks = ByteArena()
  /// Why nothing can come of it.
  private(set) var refusal: String?

  private var lengths = ByteArena()
  private var documents = ByteArena(capacity: SegmentFormat.storeBlockLength)
  private var raw = ByteArena(capacity: SegmentFormat.storeBlockLength)
  private var compressor = LZ4.Compressor()
  private var first = 0
  private var count = 0

  mutating func add(_ document: UnsafeRawBufferPointer) {
    lengths.appendVarint(document.count)
    documents.append(document)
    count += 1
    if documents.count >= SegmentFormat.storeBlockLength { flush() }
  }

  mutating func flush() {
    guard count > first else { return }
    raw.removeAll()
    raw.append(lengths.bytes)
    raw.append(documents.bytes)
    blocks.append(UInt64(store.count))
    blocks.append(UInt32(first))
    if raw.count > Int(Int32.max) { refusal = "a document is longer than \(Int32.max) bytes" }
    blocks.append(UInt32(truncatingIfNeeded: raw.count))
    appendCompressed()
    lengths.removeAll()
    documents.removeAll()
    first = count
  }

  private mutating func appendCompressed() {
    guard refusal == nil else { return }
    let start = store.count
    let room = raw.count - 1
    let target = UnsafeMutableRawBufferPointer(start: store.extend(by: room), count: room)
    let length = compressor.compress(raw.bytes, into: target)
    store.truncate(to: start + (length ?? 0))
    if length == nil { store.append(raw.bytes) }
  }
}
