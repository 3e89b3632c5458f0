internal import Bytes
internal import HTTP

/// A large object. It begins as one answer to a plain GET, which says how large it is and gives its first range; the others
/// are fetched meanwhile, ahead of the reader, and that first connection is let go when they are reached.
/// Where no memory is left to read ahead the one answer goes on, and at each range's end there may be some.
final class S3RangedBody: ObjectBytes {
  private var stream: S3Body?
  private var ahead: S3ReadAhead?
  private let bytes: Int64
  private var position: Int64 = 0
  /// Where it is looked for memory next.
  private var boundary: Int64 = 0
  private let sizes: S3Sizes
  private let budget: BufferBudget
  private let part: S3ReadAhead.Work.Stream

  init(
    _ first: S3Body, bytes: Int64, _ sizes: S3Sizes, _ budget: BufferBudget,
    part: @escaping S3ReadAhead.Work.Stream
  ) {
    stream = first
    self.bytes = bytes
    self.sizes = sizes
    self.budget = budget
    self.part = part
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    if ahead == nil, position >= boundary { readAhead() }
    let count: Int
    if let ahead, position >= ahead.start {
      stream = nil
      count = try ahead.read(into: buffer)
    } else {
      let most = Int(min(Int64(buffer.count), (ahead?.start ?? .max) - position))
      count = try stream?.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<most])) ?? 0
    }
    position += Int64(count)
    return count
  }

  private func readAhead() {
    let start = position + Int64(sizes.range)
    boundary = start
    if start < bytes { ahead = S3ReadAhead(start..<bytes, sizes, budget, part) }
  }
}
