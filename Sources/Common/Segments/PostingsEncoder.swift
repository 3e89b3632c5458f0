/// The postings of one term after the other.
///
///     postings of a term, with n = document frequency:
///       n / 128 rounded up entries of 16 bytes, where n >= 128:
///         u32 the block's last document
///         u32 where it begins behind the entries, in units of 16 bytes
///         u32 the greatest frequency in it
///         u8  bits a gap, u8 bits a frequency (0 in the tail), u8 the smallest norm in it, u8 zero
///       n / 128 blocks: 128 gaps, then 128 frequencies, bit-packed
///       tail: of each document left, varint (gap << 1 | frequency is 1), then varint (frequency - 2) where it isn't
///
///     positions of a term:
///       where n >= 128, for each block u64: where its positions begin behind these numbers
///       of each document as many varints as its frequency: the first position, then gaps
///
/// A gap is the distance to the document (or position) before, less 1; the first document's, its number. Where the field's
/// documents have no norms (keywords), frequencies are 1 and are left out: 0 bits a frequency, the tail's varints bare gaps.
struct PostingsEncoder: ~Copyable {
  private static let block = SegmentFormat.postingsPerBlock

  private(set) var postings = ByteArena()
  private(set) var positions = ByteArena()
  private(set) var documentFrequency = 0
  private let hasFrequencies: Bool
  private let norms: UnsafeRawBufferPointer

  private let gaps: UnsafeMutablePointer<UInt32>
  private let frequencies: UnsafeMutablePointer<UInt32>
  private var filled = 0
  private var last: Int64 = -1
  private var smallestNorm: UInt8 = .max
  private var greatestFrequency: UInt32 = 0

  // The parts of the list of the term at hand, put together by `endTerm`.
  private var entries = ByteArena()
  private var blocks = ByteArena()
  private var positionStarts = ByteArena()
  private var positionBytes = ByteArena()

  /// `norms`: a byte a document; empty for keywords.
  init(norms: UnsafeRawBufferPointer) {
    self.norms = norms
    hasFrequencies = norms.count > 0
    gaps = .allocate(capacity: Self.block)
    frequencies = .allocate(capacity: Self.block)
  }

  deinit {
    gaps.deallocate()
    frequencies.deallocate()
  }

  /// Documents come in ascending order.
  mutating func add(_ document: UInt32, frequency: UInt32) {
    gaps[filled] = UInt32(truncatingIfNeeded: Int64(document) - last - 1)
    last = Int64(document)
    frequencies[filled] = frequency - 1
    greatestFrequency = max(greatestFrequency, frequency)
    smallestNorm = min(smallestNorm, hasFrequencies ? norms[Int(document)] : Norms.encode(1))
    filled += 1
    documentFrequency += 1
    if filled == Self.block { flushBlock() }
  }

  /// The positions of the document that `add` takes next, in ascending order.
  mutating func add(positions ascending: UnsafeBufferPointer<UInt32>) {
    if filled == 0 { positionStarts.append(UInt64(positionBytes.count)) }
    var next: UInt32 = 0
    for position in ascending {
      positionBytes.appendVarint(UInt64(position - next))
      next = position + 1
    }
  }

  private mutating func flushBlock() {
    let gapBits = BitPacking.width(gaps)
    let frequencyBits = BitPacking.width(frequencies)
    appendEntry(gapBits: gapBits, frequencyBits: frequencyBits)
    BitPacking.pack(gaps, bits: gapBits, into: blocks.extend(by: BitPacking.byteCount(bits: gapBits)))
    BitPacking.pack(
      frequencies, bits: frequencyBits, into: blocks.extend(by: BitPacking.byteCount(bits: frequencyBits)))
  }

  private mutating func appendEntry(gapBits: Int, frequencyBits: Int) {
    entries.append(UInt32(truncatingIfNeeded: last))
    entries.append(UInt32(blocks.count / 16))
    entries.append(greatestFrequency)
    entries.append(UInt8(gapBits))
    entries.append(UInt8(frequencyBits))
    entries.append(smallestNorm)
    entries.append(UInt8(0))
    filled = 0
    smallestNorm = .max
    greatestFrequency = 0
  }

  private mutating func flushTail() {
    let count = filled
    guard count > 0 else { return }
    appendEntry(gapBits: 0, frequencyBits: 0)
    for index in 0..<count {
      let gap = UInt64(gaps[index])
      if !hasFrequencies {
        blocks.appendVarint(gap)
      } else if frequencies[index] == 0 {
        blocks.appendVarint(gap << 1 | 1)
      } else {
        blocks.appendVarint(gap << 1)
        blocks.appendVarint(UInt64(frequencies[index] - 1))
      }
    }
  }

  /// Closes the list of one term.
  mutating func endTerm() {
    flushTail()
    if documentFrequency >= Self.block {
      postings.append(entries.bytes)
      positions.append(positionStarts.bytes)
    }
    postings.append(blocks.bytes)
    positions.append(positionBytes.bytes)
    entries.removeAll()
    blocks.removeAll()
    positionStarts.removeAll()
    positionBytes.removeAll()
    last = -1
    documentFrequency = 0
  }
}
