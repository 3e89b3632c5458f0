/// Numbers of `width` bits each, the first in the lowest bits of the first byte.
///
/// Reads whole words, so up to 8 bytes behind the last number: `PageMemory.slack`.
enum BitUnpacking {
  /// The first number begins at that bit. `width` is 56 at most.
  @inline(__always)
  static func unpack<T: FixedWidthInteger>(
    _ base: UnsafeRawPointer, from bit: Int, width: Int, _ count: Int, into target: UnsafeMutablePointer<T>
  ) {
    let mask: UInt64 = (1 &<< UInt64(width)) &- 1
    var bit = bit
    for i in 0..<count {
      let word = base.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
      target[i] = T(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & mask)
      bit &+= width
    }
  }

  /// The same where there are many: eight numbers at a time, which begin with a byte as they end with one, in code that
  /// knows the width.
  static func unpackWords(
    _ base: UnsafeRawPointer, from bit: Int, width: Int, _ count: Int,
    into target: UnsafeMutablePointer<UInt32>
  ) {
    var ahead = 0
    while ahead < count, (bit &+ ahead &* width) & 7 != 0 { ahead &+= 1 }
    unpack(base, from: bit, width: width, ahead, into: target)
    let start = bit &+ ahead &* width
    let groups = (count &- ahead) / 8
    unpackGroups(base + start / 8, width: width, groups, into: target + ahead)
    let done = ahead &+ groups &* 8
    unpack(base, from: bit &+ done &* width, width: width, count &- done, into: target + done)
  }

  private static func unpackGroups(
    _ base: UnsafeRawPointer, width: Int, _ groups: Int, into target: UnsafeMutablePointer<UInt32>
  ) {
    switch width {
    case 1: unpack(base, width: 1, groups, into: target)
    case 2: unpack(base, width: 2, groups, into: target)
    case 3: unpack(base, width: 3, groups, into: target)
    case 4: unpack(base, width: 4, groups, into: target)
    case 5: unpack(base, width: 5, groups, into: target)
    case 6: unpack(base, width: 6, groups, into: target)
    case 7: unpack(base, width: 7, groups, into: target)
    case 8: unpack(base, width: 8, groups, into: target)
    case 9: unpack(base, width: 9, groups, into: target)
    case 10: unpack(base, width: 10, groups, into: target)
    case 11: unpack(base, width: 11, groups, into: target)
    case 12: unpack(base, width: 12, groups, into: target)
    case 13: unpack(base, width: 13, groups, into: target)
    case 14: unpack(base, width: 14, groups, into: target)
    case 15: unpack(base, width: 15, groups, into: target)
    case 16: unpack(base, width: 16, groups, into: target)
    case 17: unpack(base, width: 17, groups, into: target)
    case 18: unpack(base, width: 18, groups, into: target)
    default: unpack(base, from: 0, width: width, groups &* 8, into: target)
    }
  }

  @inline(__always)
  private static func unpack(
    _ base: UnsafeRawPointer, width: Int, _ groups: Int, into target: UnsafeMutablePointer<UInt32>
  ) {
    let mask: UInt64 = (1 &<< UInt64(width)) &- 1
    for group in 0..<groups {
      let source = base + group &* width
      let words = target + group &* 8
      for i in 0..<8 {
        let bit = i &* width
        let word = source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
        words[i] = UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & mask)
      }
    }
  }

  /// Numbers of one bit each, a byte for each of them; gives how many of them are 1.
  static func unpackBits(
    _ base: UnsafeRawPointer, from bit: Int, _ count: Int, into target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var ones = 0
    var done = 0
    let bytes = UnsafeMutableRawPointer(target)
    while done &+ 32 <= count {
      let at = bit &+ done
      let word = base.loadUnaligned(fromByteOffset: at &>> 3, as: UInt64.self) &>> UInt64(at & 7)
      for part in 0..<4 {
        let spread = spread(word &>> UInt64(part &* 8))
        bytes.storeBytes(of: spread, toByteOffset: done &+ part &* 8, as: UInt64.self)
      }
      ones &+= UInt32(truncatingIfNeeded: word).nonzeroBitCount
      done &+= 32
    }
    unpack(base, from: bit &+ done, width: 1, count &- done, into: target + done)
    for i in done..<count { ones &+= Int(target[i]) }
    return ones
  }

  /// The lowest 8 bits, each as a byte. Copies them into each byte, leaves of each its own bit, and moves that to the
  /// lowest place: what is 0 does not carry into the highest bit, what is not does.
  @inline(__always)
  private static func spread(_ bits: UInt64) -> UInt64 {
    let own = ((bits & 0xFF) &* 0x0101_0101_0101_0101) & 0x8040_2010_0804_0201
    return ((own &+ 0x7F7F_7F7F_7F7F_7F7F) &>> 7) & 0x0101_0101_0101_0101
  }
}
