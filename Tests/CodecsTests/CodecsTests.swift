import Seeded
import Testing

@testable import Codecs

// Not tested here: that a library is missing (Tests/Pipes has the tools without one).

/// What becomes of the bytes where so many should come of them.
private func decompress(_ codec: Codec, _ bytes: [UInt8], to count: Int) throws -> [UInt8] {
  var decompressor = Decompressor()
  return try decompress(&decompressor, codec, bytes, to: count)
}

private func decompress(_ decompressor: inout Decompressor, _ codec: Codec, _ bytes: [UInt8], to count: Int)
  throws -> [UInt8]
{
  var output = [UInt8](repeating: 0, count: count)
  try output.withUnsafeMutableBytes { output in
    try bytes.withUnsafeBytes { try decompressor.decompress(codec, $0, into: output) }
  }
  return output
}

private let codecs = Codec.allCases.filter { Fixtures.compressed[$0] != nil }

@Suite struct `A compressed block` {
  private let text = Fixtures.text

  @Test(arguments: codecs)
  func `is what it was before`(codec: Codec) throws {
    let bytes = try #require(Fixtures.compressed[codec])
    var decompressor = Decompressor()
    for _ in 0..<3 { #expect(try decompress(&decompressor, codec, bytes, to: text.count) == text) }
  }

  @Test(arguments: codecs)
  func `is damaged where it has another length than was said`(codec: Codec) throws {
    let bytes = try #require(Fixtures.compressed[codec])
    for count in [0, 1, 899, text.count - 1, text.count + 1, text.count * 2] {
      #expect(throws: CodecError.damaged) { try decompress(codec, bytes, to: count) }
    }
  }

  @Test(arguments: codecs)
  func `is damaged where it is cut short`(codec: Codec) throws {
    let bytes = try #require(Fixtures.compressed[codec])
    for count in 0..<bytes.count {
      #expect(throws: CodecError.damaged) {
        try decompress(codec, Array(bytes.prefix(count)), to: text.count)
      }
    }
  }

  @Test(arguments: codecs)
  func `gives something or is damaged whatever its bytes are`(codec: Codec) throws {
    let bytes = try #require(Fixtures.compressed[codec])
    var random = SeededRandom(UInt64(codec.rawValue))
    for _ in 0..<Sample.rounds(quick: 300, full: 20_000, long: 500_000) {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      _ = try? decompress(codec, changed, to: text.count)
    }
  }

  @Test func `of gzip may have several members, of zstd several frames`() throws {
    for codec in [Codec.gzip, .zstd] {
      let bytes = try #require(Fixtures.compressed[codec])
      #expect(try decompress(codec, bytes + bytes, to: text.count * 2) == text + text)
      #expect(throws: CodecError.damaged) { try decompress(codec, bytes + [0], to: text.count) }
    }
  }

  @Test func `of LZ4 may lack the frames of Hadoop`() throws {
    let raw = try #require(Fixtures.compressed[.lz4Raw])
    #expect(try decompress(.lz4, raw, to: text.count) == text)
  }

  @Test func `of no codec is itself`() throws {
    #expect(try decompress(.uncompressed, text, to: text.count) == text)
    #expect(throws: CodecError.damaged) { try decompress(.uncompressed, text, to: text.count - 1) }
  }

  @Test func `of LZO is not read`() {
    #expect(throws: CodecError.unsupported("it is compressed with LZO, which is not read")) {
      try decompress(.lzo, text, to: 1)
    }
  }

  @Test func `can't become longer than its format allows`() {
    #expect(Codec.gzip.canExpand(1000, to: 1_000_000))
    #expect(!Codec.gzip.canExpand(1000, to: 2_000_000))
    #expect(!Codec.snappy.canExpand(100, to: 3000))
    #expect(Codec.brotli.canExpand(.max / 2, to: .max))
  }
}

@Suite struct `A missing library` {
  @Test func `is named, with its package`() {
    let library = Library(0, "libx.so.1", package: "libx1") { _ in -1 }
    #expect(
      throws: CodecError.unsupported(
        "it is compressed with X, and libx.so.1 can't be loaded; on Debian it is in the package libx1")
    ) { try library.functions(for: "X") }
  }
}
