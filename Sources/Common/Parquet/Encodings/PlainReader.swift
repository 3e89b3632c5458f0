// PLAIN (Encodings.md): numbers little-endian, one after the other; byte arrays each after its length, 4 bytes,
// little-endian; byte arrays of one length without it; booleans a bit each, the first in the lowest of the first byte.
struct PlainReader {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// So many values of `width` bytes.
  mutating func read(_ count: Int, width: Int, into target: UnsafeMutableRawPointer) throws(Damage) {
    let start = try take(count, width: width)
    target.copyMemory(from: start, byteCount: count * width)
  }

  mutating func read(_ count: Int, length: Int, into views: UnsafeMutablePointer<ByteView>) throws(Damage) {
    let start = try take(count, width: length)
    for i in 0..<count { views[i] = ByteView(start: start + i * length, count: length) }
  }

  mutating func read(_ count: Int, into views: UnsafeMutablePointer<ByteView>) throws(Damage) {
    guard let base = bytes.baseAddress else { throw .ended }
    var at = at
    for i in 0..<count {
      guard bytes.count &- at >= 4 else { throw .ended }
      let length = Int(UInt32(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
      at &+= 4
      guard length <= bytes.count &- at else { throw .damaged("has a value that is cut short") }
      views[i] = ByteView(start: base + at, count: length)
      at &+= length
    }
    self.at = at
  }

  private mutating func take(_ count: Int, width: Int) throws(Damage) -> UnsafeRawPointer {
    let (size, overflow) = count.multipliedReportingOverflow(by: width)
    guard !overflow, size <= bytes.count - at, let base = bytes.baseAddress else { throw .ended }
    defer { at += size }
    return base + at
  }
}

struct PlainBooleans {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func read(_ count: Int, into target: UnsafeMutablePointer<UInt8>) throws(Damage) {
    guard count <= bytes.count * 8 - at, let base = bytes.baseAddress else { throw .ended }
    _ = BitUnpacking.unpackBits(base, from: at, count, into: target)
    at += count
  }
}
