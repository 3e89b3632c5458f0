internal import Failures

/// Reads the positions of one term's documents; PostingsEncoder draws the list.
struct PositionsCursor {
  let part: Part
  let list: UnsafeRawBufferPointer
  private let blocks: Int
  private var cursor: ByteCursor
  private var block = 0
  /// How many documents of the block were passed.
  private var index = 0

  /// `blocks` is the number of lines of the table before the positions; 0 where there is none.
  init(_ part: Part, _ list: UnsafeRawBufferPointer, blocks: Int) {
    self.part = part
    self.list = list
    self.blocks = blocks
    cursor = ByteCursor(list, from: 8 * blocks)
  }

  /// Where the next position is read.
  var offset: Int { cursor.position }

  /// Where the positions of a block's documents begin.
  func start(of block: Int) throws(Failure) -> Int {
    guard blocks > 0 else { return 0 }
    guard block < blocks, 8 * blocks <= list.count else { throw part.corrupt("a list is too short") }
    let start = UInt64(littleEndian: list.loadUnaligned(fromByteOffset: 8 * block, as: UInt64.self))
    guard start <= UInt64(list.count - 8 * blocks) else { throw part.corrupt("a list is too short") }
    return 8 * blocks + Int(start)
  }

  /// The positions of a block's document, in ascending order; `frequencies` are those of the block.
  mutating func read(
    block wanted: Int, index target: Int, frequencies: UnsafePointer<UInt32>, into result: inout [UInt32]
  ) throws(Failure) {
    if wanted != block || index > target || offset < 8 * blocks {
      cursor = ByteCursor(list, from: try start(of: wanted))
      (block, index) = (wanted, 0)
    }
    var between = 0
    while index < target {
      between += Int(frequencies[index])
      index += 1
    }
    guard between <= cursor.remaining else { throw part.corrupt("a list is too short") }
    cursor.skipVarints(between)
    try read(frequencies[index], into: &result)
    index += 1
  }

  private mutating func read(_ count: UInt32, into result: inout [UInt32]) throws(Failure) {
    guard Int(count) <= cursor.remaining, !cursor.overrun else { throw part.corrupt("a list is too short") }
    result.removeAll(keepingCapacity: true)
    var next = 0
    for _ in 0..<count {
      let position = next + cursor.count(limit: Int(Int32.max))
      guard !cursor.overrun, position <= Int(Int32.max) else { throw part.corrupt("a position is too great") }
      result.append(UInt32(position))
      next = position + 1
    }
  }
}
