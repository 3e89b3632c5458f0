internal import Bytes
internal import Failures

/// A source, a block at a time.
struct SourceBlocks: ~Copyable {
  private let source: any ByteSource
  private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)
  private var rest = 0..<0
  /// How many bytes were consumed.
  private(set) var consumed = 0

  init(_ source: any ByteSource) { self.source = source }

  deinit { block.deallocate() }

  /// What is left of the block.
  var unread: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: block[rest]) }

  mutating func consume(_ count: Int) {
    rest = rest.lowerBound + count..<rest.upperBound
    consumed += count
  }

  /// Reads the next block where nothing is left of this one; false at the end of the source.
  mutating func refill() throws(RecordError) -> Bool {
    if !rest.isEmpty { return true }
    rest = 0..<(try read(block))
    return !rest.isEmpty
  }

  /// The first `count` bytes, without consuming them; fewer where the source has fewer.
  mutating func peek(_ count: Int) throws(RecordError) -> UnsafeMutableRawBufferPointer.SubSequence {
    while rest.count < count {
      let more = try read(UnsafeMutableRawBufferPointer(rebasing: block[rest.upperBound...]))
      if more == 0 { break }
      rest = rest.lowerBound..<rest.upperBound + more
    }
    return block[rest].prefix(count)
  }

  /// Gives what is left of the block, then reads past it.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    if rest.isEmpty { return try read(buffer) }
    let count = min(rest.count, buffer.count)
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: unread[..<count]))
    consume(count)
    return count
  }

  private func read(_ buffer: UnsafeMutableRawBufferPointer) throws(RecordError) -> Int {
    do throws(Failure) {
      return try source.read(into: buffer)
    } catch {
      throw .source(error)
    }
  }
}
