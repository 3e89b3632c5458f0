/// DELTA_LENGTH_BYTE_ARRAY (Encodings.md): all lengths, as DELTA_BINARY_PACKED, then all bytes.
struct DeltaLengthReader {
  private var lengths: DeltaReader
  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer) throws(Damage) {
    lengths = try DeltaReader(bytes)
    self.bytes = try lengths.rest()
  }

  /// `scratch` has room for as many lengths.
  mutating func read(
    _ count: Int, scratch: UnsafeMutablePointer<Int32>, into views: UnsafeMutablePointer<ByteView>
  ) throws(Damage) {
    try lengths.read(count, into: scratch)
    var at = at
    for i in 0..<count {
      let length = Int(scratch[i])
      guard length >= 0, length <= bytes.count &- at else { throw .damaged("has a value that is cut short") }
      views[i] = ByteView(start: bytes.baseAddress.map { $0 + at }, count: length)
      at &+= length
    }
    self.at = at
  }
}

/// DELTA_BYTE_ARRAY (Encodings.md): of each value how many bytes it shares with the beginning of the one before it, as
/// DELTA_BINARY_PACKED; then what each has besides, as DELTA_LENGTH_BYTE_ARRAY.
struct DeltaBytesReader {
  /// What the values of one read may take where each were as long as the page: a few bytes can say that they are.
  private static let most = 256 << 20

  private var prefixes: DeltaReader
  private var suffixes: DeltaLengthReader
  private let longest: Int
  private var lastCount = 0

  init(_ bytes: UnsafeRawBufferPointer) throws(Damage) {
    prefixes = try DeltaReader(bytes)
    suffixes = try DeltaLengthReader(try prefixes.rest())
    longest = bytes.count
  }

  /// How many values may be read at once.
  var most: Int { max(1, Self.most / max(1, longest)) }

  /// Where the values of the last read are, and the last of them once more.
  struct Memory: ~Copyable {
    var values = PageMemory()
    var last = PageMemory()
  }

  /// `scratch` has room for as many lengths.
  mutating func read(
    _ count: Int, scratch: UnsafeMutablePointer<Int32>, into views: UnsafeMutablePointer<ByteView>,
    _ memory: inout Memory
  ) throws(Damage) {
    try suffixes.read(count, scratch: scratch, into: views)
    try prefixes.read(count, into: scratch)
    let size = try size(count, scratch, views)
    guard count > 0, let start = try memory.values.reserve(size).baseAddress else { return }
    var previous = ByteView(start: memory.last.start.map { UnsafeRawPointer($0) }, count: lastCount)
    var at = start
    for i in 0..<count {
      let prefix = Int(scratch[i])
      let suffix = views[i]
      if prefix > 0, let from = previous.start { at.copyMemory(from: from, byteCount: prefix) }
      if suffix.count > 0, let from = suffix.start {
        (at + prefix).copyMemory(from: from, byteCount: suffix.count)
      }
      previous = ByteView(start: at, count: prefix + suffix.count)
      views[i] = previous
      at += previous.count
    }
    // The next read writes over what it begins with.
    try memory.last.reserve(previous.count).copyMemory(from: previous.bytes)
    lastCount = previous.count
  }

  private func size(_ count: Int, _ prefixes: UnsafePointer<Int32>, _ suffixes: UnsafePointer<ByteView>)
    throws(Damage) -> Int
  {
    var size = 0
    var previous = lastCount
    for i in 0..<count {
      let prefix = Int(prefixes[i])
      guard prefix >= 0, prefix <= previous else {
        throw .damaged("has a value that shares more with the one before it than that has")
      }
      previous = prefix &+ suffixes[i].count
      size &+= previous
    }
    return size
  }
}
