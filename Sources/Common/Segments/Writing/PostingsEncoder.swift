internal import Failures
internal import Files

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

  /// Where the lists of a term lie.
  struct Lists {
    let documentFrequency: Int
    let postings: Range<Int>
    let positions: Range<Int>
  }

  /// The lists so far: the field's two parts.
  private(set) var postings: Spool
  private(set) var positions: Spool
  private let hasFrequencies: Bool
  private let hasPositions: Bool
  private let norms: UnsafeRawBufferPointer

  private var documentFrequency = 0
  /// The least number that the next document can have.
  private var next: UInt32 = 0
  /// Whether the list at hand may become one with tables, which are put before it when it is whole.
  private var isLong = false
  private var starts = (postings: 0, positions: 0)

  /// The documents of a long list's block: their gaps, their frequencies less 1.
  private let gaps: UnsafeMutablePointer<UInt32>
  private let frequencies: UnsafeMutablePointer<UInt32>
  private var filled = 0
  /// The least number that the block's first document can have.
  private var blockStart: UInt32 = 0
  private var entries = ByteArena()
  private var blocks: Spool
  private var positionStarts = ByteArena()
  private var positionBytes: Spool

  /// `norms`: a byte a document, where there are frequencies. What is more than `limit` goes to files in `directory`.
  init(
    norms: UnsafeRawBufferPointer, hasFrequencies: Bool, hasPositions: Bool, limit: Int = .max,
    in directory: Directory? = nil
  ) {
    postings = Spool(limit: limit, in: directory)
    positions = Spool(limit: limit, in: directory)
    blocks = Spool(limit: limit, in: directory)
    positionBytes = Spool(limit: limit, in: directory)
    self.norms = norms
    self.hasFrequencies = hasFrequencies
    self.hasPositions = hasPositions
    gaps = .allocate(capacity: Self.block)
    frequencies = .allocate(capacity: Self.block)
  }

  deinit {
    gaps.deallocate()
    frequencies.deallocate()
  }

  /// Forgets the lists and keeps the memory.
  mutating func removeAll() {
    postings.removeAll()
    positions.removeAll()
  }

  mutating func write(_ field: Int, to parts: inout PartsWriter) throws(Failure) {
    try parts.add(.postings, field: field, &postings)
    try parts.add(.positions, field: field, &positions)
  }

  // MARK: - A list document by document

  /// Begins a list of that many documents at most.
  mutating func begin(atMost documents: Int) {
    isLong = documents >= Self.block
    starts = (postings.count, positions.count)
    (documentFrequency, next, blockStart) = (0, 0, 0)
  }

  /// Documents come in ascending order; `relative` are the positions as they stand in the list.
  mutating func add(_ document: UInt32, frequency: UInt32, positions relative: UnsafeRawBufferPointer) {
    if hasPositions {
      if isLong {
        if filled == 0 { positionStarts.append(UInt64(positionBytes.count)) }
        positionBytes.append(relative)
      } else {
        positions.append(relative)
      }
    }
    add(document, frequency: frequency)
  }

  @inline(__always)
  private mutating func add(_ document: UInt32, frequency: UInt32) {
    let gap = document &- next
    next = document &+ 1
    documentFrequency += 1
    guard isLong else { return Self.append(gap, frequency &- 1, hasFrequencies, to: &postings.arena) }
    gaps[filled] = gap
    frequencies[filled] = hasFrequencies ? frequency &- 1 : 0
    filled += 1
    if filled == Self.block { flushBlock() }
  }

  /// Closes the list.
  mutating func end() -> Lists {
    if isLong { endLong() }
    postings.settle()
    positions.settle()
    return Lists(
      documentFrequency: documentFrequency, postings: starts.postings..<postings.count,
      positions: starts.positions..<positions.count)
  }

  // MARK: - A list by its occurrences

  /// Each occurrence is a place in a document's pages; they ascend.
  mutating func encode<Occurrence: FixedWidthInteger & UnsignedInteger>(
    _ occurrences: UnsafeBufferPointer<Occurrence>, _ pages: OccurrencePages
  ) -> Lists {
    begin(atMost: occurrences.count)
    guard let first = occurrences.baseAddress else { return end() }
    let room = hasPositions ? Varint.longest * occurrences.count : 0
    let begin = isLong ? positionBytes.arena.room(for: room) : positions.arena.room(for: room)
    let bits = Occurrence(truncatingIfNeeded: pages.bits)
    let mask = ~(Occurrence.max &<< bits)
    var target = begin
    var at = first
    let end = first + occurrences.count
    var stretch = pages.first
    while at < end {
      let page = Int(truncatingIfNeeded: at.pointee &>> bits)
      var document = page &- stretch.excess
      var start = at.pointee & ~mask
      var last = start | mask
      if page >= stretch.end {
        let found = pages.find(page)
        (document, stretch) = (found.document, found.behind)
        start = Occurrence(truncatingIfNeeded: found.pages.lowerBound) &<< bits
        last = Occurrence(truncatingIfNeeded: found.pages.upperBound - 1) &<< bits | mask
      }
      let from = at
      if hasPositions {
        if isLong, filled == 0 { positionStarts.append(UInt64(target - begin)) }
        var next = start
        repeat {
          target = Varint.write(UInt32(truncatingIfNeeded: at.pointee &- next), to: target)
          next = at.pointee &+ 1
          at += 1
        } while at < end && at.pointee <= last
      } else {
        repeat { at += 1 } while at < end && at.pointee <= last
      }
      add(UInt32(truncatingIfNeeded: document), frequency: UInt32(truncatingIfNeeded: at - from))
    }
    if isLong { positionBytes.arena.advance(to: target) } else { positions.arena.advance(to: target) }
    return self.end()
  }

  // MARK: - Long lists

  private mutating func flushBlock() {
    let gapBits = BitPacking.width(gaps)
    let frequencyBits = BitPacking.width(frequencies)
    appendEntry(gapBits: gapBits, frequencyBits: frequencyBits)
    BitPacking.pack(gaps, bits: gapBits, into: blocks.arena.extend(by: BitPacking.byteCount(bits: gapBits)))
    BitPacking.pack(
      frequencies, bits: frequencyBits,
      into: blocks.arena.extend(by: BitPacking.byteCount(bits: frequencyBits)))
    blocks.settle()
  }

  private mutating func appendEntry(gapBits: Int, frequencyBits: Int) {
    entries.append(next &- 1)
    entries.append(UInt32(truncatingIfNeeded: blocks.count / 16))
    entries.append((0..<filled).reduce(0) { max($0, frequencies[$1]) } + 1)
    entries.append(UInt8(gapBits))
    entries.append(UInt8(frequencyBits))
    entries.append(hasFrequencies ? smallestNorm() : Norms.encode(1))
    entries.append(UInt8(0))
    (filled, blockStart) = (0, next)
  }

  /// Of a whole block at once: so the loads, which are all over the place, don't wait for each other.
  private func smallestNorm() -> UInt8 {
    var (document, smallest) = (blockStart, UInt8.max)
    for index in 0..<filled {
      document &+= gaps[index]
      smallest = min(smallest, norms[Int(document)])
      document &+= 1
    }
    return smallest
  }

  private mutating func endLong() {
    if filled > 0 {
      let count = filled
      appendEntry(gapBits: 0, frequencyBits: 0)
      for index in 0..<count {
        Self.append(gaps[index], frequencies[index], hasFrequencies, to: &blocks.arena)
      }
    }
    if documentFrequency >= Self.block {
      postings.append(entries.bytes)
      positions.append(positionStarts.bytes)
    }
    postings.append(&blocks)
    positions.append(&positionBytes)
    entries.removeAll()
    positionStarts.removeAll()
  }

  /// One document of a tail; `more` is its frequency less 1.
  @inline(__always)
  private static func append(
    _ gap: UInt32, _ more: UInt32, _ hasFrequencies: Bool, to out: inout ByteArena
  ) {
    out.reserve(2 * Varint.longest)
    var at = out.end
    if !hasFrequencies {
      at = Varint.write(gap, to: at)
    } else if more == 0 {
      at = Varint.write(UInt64(gap) << 1 | 1, to: at)
    } else {
      at = Varint.write(UInt64(gap) << 1, to: at)
      at = Varint.write(more &- 1, to: at)
    }
    out.advance(to: at)
  }
}
