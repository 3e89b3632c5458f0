internal import CWords
internal import Glibc

/// Distinct strings of bytes, as a field's terms are, numbered as they come.
///
/// Open addressing over slots of 16 bytes, which hold a string of up to eight bytes itself, and of a longer one where it lies:
/// most words are recognised without a look at anything else. The hash is seeded anew in each process, against input made to collide;
/// nothing that leaves the table depends on it.
struct TermTable: ~Copyable {
  struct Key {
    /// The first eight bytes; zeros stand where there are fewer.
    let head: UInt64
    /// A hash in 28 bits, and in the lowest 4 the number of bytes, 9 standing for all that are more than 8.
    let tag: UInt32

    @inline(__always)
    var isLong: Bool { tag & 0xF > 8 }
  }

  private struct Slot {
    /// The string's bytes where the tag says that they are at most 8; else the place of its bytes, and its length.
    var content: UInt64
    var tag: UInt32
    /// The string's number, plus 1; 0 in a free slot.
    var number: UInt32
  }

  /// Numbers leave the highest bit to the log of tokens.
  static let maxCount = Int(Int32.max)

  private(set) var strings = ByteList()
  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  private let seed: UInt64

  init() {
    mask = 127
    slots = Self.freeSlots(128)
    var random: UInt64 = 0
    getentropy(&random, 8)
    seed = random | 1
  }

  deinit { slots.deallocate() }

  var count: Int { strings.count }

  /// The number of a string; nil where the table is full.
  mutating func intern(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
    intern(bytes, key(of: bytes, head: ByteList.head(of: bytes)))
  }

  /// The same, where its key is at hand.
  @inline(__always)
  mutating func intern(_ bytes: UnsafeRawBufferPointer, _ key: Key) -> UInt32? {
    var index = place(of: key)
    while true {
      let slot = slots[index]
      if slot.number == 0 { return insert(bytes, key, at: index) }
      if slot.tag == key.tag
        && (key.isLong ? isString(slot.content, bytes) : slot.content == key.head)
      {
        return slot.number &- 1
      }
      index = (index + 1) & mask
    }
  }

  private static let lengthBits: UInt64 = 24

  /// Whether these are the bytes of a string of more than eight, by its slot.
  @inline(__always)
  private func isString(_ content: UInt64, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let count = Int(content & (1 << Self.lengthBits - 1))
    guard count == bytes.count, let right = bytes.baseAddress else { return false }
    let left = strings.bytes(at: Int(content >> Self.lengthBits))
    if count > 16 { return memcmp(left, right, count) == 0 }
    return left.loadUnaligned(as: UInt64.self) == right.loadUnaligned(as: UInt64.self)
      && left.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        == right.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
  }

  @inline(never)
  private mutating func insert(_ bytes: UnsafeRawBufferPointer, _ key: Key, at index: Int) -> UInt32? {
    guard count < Self.maxCount, bytes.count < 1 << Self.lengthBits else { return nil }
    let place = UInt64(strings.end) << Self.lengthBits | UInt64(bytes.count)
    strings.append(bytes)
    slots[index] = Slot(content: key.isLong ? place : key.head, tag: key.tag, number: UInt32(count))
    let number = UInt32(count - 1)
    if count * 2 > mask { grow() }
    return number
  }

  private mutating func grow() {
    let old = slots
    let oldCount = mask + 1
    slots = Self.freeSlots(oldCount * 2)
    mask = oldCount * 2 - 1
    for index in 0..<oldCount where old[index].number != 0 {
      var place = place(of: Key(head: 0, tag: old[index].tag))
      while slots[place].number != 0 { place = (place + 1) & mask }
      slots[place] = old[index]
    }
    old.deallocate()
  }

  private static func freeSlots(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(content: 0, tag: 0, number: 0), count: count)
    return slots
  }

  // MARK: Keys

  @inline(__always)
  private func place(of key: Key) -> Int { Int(key.tag >> 4) & mask }

  /// Brings the slot of a string into the cache.
  @inline(__always)
  func prefetch(_ key: Key) { cwords_prefetch(slots + place(of: key)) }

  /// Brings the bytes of a string of more than eight into the cache, whose slot is there already.
  @inline(__always)
  func prefetchBytes(_ key: Key) {
    let content = slots[place(of: key)].content
    cwords_prefetch(strings.bytes(at: key.isLong ? Int(content >> Self.lengthBits) : 0))
  }

  /// The key of a string behind which eight more bytes may be read.
  @inline(__always)
  func key(paddedAt start: UnsafeRawPointer, count: Int) -> Key {
    let missing = UInt64(truncatingIfNeeded: 8 &- min(count, 8)) &* 8
    let head = UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)) & (UInt64.max &>> missing)
    return key(of: UnsafeRawBufferPointer(start: start, count: count), head: head.littleEndian)
  }

  @inline(__always)
  private func key(of bytes: UnsafeRawBufferPointer, head: UInt64) -> Key {
    let count = bytes.count
    var hash = Self.mix(head ^ seed, UInt64(truncatingIfNeeded: count) ^ 0x9E37_79B9_7F4A_7C15)
    if count > 8, let start = bytes.baseAddress {
      var at = 8
      while at + 8 < count {
        hash = Self.mix(hash ^ start.loadUnaligned(fromByteOffset: at, as: UInt64.self), seed)
        at += 8
      }
      let tail = start.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      hash = Self.mix(hash ^ tail, seed ^ 0xD6E8_FEB8_6659_FD93)
    }
    let bits = UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    return Key(head: head, tag: bits & ~0xF | UInt32(truncatingIfNeeded: min(count, 9)))
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
