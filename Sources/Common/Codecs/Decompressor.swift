/// Decompresses blocks of which is known how large they are. It keeps what can be used again from one to the next.
package struct Decompressor: ~Copyable {
  private var gzip: GzipDecoder?
  private var zstd: ZstdDecoder?

  package init() {}

  /// Fills all of `output`; what would be more or less is damaged.
  package mutating func decompress(
    _ codec: Codec, _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CodecError) {
    switch codec {
    case .uncompressed:
      guard input.count == output.count else { throw .damaged }
      output.copyMemory(from: input)
    case .snappy: try SnappyDecoder.decompress(input, into: output)
    case .gzip:
      if gzip == nil { gzip = try GzipDecoder() }
      try gzip?.decompress(input, into: output)
    case .zstd:
      if zstd == nil { zstd = try ZstdDecoder() }
      try zstd?.decompress(input, into: output)
    case .lz4: try HadoopLz4Decoder.decompress(input, into: output)
    case .lz4Raw: try Lz4Decoder.decompress(input, into: output)
    case .brotli: try BrotliDecoder.decompress(input, into: output)
    case .lzo: throw .unsupported("it is compressed with LZO, which is not read")
    }
  }
}

extension Codec {
  /// Whether so many bytes can come of so few: asked before memory is taken for them.
  package func canExpand(_ compressed: Int, to size: Int) -> Bool {
    let (most, overflow) = (compressed &+ 16).multipliedReportingOverflow(by: greatestRatio)
    return overflow || size <= most
  }

  /// Of the longest run that the format can say in the fewest bytes.
  private var greatestRatio: Int {
    switch self {
    case .uncompressed: 1
    case .snappy: 22
    case .lz4, .lz4Raw: 256
    case .gzip: 1040
    case .zstd: 1 << 16
    case .lzo: 1 << 10
    case .brotli: 1 << 24
    }
  }
}
