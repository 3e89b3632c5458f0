internal import Glibc

/// The names of the members that are wanted, found by their bytes: a hash table with open addressing, at most a
/// quarter full.
struct MemberNames: ~Copyable {
  private struct Entry {
    var hash: UInt64 = 0
    var member: Int = -1
    var name = 0..<0
  }

  private let entries: UnsafeMutableBufferPointer<Entry>
  private let names: UnsafeMutableRawBufferPointer
  private let mask: UInt64

  /// The index in `all` is the member's number. Names differ.
  init(_ all: [String]) {
    var size = 16
    while size < 4 * all.count { size *= 2 }
    entries = .allocate(capacity: size)
    entries.initialize(repeating: Entry())
    mask = UInt64(size - 1)
    let bytes = all.map { Array($0.utf8) }
    names = .allocate(byteCount: max(1, bytes.reduce(0) { $0 + $1.count }), alignment: 8)
    var offset = 0
    for (member, name) in bytes.enumerated() {
      names.baseAddress?.advanced(by: offset).copyMemory(from: name, byteCount: name.count)
      insert(member, offset..<offset + name.count)
      offset += name.count
    }
  }

  deinit {
    entries.deallocate()
    names.deallocate()
  }

  private func insert(_ member: Int, _ name: Range<Int>) {
    let hash = Self.hash(UnsafeRawBufferPointer(rebasing: names[name]))
    var place = Int(hash & mask)
    while entries[place].member >= 0 { place = (place + 1) & Int(mask) }
    entries[place] = Entry(hash: hash, member: member, name: name)
  }

  /// The number of the member of that name; nil where it isn't wanted.
  func number(of name: UnsafeRawBufferPointer) -> Int? {
    let hash = Self.hash(name)
    var place = Int(hash & mask)
    while entries[place].member >= 0 {
      let entry = entries[place]
      if entry.hash == hash, entry.name.count == name.count, isEqual(name, at: entry.name.lowerBound) {
        return entry.member
      }
      place = (place + 1) & Int(mask)
    }
    return nil
  }

  @inline(__always)
  private func isEqual(_ name: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    guard let known = names.baseAddress, let base = name.baseAddress else { return name.isEmpty }
    return memcmp(base, known + offset, name.count) == 0
  }

  /// Of the length and the first and last bytes, up to eight of each, spread by a multiplication (Knuth, 6.4).
  @inline(__always)
  private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
    let count = name.count
    let first: UInt64
    let last: UInt64
    if count >= 8 {
      first = name.loadUnaligned(as: UInt64.self)
      last = name.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    } else if count >= 4 {
      first = UInt64(name.loadUnaligned(as: UInt32.self))
      last = UInt64(name.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
    } else if count > 0 {
      first = UInt64(name[0]) << 8 | UInt64(name[count / 2])
      last = UInt64(name[count - 1])
    } else {
      return 0
    }
    let word = (first ^ UInt64(count)) &* 0xFF51_AFD7_ED55_8CCD ^ last
    return (word ^ word >> 32) &* 0x9E37_79B9_7F4A_7C15 >> 16
  }
}
