/// BYTE_STREAM_SPLIT (Encodings.md): the first bytes of all values, then the second bytes of all, and so on.
struct SplitReader {
  private let bytes: UnsafeRawBufferPointer
  private let width: Int
  private let count: Int
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer, width: Int) throws(Damage) {
    guard bytes.count % width == 0 else { throw .ended }
    self.bytes = bytes
    self.width = width
    count = bytes.count / width
  }

  var left: Int { count - at }

  mutating func read(_ count: Int, into target: UnsafeMutableRawPointer) throws(Damage) {
    guard count <= left, let base = bytes.baseAddress else { throw .ended }
    switch width {
    case 4: join4(base, count, into: target)
    case 8: join8(base, count, into: target)
    default: joinRest(base, from: 0, count, into: target)
    }
    at += count
  }

  /// Four values at a time: a square of bytes, one stream a row, turned on its diagonal.
  private func join4(_ base: UnsafeRawPointer, _ count: Int, into target: UnsafeMutableRawPointer) {
    var done = 0
    while done &+ 4 <= count {
      let row = { (i: Int) -> UInt32 in word(base + (i &* self.count &+ at), done) }
      var (a, b, c, d) = (row(0), row(1), row(2), row(3))
      Self.swap(&a, &b, 8, 0x00FF_00FF)
      Self.swap(&c, &d, 8, 0x00FF_00FF)
      Self.swap(&a, &c, 16, 0x0000_FFFF)
      Self.swap(&b, &d, 16, 0x0000_FFFF)
      target.storeBytes(of: SIMD4(a, b, c, d), toByteOffset: done &* 4, as: SIMD4<UInt32>.self)
      done &+= 4
    }
    joinRest(base, from: done, count, into: target)
  }

  /// Eight at a time.
  private func join8(_ base: UnsafeRawPointer, _ count: Int, into target: UnsafeMutableRawPointer) {
    var done = 0
    while done &+ 8 <= count {
      let row = { (i: Int) -> UInt64 in word(base + (i &* self.count &+ at), done) }
      var (a, b, c, d) = (row(0), row(1), row(2), row(3))
      var (e, f, g, h) = (row(4), row(5), row(6), row(7))
      Self.swap4(&a, &b, &c, &d, &e, &f, &g, &h, 8, 0x00FF_00FF_00FF_00FF)
      Self.swap4(&a, &c, &b, &d, &e, &g, &f, &h, 16, 0x0000_FFFF_0000_FFFF)
      Self.swap4(&a, &e, &b, &f, &c, &g, &d, &h, 32, 0x0000_0000_FFFF_FFFF)
      target.storeBytes(
        of: SIMD8(a, b, c, d, e, f, g, h), toByteOffset: done &* 8, as: SIMD8<UInt64>.self)
      done &+= 8
    }
    joinRest(base, from: done, count, into: target)
  }

  @inline(__always)
  private static func swap4(
    _ a: inout UInt64, _ b: inout UInt64, _ c: inout UInt64, _ d: inout UInt64,
    _ e: inout UInt64, _ f: inout UInt64, _ g: inout UInt64, _ h: inout UInt64,
    _ shift: UInt64, _ mask: UInt64
  ) {
    swap(&a, &b, shift, mask)
    swap(&c, &d, shift, mask)
    swap(&e, &f, shift, mask)
    swap(&g, &h, shift, mask)
  }

  @inline(__always)
  private func word<T: BitwiseCopyable>(_ stream: UnsafeRawPointer, _ offset: Int) -> T {
    stream.loadUnaligned(fromByteOffset: offset, as: T.self)
  }

  /// Exchanges the parts of `a` above the mask's with the parts of `b` that are the mask's.
  @inline(__always)
  private static func swap<T: FixedWidthInteger>(_ a: inout T, _ b: inout T, _ shift: T, _ mask: T) {
    let difference = ((a &>> shift) ^ b) & mask
    b ^= difference
    a ^= difference &<< shift
  }

  private func joinRest(
    _ base: UnsafeRawPointer, from start: Int, _ count: Int, into target: UnsafeMutableRawPointer
  ) {
    for i in start..<count {
      for stream in 0..<width {
        let byte = base.load(fromByteOffset: stream &* self.count &+ at &+ i, as: UInt8.self)
        target.storeBytes(of: byte, toByteOffset: i &* width &+ stream, as: UInt8.self)
      }
    }
  }
}
