internal import CIsal

/// A gzip file (RFC 1952), of one or more members, by ISA-L, which checks each member's CRC-32 and length
/// behind its compressed data.
///
/// The end is sound only where a member ends and nothing follows; no member at all is no gzip file.
final class GzipInput: RecordInput {
  private var blocks: SourceBlocks
  private var expansion = Expansion()
  /// Some 90 KB, too much for the stack.
  private let state: UnsafeMutablePointer<inflate_state>
  private var members = 0
  private var isInMember = false

  init(_ blocks: consuming SourceBlocks) {
    self.blocks = blocks
    let size = MemoryLayout<inflate_state>.size
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: MemoryLayout<inflate_state>.alignment)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    state = memory.assumingMemoryBound(to: inflate_state.self)
  }

  deinit { UnsafeMutableRawPointer(state).deallocate() }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    while true {
      if isInMember {
        let count = try inflate(into: buffer)
        if count > 0 { return count }
      } else {
        guard try blocks.refill() else { return try end() }
        try beginMember()
      }
    }
  }

  private func end() throws(RecordError) -> Int {
    guard members > 0 else { throw .damaged(reason: "it is cut short") }
    return 0
  }

  private func beginMember() throws(RecordError) {
    // One byte is enough to tell rubbish from a member that is cut short.
    guard blocks.unread.first == 0x1F || members == 0 else {
      throw .damaged(reason: "something follows the compressed data")
    }
    try GzipHeader.skip(&blocks)
    isal_inflate_init(state)
    state.pointee.crc_flag = UInt32(ISAL_GZIP_NO_HDR_VER)
    members += 1
    isInMember = true
  }

  /// Gives ISA-L what is left of the block, or where it has use for no more of that, the next one. What it holds back
  /// itself comes out before more goes in.
  private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    let count = try step(into: buffer)
    if count > 0 || !isInMember { return count }
    guard blocks.unread.isEmpty else { throw .damaged(reason: "its compressed data is damaged") }
    guard try blocks.refill() else { throw .damaged(reason: "it is cut short") }
    return try step(into: buffer)
  }

  private func step(into buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    let input = blocks.unread
    let room = min(buffer.count, 1 << 30)
    state.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_in = UInt32(input.count)
    state.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_out = UInt32(room)
    let result = isal_inflate(state)
    blocks.consume(input.count - Int(state.pointee.avail_in))
    try check(result)
    if state.pointee.block_state == ISAL_BLOCK_FINISH { isInMember = false }
    let count = room - Int(state.pointee.avail_out)
    try expansion.add(count, from: blocks.consumed)
    return count
  }

  private func check(_ result: Int32) throws(RecordError) {
    switch result {
    case ISAL_DECOMP_OK, ISAL_END_INPUT, ISAL_OUT_OVERFLOW: return
    case ISAL_INCORRECT_CHECKSUM: throw .damaged(reason: "its checksum is wrong")
    default: throw .damaged(reason: "its compressed data is damaged")
    }
  }
}
