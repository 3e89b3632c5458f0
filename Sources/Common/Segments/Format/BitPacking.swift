/// 128 numbers of `bits` bits each in 16 × `bits` bytes: four lanes beside each other, number i in lane i mod 4
/// (Lemire and Boytsov, "Decoding billions of integers per second through vectorization").
enum BitPacking {
  private static let rows = SegmentFormat.postingsPerBlock / 4
  private static let rowBytes = 16

  static func byteCount(bits: Int) -> Int { bits * rowBytes }

  /// The bits that the greatest of the numbers needs.
  static func width(_ values: UnsafePointer<UInt32>) -> Int {
    var all: UInt32 = 0
    for index in 0..<SegmentFormat.postingsPerBlock { all |= values[index] }
    return UInt32.bitWidth - all.leadingZeroBitCount
  }

  static func pack(_ values: UnsafePointer<UInt32>, bits: Int, into out: UnsafeMutableRawPointer) {
    let source = UnsafeRawPointer(values)
    var word = SIMD4<UInt32>.zero
    var filled = 0
    var written = 0
    for row in 0..<rows where bits > 0 {
      let value = source.loadUnaligned(fromByteOffset: row * rowBytes, as: SIMD4<UInt32>.self)
      word |= value &<< SIMD4(repeating: UInt32(filled))
      filled += bits
      if filled >= 32 {
        out.storeBytes(of: word, toByteOffset: written, as: SIMD4<UInt32>.self)
        written += rowBytes
        filled -= 32
        word = filled > 0 ? value &>> SIMD4(repeating: UInt32(bits - filled)) : .zero
      }
    }
  }

  /// `packed` has `byteCount(bits:)` bytes; `bits` is at most 32.
  static func unpack(_ packed: UnsafeRawPointer, bits: Int, into values: UnsafeMutablePointer<UInt32>) {
    let target = UnsafeMutableRawPointer(values)
    guard bits > 0 else {
      values.update(repeating: 0, count: SegmentFormat.postingsPerBlock)
      return
    }
    let mask = SIMD4(repeating: UInt32.max >> UInt32(32 - bits))
    var word = packed.loadUnaligned(as: SIMD4<UInt32>.self)
    var read = rowBytes
    var used = 0
    for row in 0..<rows {
      var value = word &>> SIMD4(repeating: UInt32(used))
      used += bits
      if used >= 32 {
        used -= 32
        if row + 1 < rows {
          word = packed.loadUnaligned(fromByteOffset: read, as: SIMD4<UInt32>.self)
          read += rowBytes
          if used > 0 { value |= word &<< SIMD4(repeating: UInt32(bits - used)) }
        }
      }
      target.storeBytes(of: value & mask, toByteOffset: row * rowBytes, as: SIMD4<UInt32>.self)
    }
  }

  /// One of the numbers.
  @inline(__always)
  static func value(_ packed: UnsafeRawPointer, bits: Int, at index: Int) -> UInt32 {
    guard bits > 0 else { return 0 }
    let (bit, lane) = (index / 4 * bits, index % 4 * 4)
    let at = bit / 32 * rowBytes + lane
    var value = UInt64(packed.loadUnaligned(fromByteOffset: at, as: UInt32.self).littleEndian)
    if bit % 32 + bits > 32 {
      let next = packed.loadUnaligned(fromByteOffset: at + rowBytes, as: UInt32.self).littleEndian
      value |= UInt64(next) << 32
    }
    return UInt32(truncatingIfNeeded: value >> UInt64(bit % 32)) & (.max >> UInt32(32 - bits))
  }

  /// Makes 128 numbers of 128 gaps less 1: each the one before, the gap, and 1; `previous` is the one before the first.
  static func sumUp(_ gaps: UnsafeMutablePointer<UInt32>, after previous: UInt32) {
    let target = UnsafeMutableRawPointer(gaps)
    var before = SIMD4(repeating: previous)
    for row in 0..<rows {
      var sums = target.loadUnaligned(fromByteOffset: row * rowBytes, as: SIMD4<UInt32>.self) &+ 1
      sums &+= SIMD4(0, sums[0], sums[1], sums[2])
      sums &+= SIMD4(0, 0, sums[0], sums[1])
      sums &+= before
      target.storeBytes(of: sums, toByteOffset: row * rowBytes, as: SIMD4<UInt32>.self)
      before = SIMD4(repeating: sums[3])
    }
  }
}
