internal import Glibc

/// Distinct strings of bytes (a field's terms, the ids, the groups), numbered as they come.
///
/// Open addressing over slots of 16 bytes, which hold a term's first eight bytes: most words are recognised without a look
/// at the bytes themselves. The hash is seeded anew in each process, against input made to collide; nothing
/// that leaves the table depends on it.
struct TermTable: ~Copyable {
  private struct Slot {
    var head: UInt64
    var hash: UInt32
    /// The term's number, plus 1; 0 in a free slot.
    var term: UInt32
  }

  private struct Term {
    var offset: Int
    var length: Int
  }

  /// Numbers leave the highest bit to the log of tokens.
  static let maxCount = Int(Int32.max)

  private(set) var count = 0
  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  private var terms = ByteArena()
  private var arena = ByteArena()
  private let seed: UInt64

  init() {
    mask = 127
    slots = Self.freeSlots(128)
    var random: UInt64 = 0
    getentropy(&random, 8)
    seed = random | 1
  }

  deinit { slots.deallocate() }

  func bytes(of term: UInt32) -> UnsafeRawBufferPointer {
    let entry = entry(term)
    return UnsafeRawBufferPointer(start: arena.base + entry.offset, count: entry.length)
  }

  private func entry(_ term: UInt32) -> Term {
    terms.base.load(fromByteOffset: Int(term) * MemoryLayout<Term>.stride, as: Term.self)
  }

  /// The number of a term; nil where the table is full.
  mutating func intern(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
    intern(bytes, head: Self.head(of: bytes))
  }

  /// The same, where the first eight bytes are at hand: a shorter term's, with zeros behind it.
  @inline(__always)
  mutating func intern(_ bytes: UnsafeRawBufferPointer, head: UInt64) -> UInt32? {
    let hash = hash(bytes, head)
    var index = Int(hash) & mask
    while true {
      let slot = slots[index]
      if slot.term == 0 { break }
      if slot.head == head && slot.hash == hash && isTerm(slot.term &- 1, bytes) { return slot.term &- 1 }
      index = (index + 1) & mask
    }
    return insert(bytes, Slot(head: head, hash: hash, term: 0), at: index)
  }

  @inline(__always)
  private func isTerm(_ term: UInt32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let entry = entry(term)
    if entry.length != bytes.count { return false }
    if entry.length <= 8 { return true }
    guard let base = bytes.baseAddress else { return false }
    return memcmp(arena.base + entry.offset, base, entry.length) == 0
  }

  private mutating func insert(_ bytes: UnsafeRawBufferPointer, _ slot: Slot, at index: Int) -> UInt32? {
    guard count < Self.maxCount else { return nil }
    let entry = Term(offset: arena.count, length: bytes.count)
    terms.extend(by: MemoryLayout<Term>.stride).storeBytes(of: entry, as: Term.self)
    arena.append(bytes)
    slots[index] = Slot(head: slot.head, hash: slot.hash, term: UInt32(count + 1))
    count += 1
    if count * 2 > mask { grow() }
    return UInt32(count - 1)
  }

  private mutating func grow() {
    let old = slots
    let oldCount = mask + 1
    slots = Self.freeSlots(oldCount * 2)
    mask = oldCount * 2 - 1
    for index in 0..<oldCount where old[index].term != 0 {
      var place = Int(old[index].hash) & mask
      while slots[place].term != 0 { place = (place + 1) & mask }
      slots[place] = old[index]
    }
    old.deallocate()
  }

  private static func freeSlots(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(head: 0, hash: 0, term: 0), count: count)
    return slots
  }

  private static func head(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    if bytes.count >= 8 { return bytes.loadUnaligned(as: UInt64.self) }
    var head: UInt64 = 0
    withUnsafeMutableBytes(of: &head) { $0.copyMemory(from: bytes) }
    return head
  }

  @inline(__always)
  private func hash(_ bytes: UnsafeRawBufferPointer, _ head: UInt64) -> UInt32 {
    var hash = Self.mix(head ^ seed, UInt64(truncatingIfNeeded: bytes.count) ^ 0x9E37_79B9_7F4A_7C15)
    if bytes.count > 8 {
      var at = 8
      while at + 8 < bytes.count {
        hash = Self.mix(hash ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self), seed)
        at += 8
      }
      let tail = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
      hash = Self.mix(hash ^ tail, seed ^ 0xD6E8_FEB8_6659_FD93)
    }
    return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  /// The numbers of the terms, in byte order of the terms.
  func sorted() -> [UInt32] {
    struct Key {
      let head: UInt64
      let term: UInt32
    }
    var keys: [Key] = []
    keys.reserveCapacity(count)
    for term in 0..<UInt32(count) {
      keys.append(Key(head: Self.head(of: bytes(of: term)).byteSwapped, term: term))
    }
    let entries = terms.base.assumingMemoryBound(to: Term.self)
    let base = UnsafeRawPointer(arena.base)
    keys.sort { left, right in
      if left.head != right.head { return left.head < right.head }
      let (a, b) = (entries[Int(left.term)], entries[Int(right.term)])
      return ByteOrder.precedes(
        UnsafeRawBufferPointer(start: base + a.offset, count: a.length),
        UnsafeRawBufferPointer(start: base + b.offset, count: b.length))
    }
    return keys.map(\.term)
  }
}
