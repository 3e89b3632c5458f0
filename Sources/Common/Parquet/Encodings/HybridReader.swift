// Runs of equal numbers, and runs of numbers packed bit by bit (Encodings.md, RLE / Bit-Packing Hybrid):
//
//     count << 1 | 0 (a varint)            the number, in as many bytes as its width needs
//     count / 8 << 1 | 1 (a varint)        so many groups of 8 numbers, each group as many bytes as the width has bits
struct HybridReader {
  /// A part of one run.
  struct Span {
    let count: Int
    /// Nil where they are packed, and wait to be unpacked.
    let value: UInt32?
  }

  private let bytes: UnsafeRawBufferPointer
  private let width: Int
  private var at = 0
  private var repeated = 0
  private var value: UInt32 = 0
  private var packed = 0
  /// Where the next packed number begins.
  private var bit = 0

  /// `width` is 32 at most.
  init(_ bytes: UnsafeRawBufferPointer, width: Int) {
    self.bytes = bytes
    self.width = width
  }

  /// The next numbers that are in one run, at most so many. Of packed ones exactly so many have to be unpacked before
  /// the next call.
  mutating func span(_ count: Int) throws(Damage) -> Span {
    while true {
      if repeated > 0 {
        let part = min(count, repeated)
        repeated -= part
        return Span(count: part, value: value)
      }
      if packed > 0 {
        let part = min(count, packed)
        packed -= part
        return Span(count: part, value: nil)
      }
      try beginRun()
    }
  }

  @inline(__always)
  mutating func unpack<T: FixedWidthInteger>(_ count: Int, into target: UnsafeMutablePointer<T>) {
    guard let base = bytes.baseAddress else { return }
    BitUnpacking.unpack(base, from: bit, width: width, count, into: target)
    bit += count * width
  }

  /// As `unpack`, of many numbers.
  mutating func unpackWords(_ count: Int, into target: UnsafeMutablePointer<UInt32>) {
    guard let base = bytes.baseAddress else { return }
    BitUnpacking.unpackWords(base, from: bit, width: width, count, into: target)
    bit += count * width
  }

  /// As `unpack`, of numbers of one bit; gives how many of them are 1.
  mutating func unpackBits(_ count: Int, into target: UnsafeMutablePointer<UInt8>) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    defer { bit += count }
    return BitUnpacking.unpackBits(base, from: bit, count, into: target)
  }

  /// So many numbers of one bit, whatever runs they are in.
  mutating func readBits(_ count: Int, into target: UnsafeMutablePointer<UInt8>) throws(Damage) {
    var done = 0
    while done < count {
      let span = try self.span(count - done)
      if let value = span.value {
        (target + done).update(repeating: UInt8(truncatingIfNeeded: value), count: span.count)
      } else {
        _ = unpackBits(span.count, into: target + done)
      }
      done += span.count
    }
  }

  private mutating func beginRun() throws(Damage) {
    let head = try varint()
    let count = Int(head >> 1)
    if head & 1 == 0 {
      value = 0
      for shift in 0..<(width + 7) / 8 { value |= UInt32(try byte()) << UInt32(shift * 8) }
      repeated = count
    } else if width == 0 {
      value = 0
      repeated = count * 8
    } else {
      // Some writers leave out what the last group does not need.
      let size = min(count * width, bytes.count - at)
      packed = min(count * 8, size * 8 / width)
      guard packed > 0 || count == 0 else { throw .ended }
      bit = at * 8
      at += size
    }
  }

  private mutating func varint() throws(Damage) -> UInt32 {
    var value: UInt64 = 0
    for shift: UInt64 in stride(from: 0, to: 35, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return UInt32(truncatingIfNeeded: value) }
    }
    throw .damaged("has a run of a damaged length")
  }

  private mutating func byte() throws(Damage) -> UInt8 {
    guard at < bytes.count else { throw .ended }
    defer { at += 1 }
    return bytes[at]
  }
}
