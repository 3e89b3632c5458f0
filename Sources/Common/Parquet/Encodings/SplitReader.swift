/// BYTE_STREAM_SPLIT (Encodings.md): the first bytes of all values, then the second bytes of all, and so on.
struct SplitReader {
  private let bytes: UnsafeRawBufferPointer
  private let width: Int
  private let count: Int
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer, width: Int) {
    self.bytes = bytes
    self.width = width
    count = bytes.count / width
  }

  var left: Int { count - at }

  mutating func read(_ count: Int, into target: UnsafeMutableRawPointer) throws(Damage) {
    guard count <= left, let base = bytes.baseAddress else { throw HybridReader.ended }
    for stream in 0..<width {
      let source = base + stream * self.count + at
      let place = target + stream
      for i in 0..<count {
        place.storeBytes(of: source.load(fromByteOffset: i, as: UInt8.self), toByteOffset: i * width, as: UInt8.self)
      }
    }
    at += count
  }
}
