/// The LZ4 block format (lz4.org, lz4_Block_format.md), with a compressor of our own: the bytes it gives are the same on every
/// machine and in every version, which no system library promises.
///
///     a sequence:  token (4 bits of literal length, 4 bits of match length - 4; 15 is continued in bytes of up to 255),
///                  the literals, u16 distance of the match (not 0)
///     the last sequence ends behind its literals; the last 5 bytes are literals, the last match begins 12 bytes before the end
enum LZ4 {
  private static let minMatch = 4
  private static let lastLiterals = 5
  private static let matchLimit = 12
  private static let maxDistance = 65535

  /// Greedy, with a table of the last place of each hash of eight bytes; steps grow where nothing matches. Shorter matches are not
  /// looked for: they save a byte or two each, and cost as much time as the long ones.
  struct Compressor: ~Copyable {
    private static let hashBits = 12
    private static let hashFactor: UInt64 = 889_523_592_379_000_007
    private let table: UnsafeMutablePointer<UInt32>

    init() { table = .allocate(capacity: 1 << Self.hashBits) }

    deinit { table.deallocate() }

    /// The length of the compressed form; nil where it would not fit into `out`. `input` is shorter than 2 GiB.
    mutating func compress(_ input: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer) -> Int? {
      guard let source = input.baseAddress, input.count > LZ4.matchLimit, let target = out.baseAddress else {
        return nil
      }
      table.initialize(repeating: 0, count: 1 << Self.hashBits)
      var output = Output(base: target, capacity: out.count, sourceEnd: source + input.count)
      var anchor = 0
      var at = 1
      var misses = 0
      let lastStart = input.count - LZ4.matchLimit
      let matchEnd = input.count - LZ4.lastLiterals
      while at <= lastStart {
        let word = source.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        let slot = Int(
          truncatingIfNeeded: (word.littleEndian &* Self.hashFactor) >> UInt64(64 - Self.hashBits))
        let candidate = Int(table[slot])
        table[slot] = UInt32(truncatingIfNeeded: at)
        guard at &- candidate <= LZ4.maxDistance,
          source.loadUnaligned(fromByteOffset: candidate, as: UInt64.self) == word
        else {
          misses &+= 1
          at &+= 1 &+ misses &>> 5
          continue
        }
        let length = Self.matchLength(source, candidate, at, matchEnd)
        guard output.sequence(source + anchor, at - anchor, distance: at - candidate, length: length) else {
          return nil
        }
        at += length
        anchor = at
        misses = 0
      }
      return output.literals(source + anchor, input.count - anchor) ? output.count : nil
    }

    private static func matchLength(_ source: UnsafeRawPointer, _ candidate: Int, _ at: Int, _ end: Int)
      -> Int
    {
      var length = LZ4.minMatch
      while at &+ length &+ 8 <= end {
        let difference =
          source.loadUnaligned(fromByteOffset: candidate &+ length, as: UInt64.self)
          ^ source.loadUnaligned(fromByteOffset: at &+ length, as: UInt64.self)
        if difference != 0 { return length + difference.littleEndian.trailingZeroBitCount / 8 }
        length &+= 8
      }
      while at + length < end
        && source.load(fromByteOffset: candidate + length, as: UInt8.self)
          == source.load(fromByteOffset: at + length, as: UInt8.self)
      {
        length += 1
      }
      return length
    }
  }

  /// Writes sequences; each call says whether it fitted.
  private struct Output {
    let base: UnsafeMutableRawPointer
    let capacity: Int
    let sourceEnd: UnsafeRawPointer
    var count = 0

    mutating func sequence(_ literals: UnsafeRawPointer, _ literalCount: Int, distance: Int, length: Int)
      -> Bool
    {
      let match = length - LZ4.minMatch
      guard start(literals, literalCount, matchBits: min(match, 15), extra: 3 + match / 255) else {
        return false
      }
      put(UInt8(distance & 0xFF))
      put(UInt8(distance >> 8))
      if match >= 15 { putLength(match - 15) }
      return true
    }

    mutating func literals(_ literals: UnsafeRawPointer, _ literalCount: Int) -> Bool {
      start(literals, literalCount, matchBits: 0, extra: 0)
    }

    private mutating func start(
      _ literals: UnsafeRawPointer, _ literalCount: Int, matchBits: Int, extra: Int
    ) -> Bool {
      guard count + 2 + literalCount + literalCount / 255 + extra <= capacity else { return false }
      put(UInt8(min(literalCount, 15) << 4 | matchBits))
      if literalCount >= 15 { putLength(literalCount - 15) }
      copy(literals, literalCount)
      count += literalCount
      return true
    }

    /// Few bytes by two whole words, where what is read and written beyond them is there.
    private func copy(_ literals: UnsafeRawPointer, _ length: Int) {
      let target = base + count
      if length <= 16, capacity - count >= 16, sourceEnd - literals >= 16 {
        target.storeBytes(of: literals.loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
      } else {
        target.copyMemory(from: literals, byteCount: length)
      }
    }

    private mutating func putLength(_ length: Int) {
      var rest = length
      while rest >= 255 {
        put(255)
        rest -= 255
      }
      put(UInt8(rest))
    }

    private mutating func put(_ byte: UInt8) {
      base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
      count &+= 1
    }
  }

  /// Whether `input` is one block that decompresses to exactly `output.count` bytes, which are then in `output`.
  static func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool
  {
    var source = ByteCursor(input)
    var filled = 0
    while true {
      let token = Int(source.byte())
      let literals = source.bytes(extended(token >> 4, &source))
      guard !source.overrun, literals.count <= output.count - filled else { return false }
      UnsafeMutableRawBufferPointer(rebasing: output[filled...]).copyMemory(from: literals)
      filled += literals.count
      if source.isAtEnd { return filled == output.count }
      let distance = Int(source.byte()) | Int(source.byte()) << 8
      let length = extended(token & 15, &source) + minMatch
      guard !source.overrun, distance > 0, distance <= filled, length <= output.count - filled else {
        return false
      }
      copyMatch(output, from: filled - distance, to: filled, length)
      filled += length
    }
  }

  /// A length whose four bits were 15 goes on in bytes; each is at most 255, so the sum is bounded by the input's length.
  private static func extended(_ bits: Int, _ source: inout ByteCursor) -> Int {
    guard bits == 15 else { return bits }
    var length = 15
    while true {
      let byte = Int(source.byte())
      length += byte
      if byte < 255 { return length }
    }
  }

  /// The source may overlap the target: the bytes repeat.
  private static func copyMatch(_ output: UnsafeMutableRawBufferPointer, from: Int, to: Int, _ length: Int) {
    if to - from >= length, let base = output.baseAddress {
      (base + to).copyMemory(from: base + from, byteCount: length)
    } else {
      for index in 0..<length { output[to + index] = output[from + index] }
    }
  }
}
