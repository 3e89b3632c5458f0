internal import CWords
internal import Glibc

/// Distinct strings of bytes, as a field's terms are, numbered as they come.
///
/// Open addressing over slots of 32 bytes, half a cache line, which hold the first sixteen bytes of a string: most words are
/// recognised without a look at anything else. The hash is seeded anew in each process, against input made to collide;
/// nothing that leaves the table depends on it.
struct TermTable: ~Copyable {
  struct Key {
    /// The first eight bytes and the next eight; zeros stand where there are fewer.
    let head: UInt64
    let tail: UInt64
    /// A hash in 27 bits, and in the lowest 5 the number of bytes plus 1, 18 standing for all that are more than 16.
    let tag: UInt32

    @inline(__always)
    var isLong: Bool { tag & 0x1F == 18 }
  }

  private struct Slot {
    var head: UInt64 = 0
    var tail: UInt64 = 0
    /// No key's is 0, as a free slot's is.
    var tag: UInt32 = 0
    /// The string's number, plus 1; 0 in a free slot.
    var number: UInt32 = 0
    /// How often it was asked for.
    var uses: UInt64 = 0

    @inline(__always)
    func holds(_ key: Key) -> Bool { (head ^ key.head) | (tail ^ key.tail) | UInt64(tag ^ key.tag) == 0 }
  }

  /// Numbers leave the highest bit to the log of tokens.
  static let maxCount = Int(Int32.max)

  private(set) var strings = ByteList()
  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  private let seeds: (UInt64, UInt64)

  init() {
    mask = 127
    slots = Self.freeSlots(128)
    var random: (UInt64, UInt64) = (0, 0)
    getentropy(&random, 16)
    seeds = random
  }

  deinit { UnsafeMutableRawPointer(slots).deallocate() }

  var count: Int { strings.count }

  /// No string is looked for any more.
  mutating func forgetSlots() {
    UnsafeMutableRawPointer(slots).deallocate()
    slots = Self.freeSlots(128)
    mask = 127
  }

  /// The number of a string of at most sixteen bytes that lies where its key says, as most do; else nil.
  @inline(__always)
  mutating func number(_ key: Key) -> UInt32? {
    let slot = slots + place(of: key.tag)
    guard slot.pointee.holds(key), !key.isLong else { return nil }
    slot.pointee.uses &+= 1
    return slot.pointee.number &- 1
  }

  /// Hands over each string's number, and how often it was asked for.
  func forEachUse(_ body: (_ number: Int, _ uses: UInt64) -> Void) {
    for index in 0...mask where slots[index].number != 0 {
      body(Int(slots[index].number) - 1, slots[index].uses)
    }
  }

  /// The number of a string; nil where the table is full.
  mutating func intern(_ bytes: UnsafeRawBufferPointer) -> UInt32? {
    intern(bytes, key(of: bytes))
  }

  /// The same, where its key is at hand.
  mutating func intern(_ bytes: UnsafeRawBufferPointer, _ key: Key) -> UInt32? {
    var index = place(of: key.tag)
    while true {
      let slot = slots + index
      if slot.pointee.holds(key), !key.isLong || isString(Int(slot.pointee.number) - 1, bytes) {
        slot.pointee.uses &+= 1
        return slot.pointee.number &- 1
      }
      if slot.pointee.number == 0 { return insert(bytes, key, at: index) }
      index = (index + 1) & mask
    }
  }

  private func isString(_ number: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
    ByteOrder.compare(strings[number], bytes) == 0
  }

  @inline(never)
  private mutating func insert(_ bytes: UnsafeRawBufferPointer, _ key: Key, at index: Int) -> UInt32? {
    guard count < Self.maxCount else { return nil }
    strings.append(bytes)
    slots[index] = Slot(head: key.head, tail: key.tail, tag: key.tag, number: UInt32(count), uses: 1)
    let number = UInt32(count - 1)
    if count * 3 > mask * 2 { grow() }
    return number
  }

  /// The strings go to their places in the order in which they came: those that come often came early, and lie where their key says.
  private mutating func grow() {
    let old = slots
    let places = UnsafeMutablePointer<Int>.allocate(capacity: count)
    for index in 0...mask where old[index].number != 0 { places[Int(old[index].number) - 1] = index }
    mask = mask * 2 + 1
    slots = Self.freeSlots(mask + 1)
    for number in 0..<count {
      let slot = old[places[number]]
      var place = place(of: slot.tag)
      while slots[place].number != 0 { place = (place + 1) & mask }
      slots[place] = slot
    }
    places.deallocate()
    UnsafeMutableRawPointer(old).deallocate()
  }

  private static func freeSlots(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = ScatteredMemory.allocate(bytes: count * MemoryLayout<Slot>.stride)
      .bindMemory(to: Slot.self, capacity: count)
    slots.initialize(repeating: Slot(), count: count)
    return slots
  }

  // MARK: Keys

  @inline(__always)
  private func place(of tag: UInt32) -> Int { Int(tag >> 5) & mask }

  /// Brings the slot of a string into the cache.
  @inline(__always)
  func prefetch(_ key: Key) { cwords_prefetch(slots + place(of: key.tag)) }

  /// The key of a string of one byte at least, behind which fifteen more may be read.
  @inline(__always)
  func key(paddedAt start: UnsafeRawPointer, count: Int) -> Key {
    let head = cwords_head(start, UInt32(truncatingIfNeeded: count))
    return key(UnsafeRawBufferPointer(start: start, count: count), head: head.first, tail: head.second)
  }

  private func key(of bytes: UnsafeRawBufferPointer) -> Key {
    var first: (head: UInt64, tail: UInt64) = (0, 0)
    let beginning = UnsafeRawBufferPointer(rebasing: bytes.prefix(16))
    withUnsafeMutableBytes(of: &first) { $0.copyMemory(from: beginning) }
    return key(bytes, head: first.head, tail: first.tail)
  }

  @inline(__always)
  private func key(_ bytes: UnsafeRawBufferPointer, head: UInt64, tail: UInt64) -> Key {
    let count = bytes.count
    var hash = Self.mix(head ^ seeds.0, tail ^ seeds.1)
    if count > 16 { hash = mixed(hash, bytes) }
    hash = (hash ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15
    let bits = UInt32(truncatingIfNeeded: hash >> 32)
    return Key(head: head, tail: tail, tag: bits & ~0x1F | UInt32(truncatingIfNeeded: min(count, 17) &+ 1))
  }

  /// A hash of more than sixteen bytes, by one of the first sixteen.
  private func mixed(_ hash: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = hash
    for at in stride(from: 16, to: bytes.count - 8, by: 8) {
      hash = Self.mix(hash ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self), seeds.1)
    }
    let tail = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
    return Self.mix(hash ^ tail, seeds.0)
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
