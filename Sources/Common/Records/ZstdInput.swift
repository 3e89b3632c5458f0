internal import CZstd

/// A zstd file (RFC 8878), of one or more frames, by libzstd, which checks each frame's checksum where it has one.
///
/// The end is sound only where a frame ends and nothing follows; no frame at all is no zstd file.
final class ZstdInput: RecordInput {
  /// A frame that wants a window of more than 128 MiB is refused.
  private static let mostWindowLog: Int32 = 27

  private var blocks: SourceBlocks
  private var expansion = Expansion()
  private let stream: OpaquePointer
  private var frames = 0
  private var isInFrame = false

  init(_ blocks: consuming SourceBlocks) throws(RecordError) {
    guard let stream = ZSTD_createDStream() else { throw .damaged(reason: "not enough memory to read it") }
    self.stream = stream
    self.blocks = blocks
    _ = ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.mostWindowLog)
  }

  deinit { _ = ZSTD_freeDStream(stream) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    while true {
      if isInFrame {
        let count = try decompress(into: buffer)
        if count > 0 { return count }
      } else {
        guard try blocks.refill() else { return try end() }
        frames += 1
        isInFrame = true
      }
    }
  }

  private func end() throws(RecordError) -> Int {
    guard frames > 0 else { throw .damaged(reason: "it is cut short") }
    return 0
  }

  /// Gives libzstd what is left of the block, or where it has use for no more of that, the next one. What it holds
  /// back itself comes out before more goes in.
  private func decompress(into buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    let count = try step(into: buffer)
    if count > 0 || !isInFrame { return count }
    guard blocks.unread.isEmpty else { throw .damaged(reason: "its compressed data is damaged") }
    guard try blocks.refill() else { throw .damaged(reason: "it is cut short") }
    return try step(into: buffer)
  }

  private func step(into buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    var input = ZSTD_inBuffer(src: blocks.unread.baseAddress, size: blocks.unread.count, pos: 0)
    var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    let hint = ZSTD_decompressStream(stream, &output, &input)
    blocks.consume(input.pos)
    if ZSTD_isError(hint) != 0 { throw .damaged(reason: reason(ZSTD_getErrorCode(hint))) }
    if hint == 0 { isInFrame = false }
    try expansion.add(output.pos, from: blocks.consumed)
    return output.pos
  }

  private func reason(_ code: ZSTD_ErrorCode) -> String {
    switch code {
    case ZSTD_error_checksum_wrong: "its checksum is wrong"
    case ZSTD_error_prefix_unknown: frames > 1 ? "something follows the compressed data" : "it is not zstd"
    case ZSTD_error_frameParameter_windowTooLarge: "it needs a window of more than 128 MiB"
    default: "its compressed data is damaged"
    }
  }
}
