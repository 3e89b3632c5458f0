/// Strings of bytes by their number, one behind the other in one allocation.
struct ByteList: ~Copyable {
  fileprivate struct Entry {
    let offset: Int
    let length: Int
  }

  private var entries = ByteArena()
  private var arena = ByteArena()
  private(set) var count = 0

  subscript(index: Int) -> UnsafeRawBufferPointer {
    let entry = entries.base.load(fromByteOffset: index * MemoryLayout<Entry>.stride, as: Entry.self)
    return UnsafeRawBufferPointer(start: arena.base + entry.offset, count: entry.length)
  }

  /// Where the bytes of the next string will lie.
  var end: Int { arena.count }
  /// The bytes that lie there; valid until the next string is added.
  @inline(__always)
  func bytes(at offset: Int) -> UnsafeRawPointer { UnsafeRawPointer(arena.base + offset) }

  mutating func append(_ string: UnsafeRawBufferPointer) {
    let entry = Entry(offset: arena.count, length: string.count)
    entries.extend(by: MemoryLayout<Entry>.stride).storeBytes(of: entry, as: Entry.self)
    arena.append(string)
    count += 1
  }

  /// How the last string stands to this one: negative where it comes before; nil where there is none.
  func orderOfLast(_ string: UnsafeRawBufferPointer) -> Int? {
    count > 0 ? ByteOrder.compare(self[count - 1], string) : nil
  }

  /// The first eight bytes, as a number; zeros stand where there are fewer.
  static func head(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    if bytes.count >= 8 { return bytes.loadUnaligned(as: UInt64.self) }
    var head: UInt64 = 0
    withUnsafeMutableBytes(of: &head) { $0.copyMemory(from: bytes) }
    return head
  }

  /// About the bytes that are held.
  var bytesHeld: Int { entries.count + arena.count }

  /// The strings as they are, for as long as none is added.
  var view: View {
    View(
      count: count, entries: UnsafeRawPointer(entries.base).assumingMemoryBound(to: Entry.self),
      base: UnsafeRawPointer(arena.base))
  }

  struct View: @unchecked Sendable {
    let count: Int
    fileprivate let entries: UnsafePointer<Entry>
    fileprivate let base: UnsafeRawPointer

    subscript(index: Int) -> UnsafeRawBufferPointer {
      let entry = entries[index]
      return UnsafeRawBufferPointer(start: base + entry.offset, count: entry.length)
    }
  }
}
