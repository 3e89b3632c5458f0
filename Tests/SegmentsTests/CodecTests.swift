import Seeded
import Testing

@testable import Segments

/// The codecs by themselves: LZ4 blocks, bit-packing, norms, varints.
struct CodecTests {
  // MARK: LZ4

  static func compress(_ bytes: [UInt8], room: Int? = nil) -> [UInt8]? {
    var out = [UInt8](repeating: 0, count: room ?? bytes.count + bytes.count / 255 + 16)
    var compressor = LZ4.Compressor()
    let length = bytes.withUnsafeBytes { input in
      out.withUnsafeMutableBytes { compressor.compress(input, into: $0) }
    }
    return length.map { Array(out[..<$0]) }
  }

  static func decompress(_ bytes: [UInt8], length: Int) -> [UInt8]? {
    var out = [UInt8](repeating: 0, count: length)
    let whole = bytes.withUnsafeBytes { input in
      out.withUnsafeMutableBytes { LZ4.decompress(input, into: $0) }
    }
    return whole ? out : nil
  }

  /// Texts from noise to one byte over and over.
  static func sample(_ random: inout SeededRandom) -> [UInt8] {
    let length = Int.random(in: 13...5000, using: &random)
    let alphabet = [1, 2, 4, 30, 256].randomElement(using: &random) ?? 1
    var bytes: [UInt8] = []
    while bytes.count < length {
      if !bytes.isEmpty && Bool.random(using: &random) {
        let start = Int.random(in: 0..<bytes.count, using: &random)
        for offset in 0..<Int.random(in: 1...400, using: &random) { bytes.append(bytes[start + offset]) }
      } else {
        bytes.append(UInt8(Int.random(in: 0..<alphabet, using: &random)))
      }
    }
    return bytes
  }

  @Test func `what was compressed comes back`() {
    var random = SeededRandom(1)
    for _ in 0..<300 {
      let bytes = Self.sample(&random)
      let packed = Self.compress(bytes) ?? []
      #expect(Self.decompress(packed, length: bytes.count) == bytes)
      #expect(Self.decompress(packed, length: bytes.count + 1) == nil)
      #expect(Self.decompress(packed, length: bytes.count - 1) == nil)
      #expect(Self.decompress(Array(packed.dropLast()), length: bytes.count) == nil)
      #expect(Self.compress(bytes, room: packed.count - 1) == nil)
      #expect(Self.compress(bytes, room: packed.count + 3) == packed)
    }
  }

  @Test func `the end of a block is as the format asks`() {
    // The last five bytes are literals, and the last match begins twelve bytes before the end: so 13 of one byte don't shrink.
    #expect(Self.compress(Array(repeating: 7, count: 12)) == nil)
    #expect(Self.compress(Array(repeating: 7, count: 30)) == [0x1F, 7, 1, 0, 5, 0x50, 7, 7, 7, 7, 7])
  }

  /// Blocks by hand, from the format's description.
  @Test(
    arguments: [
      ([0x00], 0, []), ([0x10, 65], 1, [65]), ([0x50, 1, 2, 3, 4, 5], 5, [1, 2, 3, 4, 5]),
      ([0x10, 65, 1, 0, 0x10, 66], 6, [65, 65, 65, 65, 65, 66]),
      ([0x21, 65, 66, 2, 0, 0x00], 7, [65, 66, 65, 66, 65, 66, 65]),
    ] as [([UInt8], Int, [UInt8])])
  func `a block by hand is decompressed`(block: [UInt8], length: Int, expected: [UInt8]) {
    #expect(Self.decompress(block, length: length) == expected)
  }

