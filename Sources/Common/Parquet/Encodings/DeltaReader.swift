// DELTA_BINARY_PACKED (Encodings.md): each number is the one before it, and the least delta of its block, and its own delta.
//
//     block size | miniblocks of a block | numbers in all | the first, zigzag           varints
//     then blocks:
//       least delta, zigzag varint | width in bits of each miniblock, a byte each | miniblocks, packed from the lowest bit
//
// A miniblock has a multiple of 32 numbers; what no number needs of the last block is left out.
struct DeltaReader {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0
  private let miniblocks: Int
  private let perMiniblock: Int
  /// How many are still to come, in all and of this miniblock.
  private var left: Int
  private var leftInMiniblock = 0
  private var isFirst = true
  private var last: Int64
  private var leastDelta: Int64 = 0
  /// Where the widths of this block's miniblocks are, and which of them is next.
  private var widths = 0
  private var miniblock: Int
  private var width = 0
  private var bit = 0

  init(_ bytes: UnsafeRawBufferPointer) throws(Damage) {
    var reader = ThriftReader(bytes)
    do {
      let blockSize = try reader.varint()
      let miniblocks = try reader.varint()
      let count = try reader.varint()
      last = try reader.zigzag()
      guard (1...UInt64(Int32.max)).contains(blockSize), (1...blockSize).contains(miniblocks),
        blockSize % (miniblocks * 32) == 0, count <= UInt64(Int32.max)
      else { throw ThriftFault.malformed }
      self.miniblocks = Int(miniblocks)
      perMiniblock = Int(blockSize / miniblocks)
      left = Int(count)
    } catch { throw .damaged("has a damaged header of its deltas") }
    self.bytes = bytes
    at = reader.position
    miniblock = miniblocks
  }

  var count: Int { left }

  mutating func read<T: FixedWidthInteger>(_ count: Int, into target: UnsafeMutablePointer<T>) throws(Damage)
  {
    guard count <= left else { throw .ended }
    var done = 0
    if isFirst && count > 0 {
      target[0] = T(truncatingIfNeeded: last)
      done = 1
      takeFirst()
    }
    while done < count {
      if leftInMiniblock == 0 { try beginMiniblock() }
      let part = min(count - done, leftInMiniblock)
      unpack(part, into: target + done)
      leftInMiniblock -= part
      left -= part
      done += part
    }
  }

  /// What follows the last number. Unpacks nothing.
  func rest() throws(Damage) -> UnsafeRawBufferPointer {
    var copy = self
    if copy.isFirst && copy.left > 0 { copy.takeFirst() }
    while copy.left > 0 {
      if copy.leftInMiniblock == 0 { try copy.beginMiniblock() }
      copy.left -= min(copy.left, copy.leftInMiniblock)
      copy.leftInMiniblock = 0
    }
    return bytes.rebased(from: copy.at)
  }

  private mutating func takeFirst() {
    isFirst = false
    left -= 1
  }

  private mutating func beginMiniblock() throws(Damage) {
    if miniblock == miniblocks { try beginBlock() }
    width = Int(bytes[widths + miniblock])
    miniblock += 1
    guard width <= 64 else { throw .damaged("has deltas of \(width) bits") }
    // Some writers leave out the end of the last miniblock.
    let needed = min(left, perMiniblock) * width
    let size = perMiniblock * width / 8
    guard (needed + 7) / 8 <= bytes.count - at else { throw .ended }
    bit = at * 8
    at += min(size, bytes.count - at)
    leftInMiniblock = perMiniblock
  }

  private mutating func beginBlock() throws(Damage) {
    var reader = ThriftReader(bytes.rebased(from: at))
    do { leastDelta = try reader.zigzag() } catch { throw .ended }
    widths = at + reader.position
    guard miniblocks <= bytes.count - widths else { throw .ended }
    at = widths + miniblocks
    miniblock = 0
  }

  private mutating func unpack<T: FixedWidthInteger>(_ count: Int, into target: UnsafeMutablePointer<T>) {
    guard let base = bytes.baseAddress else { return }
    if width > 56 { return unpackWide(base, count, into: target) }
    let mask: UInt64 = (1 &<< UInt64(width)) &- 1
    var value = last
    var bit = bit
    for i in 0..<count {
      let word = base.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
      let delta = Int64(bitPattern: (word &>> UInt64(bit & 7)) & mask) &+ leastDelta
      value &+= delta
      target[i] = T(truncatingIfNeeded: value)
      bit &+= width
    }
    last = value
    self.bit = bit
  }

  /// Where a number may begin in one word and end in the next.
  private mutating func unpackWide<T: FixedWidthInteger>(
    _ base: UnsafeRawPointer, _ count: Int, into target: UnsafeMutablePointer<T>
  ) {
    let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
    for i in 0..<count {
      let low = base.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self) >> UInt64(bit & 7)
      let high = UInt64(base.load(fromByteOffset: (bit >> 3) + 8, as: UInt8.self))
      let packed = (bit & 7 == 0 ? low : low | high << UInt64(64 - (bit & 7))) & mask
      last = last &+ Int64(bitPattern: packed) &+ leastDelta
      target[i] = T(truncatingIfNeeded: last)
      bit += width
    }
  }
}
