internal import CCodecs

/// A snappy block: its length, and then what becomes so long.
enum SnappyDecoder {
  static func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    throws(CodecError)
  {
    let functions = try Libraries.snappy.functions(for: "snappy")
    let source = input.baseAddress?.assumingMemoryBound(to: CChar.self)
    var count = 0
    guard functions.uncompressed_length(source, input.count, &count) == 0, count == output.count else {
      throw .damaged
    }
    if count == 0 { return }
    let target = output.baseAddress?.assumingMemoryBound(to: CChar.self)
    guard functions.uncompress(source, input.count, target, &count) == 0, count == output.count else {
      throw .damaged
    }
  }
}
