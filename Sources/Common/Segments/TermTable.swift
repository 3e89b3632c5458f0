internal import Glibc

/// Distinct strings of bytes, as a field's terms are, numbered as they come.
///
/// Open addressing over slots of 16 bytes, which hold a string's first eight bytes: most words are recognised without a look
/// at the bytes themselves. The hash is seeded anew in each process, against input made to collide; nothing
/// that leaves the table depends on it.
struct TermTable: ~Copyable {
  private struct Slot {
    var head: UInt64
    var hash: UInt32
    /// The string's number, plus 1; 0 in a free slot.
    var number: UInt32
  }

  /// Numbers leave the highest bit to the log of tokens.
  static let maxCount = Int(Int32.max)

  private(set) var strings = ByteList()
  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  private let seed: UInt64
  private var touched: UInt32 = 0

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
    let head = ByteList.head(of: bytes)
    return intern(bytes, head: head, hash: hash(bytes, head: head))
  }

  /// The same, where its head and hash are at hand.
  @inline(__always)
  mutating func intern(_ bytes: UnsafeRawBufferPointer, head: UInt64, hash: UInt32) -> UInt32? {
    var index = Int(hash) & mask
    while true {
      let slot = slots[index]
      if slot.number == 0 { return insert(bytes, head, hash, at: index) }
      if slot.head == head && slot.hash == hash && isString(Int(slot.number) - 1, bytes) {
        return slot.number &- 1
      }
      index = (index + 1) & mask
    }
  }

  @inline(__always)
  private func isString(_ number: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let string = strings[number]
    if string.count != bytes.count { return false }
    if string.count <= 8 { return true }
    guard let left = string.baseAddress, let right = bytes.baseAddress else { return false }
    return memcmp(left + 8, right + 8, string.count - 8) == 0
  }

  private mutating func insert(
    _ bytes: UnsafeRawBufferPointer, _ head: UInt64, _ hash: UInt32, at index: Int
  ) -> UInt32? {
    guard count < Self.maxCount else { return nil }
    strings.append(bytes)
    slots[index] = Slot(head: head, hash: hash, number: UInt32(count))
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
      var place = Int(old[index].hash) & mask
      while slots[place].number != 0 { place = (place + 1) & mask }
      slots[place] = old[index]
    }
    old.deallocate()
  }

  private static func freeSlots(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(head: 0, hash: 0, number: 0), count: count)
    return slots
  }

  /// Brings the slots of some hashes into the cache, all at once: the loads don't wait for each other.
  mutating func touch(_ hashes: UnsafeBufferPointer<UInt32>) {
    var sum: UInt32 = 0
    for hash in hashes { sum &+= slots[Int(hash) & mask].number }
    touched = sum
  }

  @inline(__always)
  func hash(_ bytes: UnsafeRawBufferPointer, head: UInt64) -> UInt32 {
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
}
