internal import CZstd

/// One or more zstd frames (RFC 8878), by libzstd.
struct ZstdDecoder: ~Copyable {
  private let context: OpaquePointer

  init() throws(CodecError) {
    guard let context = ZSTD_createDCtx() else { throw .tooLarge }
    self.context = context
  }

  deinit { _ = ZSTD_freeDCtx(context) }

  func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    throws(CodecError)
  {
    let count = ZSTD_decompressDCtx(
      context, output.baseAddress, output.count, input.baseAddress, input.count)
    guard ZSTD_isError(count) == 0, count == output.count else { throw .damaged }
  }
}
