internal import Glibc

/// Bytes that grow at their end, in one allocation of its own.
///
/// Not an array: an append here is a comparison and a store, which is what the loops over words need.
struct ByteArena: ~Copyable {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 64) {
    self.capacity = max(capacity, 16)
    base = Self.resized(nil, self.capacity)
  }

  deinit { free(base) }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// The same bytes as `T`s; the length must be a multiple of theirs.
  func elements<T: BitwiseCopyable>(_ type: T.Type) -> UnsafeMutableBufferPointer<T> {
    UnsafeMutableRawBufferPointer(start: base, count: count).bindMemory(to: type)
  }

  mutating func removeAll() { count = 0 }

  /// Where the next byte goes, in the room that was reserved; who writes there says by `advance` how far.
  @inline(__always)
  var end: UnsafeMutableRawPointer { base + count }
  mutating func room(for extra: Int) -> UnsafeMutableRawPointer {
    reserve(extra)
    return end
  }
  @inline(__always)
  mutating func advance(to end: UnsafeMutableRawPointer) { count = end - base }

  /// Makes room for `extra` more bytes.
  mutating func reserve(_ extra: Int) {
    if count + extra <= capacity { return }
    capacity = max(capacity * 2, count + extra)
    base = Self.resized(base, capacity)
  }

  /// `length` bytes at the end, for the caller to fill at once.
  mutating func extend(by length: Int) -> UnsafeMutableRawPointer {
    reserve(length)
    defer { count += length }
    return base + count
  }

  /// Gives back what `extend` gave too much.
  mutating func truncate(to length: Int) { count = min(count, length) }

  mutating func append(_ byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  mutating func append(_ value: UInt16) { appendInteger(value.littleEndian) }
  mutating func append(_ value: UInt32) { appendInteger(value.littleEndian) }
  mutating func append(_ value: UInt64) { appendInteger(value.littleEndian) }

  @inline(__always)
  private mutating func appendInteger<T: BitwiseCopyable>(_ value: T) {
    let size = MemoryLayout<T>.size
    reserve(size)
    base.storeBytes(of: value, toByteOffset: count, as: T.self)
    count += size
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    reserve(bytes.count)
    memcpy(base + count, source, bytes.count)
    count += bytes.count
  }

  mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

  /// LEB128.
  mutating func appendVarint(_ value: UInt64) {
    reserve(10)
    advance(to: Varint.write(value, to: end))
  }

  mutating func appendVarint(_ value: Int) { appendVarint(UInt64(value)) }

  mutating func appendZeros(_ count: Int) { if count > 0 { memset(extend(by: count), 0, count) } }

  /// Zeros up to the next multiple.
  mutating func pad(to alignment: Int) {
    let missing = (alignment - count % alignment) % alignment
    if missing > 0 { memset(extend(by: missing), 0, missing) }
  }

  private static func resized(_ old: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer {
    // Fails only where malloc does, and there Swift itself stops the process.
    guard let new = realloc(old, size) else { fatalError("out of memory") }
    return new
  }
}

/// Strings of bytes, in byte order: a prefix comes before what it begins.
enum ByteOrder {
  static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let shared = min(a.count, b.count)
    if shared > 0, let left = a.baseAddress, let right = b.baseAddress {
      let order = memcmp(left, right, shared)
      if order != 0 { return Int(order) }
    }
    return a.count - b.count
  }

  static func precedes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool { compare(a, b) < 0 }

  /// The first eight bytes as a number that sorts as they do, with zeros where there are fewer.
  static func front(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    if bytes.count >= 8 { return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)) }
    return bytes.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(56 - 8 * $1.offset) }
  }
}
