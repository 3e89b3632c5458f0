internal import CWords
internal import Glibc

/// Distinct strings of bytes, as a field's terms are, numbered as they come.
///
/// Open addressing over slots of 16 bytes, which hold a string's first eight bytes and whether there are more: most words
/// are recognised without a look at the bytes themselves. The hash is seeded anew in each process, against input made to collide;
/// nothing that leaves the table depends on it.
struct TermTable: ~Copyable {
  struct Key {
    /// The first eight bytes; zeros stand where there are fewer.
    let head: UInt64
    /// A hash in 28 bits, and in the lowest 4 the number of bytes, 9 standing for all that are more than 8.
    let tag: UInt32
  }

  private struct Slot {
    var head: UInt64
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
      if slot.head == key.head && slot.tag == key.tag
        && (key.tag & 0xF <= 8 || isString(Int(slot.number) - 1, bytes))
      {
        return slot.number &- 1
      }
      index = (index + 1) & mask
    }
  }

  /// Whether a string of more than eight bytes, whose first eight are the same, is this one.
  @inline(__always)
  private func isString(_ number: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let string = strings[number]
    guard string.count == bytes.count, let left = string.baseAddress, let right = bytes.baseAddress else {
      return false
    }
    if string.count <= 16 {
      let last = string.count - 8
      return left.loadUnaligned(fromByteOffset: last, as: UInt64.self)
        == right.loadUnaligned(fromByteOffset: last, as: UInt64.self)
    }
    return memcmp(left + 8, right + 8, string.count - 8) == 0
  }

  @inline(never)
  private mutating func insert(_ bytes: UnsafeRawBufferPointer, _ key: Key, at index: Int) -> UInt32? {
    guard count < Self.maxCount else { return nil }
    strings.append(bytes)
    slots[index] = Slot(head: key.head, tag: key.tag, number: UInt32(count))
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
    slots.initialize(repeating: Slot(head: 0, tag: 0, number: 0), count: count)
    return slots
  }

  // MARK: Keys

  @inline(__always)
  private func place(of key: Key) -> Int { Int(key.tag >> 4) & mask }

  /// Brings the slot of a string into the cache.
  @inline(__always)
  func prefetch(_ key: Key) { cwords_prefetch(slots + place(of: key)) }

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
