internal import CCodecs

/// A brotli stream (RFC 7932), by libbrotlidec.
enum BrotliDecoder {
  static func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    throws(CodecError)
  {
    let functions = try Libraries.brotli.functions(for: "brotli")
    var count = output.count
    let result = functions.decompress(
      input.count, input.baseAddress?.assumingMemoryBound(to: UInt8.self),
      &count, output.baseAddress?.assumingMemoryBound(to: UInt8.self))
    guard result == 1, count == output.count else { throw .damaged }
  }
}