  @Test(
    arguments: [
      [], [0x10], [0x10, 65, 0, 0, 0], [0x10, 65, 2, 0, 0], [0xF0, 255, 255], [0x1F, 65, 1, 0, 255, 255],
      [0x10, 65, 1],
    ] as [[UInt8]])
  func `a damaged block is refused`(block: [UInt8]) {
    for length in 0..<40 { #expect(Self.decompress(block, length: length) == nil) }
  }

  @Test func `noise is never a trap`() {
    var random = SeededRandom(2)
    for _ in 0..<3000 {
      var bytes = Self.compress(Self.sample(&random)) ?? []
      for _ in 0..<3 { mutate(&bytes, in: bytes.indices, &random) }
      _ = Self.decompress(bytes, length: Int.random(in: 0..<6000, using: &random))
    }
  }

  // MARK: Bit-packing

  @Test(arguments: 0...32)
  func `numbers of every width come back`(bits: Int) {
    var random = SeededRandom(UInt64(bits))
    let mask = bits == 0 ? 0 : UInt32.max >> UInt32(32 - bits)
    var values = (0..<128).map { _ in UInt32(truncatingIfNeeded: random.next()) & mask }
    values[77] = mask
    var packed = [UInt8](repeating: 0, count: BitPacking.byteCount(bits: bits))
    var back = [UInt32](repeating: 1, count: 128)
    #expect(BitPacking.width(values) == bits)
    packed.withUnsafeMutableBytes { out in
      guard let base = out.baseAddress else { return }
      BitPacking.pack(values, bits: bits, into: base)
      BitPacking.unpack(base, bits: bits, into: &back)
    }
    if bits > 0 { #expect(back == values) }
    packed.withUnsafeBytes { packed in
      guard let base = packed.baseAddress else { return }
      #expect((0..<128).map { BitPacking.value(base, bits: bits, at: $0) } == values)
    }
  }

  @Test func `gaps are summed up`() {
    var random = SeededRandom(3)
    for previous in [UInt32.max, 0, 1 << 31] {
      var gaps = (0..<128).map { _ in UInt32.random(in: 0..<1 << 23, using: &random) }
      var expected: [UInt32] = []
      for gap in gaps { expected.append((expected.last ?? previous) &+ gap &+ 1) }
      BitPacking.sumUp(&gaps, after: previous)
      #expect(gaps == expected)
    }
  }

  // MARK: Norms

  /// Lengths and the bytes and lengths that Lucene 9's SmallFloat gives for them.
  @Test(arguments: [
    (0, 0, 0), (1, 1, 1), (23, 23, 23), (24, 24, 24), (39, 39, 39), (40, 40, 40), (41, 40, 40), (42, 41, 42),
    (55, 47, 54), (56, 48, 56), (59, 48, 56), (60, 49, 60), (64, 50, 64), (100, 57, 96), (1000, 87, 984),
    (Int(Int32.max), 255, 2_013_265_944),
  ])
  func `a length has Lucene's byte`(length: Int, byte: UInt8, decoded: Int) {
    #expect(Norms.encode(length) == byte)
    #expect(Norms.decode(byte) == decoded)
  }

  @Test func `greater lengths never have smaller bytes, and a byte stands for its own length`() {
    var previous: UInt8 = 0
    for length in 0..<100_000 {
      let byte = Norms.encode(length)
      #expect(byte >= previous)
      #expect(Norms.decode(byte) <= length)
      previous = byte
    }
    for byte in UInt8.min...UInt8.max { #expect(Norms.encode(Norms.decode(byte)) == byte) }
  }

  // MARK: Varints

  @Test(arguments: [0, 1, 127, 128, 16383, 16384, UInt64(UInt32.max), .max - 1, .max])
  func `a varint comes back`(value: UInt64) {
    var arena = ByteArena()
    arena.appendVarint(value)
    var cursor = ByteCursor(arena.bytes)
    #expect(cursor.varint() == value)
    #expect(cursor.isAtEnd && !cursor.overrun)
  }

  @Test func `varints and strings are passed over as they are read`() {
    var random = SeededRandom(4)
    for _ in 0..<200 {
      var arena = ByteArena()
      let values = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        random.next() >> UInt64.random(in: 0..<64, using: &random)
      }
      for value in values { arena.appendVarint(value) }
      for count in 0...values.count + 1 {
        var cursor = ByteCursor(arena.bytes)
        cursor.skipVarints(count)
        #expect(cursor.overrun == (count > values.count))
        if count < values.count { #expect(cursor.varint() == values[count]) }
      }
    }
    for length in [0, 1, 127, 128, 300] {
      var arena = ByteArena()
      arena.appendVarint(length)
      arena.append(Array(repeating: UInt8(7), count: length))
      var cursor = ByteCursor(arena.bytes)
      cursor.skipString()
      #expect(cursor.isAtEnd && !cursor.overrun)
      cursor = ByteCursor(UnsafeRawBufferPointer(rebasing: arena.bytes.dropLast()))
      cursor.skipString()
      #expect(cursor.overrun || length == 0)
    }
  }

  @Test(arguments: [
    [], [0x80], [0xFF, 0xFF], Array(repeating: 0xFF, count: 10), Array(repeating: 0x80, count: 11),
  ])
  func `a varint without an end is an overrun`(bytes: [UInt8]) {
    bytes.withUnsafeBytes {
      var cursor = ByteCursor($0)
      #expect(cursor.varint() == 0)
      #expect(cursor.overrun)
    }
  }
}
