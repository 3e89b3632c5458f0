/// Reads bytes one after the other, and never behind their end: there it gives zeros, and remembers.
struct ByteCursor {
  private let all: UnsafeRawBufferPointer
  private(set) var position: Int
  /// Whether more was asked for than there is, or a varint was longer than 64 bits.
  private(set) var overrun = false

  init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0) {
    all = bytes
    self.position = min(max(position, 0), bytes.count)
  }

  var isAtEnd: Bool { position == all.count }
  var remaining: Int { all.count - position }

  @inline(__always)
  mutating func byte() -> UInt8 {
    guard position < all.count else {
      overrun = true
      return 0
    }
    defer { position += 1 }
    return all[position]
  }

  @inline(__always)
  mutating func varint() -> UInt64 {
    if position < all.count, all[position] < 0x80 {
      position += 1
      return UInt64(all[position - 1])
    }
    return longVarint()
  }

  private mutating func longVarint() -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let byte = byte()
      if shift == 63 && byte > 1 { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return overrun ? 0 : value }
    }
    overrun = true
    position = all.count
    return 0
  }

  /// A varint that counts something: an Int, at most `limit`; anything greater is an overrun.
  @inline(__always)
  mutating func count(limit: Int) -> Int {
    let value = varint()
    guard value <= UInt64(max(limit, 0)) else {
      overrun = true
      return 0
    }
    return Int(value)
  }

  @inline(__always)
  mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= remaining else {
      overrun = true
      position = all.count
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: all[position..<position + count])
  }

  /// Goes over bytes behind a varint for their number.
  @inline(__always)
  mutating func skipString() {
    if position < all.count, case let length = Int(all[position]), length < 0x80,
      length < all.count - position
    {
      position += 1 + length
    } else {
      _ = bytes(count(limit: remaining))
    }
  }

  /// Goes over so many varints, which end where a byte's highest bit is clear, eight bytes at a time.
  mutating func skipVarints(_ count: Int) {
    var left = count
    while left >= 8, let word = word(at: position) {
      left -= (~word & 0x8080_8080_8080_8080).nonzeroBitCount
      position += 8
    }
    while left > 0 && position < all.count {
      if all[position] < 0x80 { left -= 1 }
      position += 1
    }
    if left > 0 { overrun = true }
  }

  private func word(at offset: Int) -> UInt64? {
    offset + 8 <= all.count ? all.loadUnaligned(fromByteOffset: offset, as: UInt64.self) : nil
  }

  /// The bytes of so many varints, unread; nil where there are fewer.
  mutating func varints(_ count: Int) -> UnsafeRawBufferPointer? {
    let start = position
    skipVarints(count)
    return overrun ? nil : UnsafeRawBufferPointer(rebasing: all[start..<position])
  }
}
