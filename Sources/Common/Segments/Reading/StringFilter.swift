/// Tells of most strings that were not added that they were not (Bloom, 1970, with one bit a string); never of one that was.
struct StringFilter {
  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var bits: [UInt64]

  /// For so many strings; 16 to 32 bits each.
  init(capacity: Int) {
    let words = 1 << (Int.bitWidth - (max(capacity, 1) / 4).leadingZeroBitCount)
    bits = Array(repeating: 0, count: words)
  }

  /// `kind` tells apart what is the same string.
  mutating func add(_ string: UnsafeRawBufferPointer, kind: UInt8) {
    let place = place(string, kind)
    bits[place.word] |= place.bit
  }

  func mayHave(_ string: UnsafeRawBufferPointer, kind: UInt8) -> Bool {
    let place = place(string, kind)
    return bits[place.word] & place.bit != 0
  }

  /// Eight bytes at a time; nothing depends on the order of bytes in a number.
  private func place(_ string: UnsafeRawBufferPointer, _ kind: UInt8) -> (word: Int, bit: UInt64) {
    var hash = Self.mix(UInt64(string.count) &* 256 &+ UInt64(kind) &+ 1)
    var at = 0
    while at + 8 <= string.count {
      hash = Self.mix(hash ^ string.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      at += 8
    }
    var rest: UInt64 = 0
    for byte in string[at...] { rest = rest << 8 | UInt64(byte) }
    hash = Self.mix(Self.mix(hash ^ rest))
    return (Int(truncatingIfNeeded: hash >> 6) & (bits.count - 1), 1 << (hash & 63))
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    let product = (value ^ value >> 32) &* factor
    return product ^ product >> 29
  }
}
