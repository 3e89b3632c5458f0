import ParquetForge
import Testing

@testable import Parquet

// The bytes here are worked out by hand, or stand in Encodings.md.
//
// Not tested here: deltas in blocks of another size than 128 (other writers have them: Tests/Pipes/70-parquet).

/// A page of one column, in memory behind which may be read.
private func values(_ type: PhysicalType, length: Int = 0, _ encoding: Int, _ count: Int, _ bytes: [UInt8])
  throws
  -> [[UInt8]]
{
  let leaf = Forged.leaf("c", type.rawValue, length: length == 0 ? nil : length)
  let page = ForgedPage.data(count, encoding: encoding, bytes)
  return try column(
    ForgedFile(leaf, rows: count, ForgedColumn(type: type.rawValue, entries: count, [page])).bytes
  ).values
}

private func integers(_ values: [Int64]) -> [[UInt8]] { values.map(littleEndian) }

private func texts(_ values: String...) -> [[UInt8]] { values.map { Array($0.utf8) } }

@Suite struct `Values of known bytes` {
  @Test func `of booleans begin with the lowest bit`() throws {
    #expect(try values(.boolean, 0, 3, [0b101]) == [[1], [0], [1]])
    #expect(try values(.boolean, 3, 10, [2, 0, 0, 0, 20, 1]) == Array(repeating: [1], count: 10))
  }

  @Test func `of deltas are added up`() throws {
    // 1, 2, 3, 4, 5: a delta of 1 each, in no bits. 7, 5, 3, 1, 2, 3, 4, 5: from -2 on, in two bits.
    #expect(try values(.int64, 5, 5, [128, 1, 4, 5, 2, 2, 0, 0, 0, 0]) == integers([1, 2, 3, 4, 5]))
    let packed: [UInt8] = [0b1100_0000, 0b0011_1111] + Array(repeating: 0, count: 6)
    #expect(
      try values(.int64, 5, 8, [128, 1, 4, 8, 14, 3, 2, 0, 0, 0] + packed)
        == integers([7, 5, 3, 1, 2, 3, 4, 5]))
  }

  @Test func `of deltas wrap around`() throws {
    // From the greatest to the least, a delta of 1.
    let greatest: [UInt8] = Array(repeating: 0xFE, count: 0) + [0xFE] + Array(repeating: 0xFF, count: 8) + [1]
    #expect(
      try values(.int64, 5, 2, [128, 1, 4, 2] + greatest + [2, 0, 0, 0, 0]) == integers([.max, .min]))
  }

  @Test func `of lengths and prefixes are put together`() throws {
    // Hello, World, Foobar, ABCDEF: lengths 5, 5, 6, 6, deltas 0, 1, 0 in one bit.
    let lengths: [UInt8] = [128, 1, 4, 4, 10, 0, 1, 0, 0, 0, 0b010, 0, 0, 0]
    #expect(
      try values(.byteArray, 6, 4, lengths + Array("HelloWorldFoobarABCDEF".utf8))
        == texts("Hello", "World", "Foobar", "ABCDEF"))
    // axis, axle, babble, babyhood: prefixes 0, 2, 0, 3: deltas 2, -2, 3 from -2 on in 3 bits: 4, 0, 5;
    // suffixes axis, le, babble, yhood: lengths 4, 2, 6, 5: deltas -2, 4, -1 from -2 on in 3 bits: 0, 6, 1.
    let prefixes: [UInt8] = [128, 1, 4, 4, 0, 3, 3, 0, 0, 0, 0b0100_0100, 1] + Array(repeating: 0, count: 10)
    let suffixes: [UInt8] = [128, 1, 4, 4, 8, 3, 3, 0, 0, 0, 0b0111_0000, 0] + Array(repeating: 0, count: 10)
    #expect(
      try values(.byteArray, 7, 4, prefixes + suffixes + Array("axislebabbleyhood".utf8))
        == texts("axis", "axle", "babble", "babyhood"))
  }

  @Test func `of split bytes are joined`() throws {
    let bytes: [UInt8] = [0xAA, 0x00, 0xA3, 0xBB, 0x11, 0xB4, 0xCC, 0x22, 0xC5, 0xDD, 0x33, 0xD6]
    let joined: [[UInt8]] = [[0xAA, 0xBB, 0xCC, 0xDD], [0x00, 0x11, 0x22, 0x33], [0xA3, 0xB4, 0xC5, 0xD6]]
    #expect(try values(.float, 9, 3, bytes) == joined)
    #expect(try values(.fixedLengthByteArray, length: 4, 9, 3, bytes) == joined)
  }

  @Test(arguments: 1...32)
  func `of indices are unpacked whatever their width`(width: Int) throws {
    let last = min(200, width > 7 ? 200 : 1 << width) - 1
    let indices = (0..<333).map { $0 * 7 % (last + 1) }
    let packed = indices + Array(repeating: 0, count: 3)
    let dictionary = (0...last).map { littleEndian(Int32($0 * 3)) }
    let pages = [
      ForgedPage.dictionary(last + 1, Array(dictionary.joined())),
      .data(333, encoding: 8, [UInt8(width)] + Encoded.packedRun(packed, width: width)),
    ]
    let file = ForgedFile(
      Forged.leaf("c", 1), rows: 333, ForgedColumn(type: 1, entries: 333, pages))
    for once in [1, 7, 64, 333] {
      #expect(try column(file.bytes, at: once).values == indices.map { littleEndian(Int32($0 * 3)) })
    }
  }

  @Test(arguments: 0...64)
  func `of deltas are unpacked whatever their width`(width: Int) throws {
    let greatest = width == 0 ? 0 : UInt64.max >> UInt64(64 - width)
    var expected: [Int64] = [5]
    for i in 0..<200 {
      expected.append((expected.last ?? 0) &+ Int64(bitPattern: i % 3 == 0 ? greatest : greatest / 3 &* 2))
    }
    #expect(try values(.int64, 5, 201, Encoded.deltas(expected)) == integers(expected))
  }
}
