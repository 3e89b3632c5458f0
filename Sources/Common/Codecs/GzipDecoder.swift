internal import CIsal
internal import Glibc

/// One or more gzip members (RFC 1952), or a zlib stream (RFC 1950) as some old writers put it, by ISA-L.
struct GzipDecoder: ~Copyable {
  /// Some 90 KB.
  private let state: UnsafeMutablePointer<inflate_state>

  init() throws(CodecError) {
    guard let memory = calloc(1, MemoryLayout<inflate_state>.size) else { throw .tooLarge }
    state = memory.assumingMemoryBound(to: inflate_state.self)
  }

  deinit { free(state) }

  func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    throws(CodecError)
  {
    guard input.count <= UInt32.max, output.count <= UInt32.max else { throw .tooLarge }
    var rest = input
    var room = output
    repeat {
      try inflate(&rest, into: &room)
    } while !rest.isEmpty
    guard room.isEmpty else { throw .damaged }
  }

  private func inflate(
    _ input: inout UnsafeRawBufferPointer, into output: inout UnsafeMutableRawBufferPointer
  )
    throws(CodecError)
  {
    let isGzip = input.first == 0x1F
    isal_inflate_init(state)
    state.pointee.crc_flag = UInt32(isGzip ? ISAL_GZIP : ISAL_ZLIB)
    state.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    state.pointee.avail_in = UInt32(input.count)
    // ISA-L wants an address even where nothing comes out.
    var nowhere: UInt8 = 0
    let result = withUnsafeMutablePointer(to: &nowhere) { nowhere in
      state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nowhere
      state.pointee.avail_out = UInt32(output.count)
      return isal_inflate_stateless(state)
    }
    guard result == ISAL_DECOMP_OK else { throw .damaged }
    input = UnsafeRawBufferPointer(rebasing: input.suffix(Int(state.pointee.avail_in)))
    output = UnsafeMutableRawBufferPointer(rebasing: output.suffix(Int(state.pointee.avail_out)))
  }
}
