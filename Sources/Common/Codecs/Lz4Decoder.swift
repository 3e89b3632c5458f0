internal import CCodecs

/// A raw LZ4 block, by liblz4.
enum Lz4Decoder {
  static func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    throws(CodecError)
  {
    let count = try decompress(input, atMost: output)
    guard count == output.count else { throw .damaged }
  }

  /// Gives how many bytes there are, as many as `output` has room for at most.
  static func decompress(_ input: UnsafeRawBufferPointer, atMost output: UnsafeMutableRawBufferPointer)
    throws(CodecError) -> Int
  {
    let functions = try Libraries.lz4.functions(for: "LZ4")
    guard let inputs = Int32(exactly: input.count), let room = Int32(exactly: output.count) else {
      throw .tooLarge
    }
    let count = functions.decompress_safe(
      input.baseAddress?.assumingMemoryBound(to: CChar.self),
      output.baseAddress?.assumingMemoryBound(to: CChar.self), inputs, room)
    guard count >= 0 else { throw .damaged }
    return Int(count)
  }
}

// LZ4 as Hadoop frames it; numbers are big-endian, 4 bytes:
//
//     bytes of the frame when decompressed
//     then, until there are so many:  bytes of a block | the block, raw LZ4
//     and so on, frame after frame
//
// Old writers other than Hadoop's put a raw block under the same name.
enum HadoopLz4Decoder {
  static func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    throws(CodecError)
  {
    do { try decompressFrames(input, into: output) } catch {
      guard error == .damaged else { throw error }
      try Lz4Decoder.decompress(input, into: output)
    }
  }

  private static func decompressFrames(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CodecError) {
    var at = 0
    var room = output
    while at < input.count {
      var left = try number(input, &at)
      guard left <= room.count else { throw .damaged }
      while left > 0 {
        let size = try number(input, &at)
        guard size <= input.count - at else { throw .damaged }
        let block = UnsafeRawBufferPointer(rebasing: input[at..<at + size])
        let frame = UnsafeMutableRawBufferPointer(rebasing: room.prefix(left))
        let count = try Lz4Decoder.decompress(block, atMost: frame)
        guard count > 0 else { throw .damaged }
        at += size
        left -= count
        room = UnsafeMutableRawBufferPointer(rebasing: room.dropFirst(count))
      }
    }
    guard room.isEmpty else { throw .damaged }
  }

  private static func number(_ input: UnsafeRawBufferPointer, _ at: inout Int) throws(CodecError) -> Int {
    guard input.count - at >= 4 else { throw .damaged }
    defer { at += 4 }
    return Int(UInt32(bigEndian: input.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
  }
}
