internal import Bytes

// The header of a gzip member (RFC 1952, 2.3), which ISA-L is not given: libisal 2.30 forgets the flags where a header
// crosses the end of a block.
//
//     1F 8B  08  flags  time (4)  -  system            10 bytes
//     length (2), little-endian, and so many bytes      where flags has 04
//     name, ended by 00                                 where flags has 08
//     comment, ended by 00                              where flags has 10
//     the low 2 bytes of the CRC-32 of all before       where flags has 02
struct GzipHeader: ~Copyable {
  private var checksum: UInt32 = 0

  /// Passes over the header that begins here.
  static func skip(_ blocks: inout SourceBlocks) throws(RecordError) {
    var header = GzipHeader()
    try header.skip(&blocks)
  }

  private mutating func skip(_ blocks: inout SourceBlocks) throws(RecordError) {
    for magic: UInt8 in [0x1F, 0x8B, 8] {
      guard try byte(&blocks) == magic else { throw .damaged(reason: "it is not gzip") }
    }
    let flags = try byte(&blocks)
    guard flags & 0xE0 == 0 else { throw .damaged(reason: "its header is damaged") }
    for _ in 0..<6 { _ = try byte(&blocks) }
    if flags & 0x04 != 0 {
      let length = Int(try byte(&blocks)) | Int(try byte(&blocks)) << 8
      for _ in 0..<length { _ = try byte(&blocks) }
    }
    if flags & 0x08 != 0 { try skipText(&blocks) }
    if flags & 0x10 != 0 { try skipText(&blocks) }
    if flags & 0x02 != 0 { try check(&blocks) }
  }

  private mutating func skipText(_ blocks: inout SourceBlocks) throws(RecordError) {
    while try byte(&blocks) != 0 {}
  }

  private mutating func check(_ blocks: inout SourceBlocks) throws(RecordError) {
    let expected = checksum & 0xFFFF
    let found = UInt32(try byte(&blocks)) | UInt32(try byte(&blocks)) << 8
    guard found == expected else { throw .damaged(reason: "its checksum is wrong") }
  }

  private mutating func byte(_ blocks: inout SourceBlocks) throws(RecordError) -> UInt8 {
    guard try blocks.refill(), let byte = blocks.unread.first else {
      throw .damaged(reason: "it is cut short")
    }
    blocks.consume(1)
    checksum = CRC32.checksum([byte], after: checksum)
    return byte
  }
}

extension CRC32 {
  fileprivate static func checksum(_ bytes: [UInt8], after previous: UInt32) -> UInt32 {
    bytes.withUnsafeBytes { checksum($0, after: previous) }
  }
}
