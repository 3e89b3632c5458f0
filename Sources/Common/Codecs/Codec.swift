/// How the bytes of a Parquet page are compressed (parquet.thrift, CompressionCodec).
package enum Codec: Int, Sendable, CaseIterable {
  case uncompressed = 0
  case snappy = 1
  case gzip = 2
  case lzo = 3
  case brotli = 4
  /// LZ4 as old Hadoop framed it.
  case lz4 = 5
  case zstd = 6
  case lz4Raw = 7
}
