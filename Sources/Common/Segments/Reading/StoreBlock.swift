/// One block of the document store, decompressed; its memory serves the next one too.
struct StoreBlock: ~Copyable {
  private var bytes = ByteArena()
  /// u32 where each document ends, and before them where the first begins.
  private var bounds = ByteArena()
  private(set) var count = 0

  /// Takes a block of so many documents, `length` bytes when decompressed; false where it isn't one.
  mutating func load(_ packed: UnsafeRawBufferPointer, documents: Int, length: Int) -> Bool {
    count = 0
    guard length >= packed.count, length <= packed.count * DocumentStore.greatestRatio,
      length <= Int(Int32.max), documents <= length
    else { return false }
    bytes.removeAll()
    if length == packed.count {
      bytes.append(packed)
    } else {
      let room = UnsafeMutableRawBufferPointer(start: bytes.extend(by: length), count: length)
      guard LZ4.decompress(packed, into: room) else { return false }
    }
    return findBounds(documents)
  }

  private mutating func findBounds(_ documents: Int) -> Bool {
    bounds.removeAll()
    bounds.append(UInt32(0))
    var cursor = ByteCursor(bytes.bytes)
    var end = 0
    for _ in 0..<documents {
      end += cursor.count(limit: bytes.count - end)
      bounds.append(UInt32(end))
    }
    let start = cursor.position
    guard !cursor.overrun, start + end == bytes.count else { return false }
    let all = bounds.elements(UInt32.self)
    for index in all.indices { all[index] += UInt32(start) }
    count = documents
    return true
  }

  /// A document's JSON, valid until the next block is loaded; `index` is below `count`.
  subscript(index: Int) -> UnsafeRawBufferPointer {
    let all = bounds.elements(UInt32.self)
    return UnsafeRawBufferPointer(rebasing: bytes.bytes[Int(all[index])..<Int(all[index + 1])])
  }
}
