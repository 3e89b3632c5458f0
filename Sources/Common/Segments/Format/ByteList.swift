/// Strings of bytes by their number, one behind the other in one allocation.
struct ByteList: ~Copyable {
  /// Where each string begins, and where the last one ends: Ints.
  private var offsets = ByteArena()
  private var arena = ByteArena()
  private(set) var count = 0

  init() { offsets.append(UInt64(0)) }

  subscript(index: Int) -> UnsafeRawBufferPointer { view[index] }

  /// Where the bytes of the next string will lie.
  var end: Int { arena.count }
  /// The bytes that lie there; valid until the next string is added.
  @inline(__always)
  func bytes(at offset: Int) -> UnsafeRawPointer { UnsafeRawPointer(arena.base + offset) }

  mutating func append(_ string: UnsafeRawBufferPointer) {
    arena.append(string)
    offsets.extend(by: MemoryLayout<Int>.stride).storeBytes(of: arena.count, as: Int.self)
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
  var bytesHeld: Int { offsets.count + arena.count }

  /// The strings as they are, for as long as none is added.
  var view: View {
    View(
      count: count, offsets: UnsafeRawPointer(offsets.base).assumingMemoryBound(to: Int.self),
      base: UnsafeRawPointer(arena.base))
  }

  struct View: @unchecked Sendable {
    let count: Int
    fileprivate let offsets: UnsafePointer<Int>
    fileprivate let base: UnsafeRawPointer

    subscript(index: Int) -> UnsafeRawBufferPointer {
      let start = offsets[index]
      return UnsafeRawBufferPointer(start: base + start, count: offsets[index + 1] - start)
    }
  }
}
