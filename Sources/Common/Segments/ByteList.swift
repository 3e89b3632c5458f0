/// Strings of bytes by their number, one behind the other in one allocation.
struct ByteList: ~Copyable {
  private struct Entry {
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

  /// The strings' numbers, in byte order of the strings.
  func sorted() -> [UInt32] {
    struct Key {
      let head: UInt64
      let number: UInt32
    }
    var keys: [Key] = []
    keys.reserveCapacity(count)
    for number in 0..<count {
      keys.append(Key(head: UInt64(bigEndian: Self.head(of: self[number])), number: UInt32(number)))
    }
    let list = UnsafeRawPointer(entries.base).assumingMemoryBound(to: Entry.self)
    let base = UnsafeRawPointer(arena.base)
    keys.sort { left, right in
      if left.head != right.head { return left.head < right.head }
      let (a, b) = (list[Int(left.number)], list[Int(right.number)])
      return ByteOrder.precedes(
        UnsafeRawBufferPointer(start: base + a.offset, count: a.length),
        UnsafeRawBufferPointer(start: base + b.offset, count: b.length))
    }
    return keys.map(\.number)
  }
}
