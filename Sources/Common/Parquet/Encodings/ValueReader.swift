/// The values of the pages of a column chunk, whatever their encoding.
struct ValueReader: ~Copyable {
  private enum Form {
    case none
    case plain(PlainReader)
    case booleans(PlainBooleans)
    case runs(HybridReader)
    case dictionary(DictionaryReader)
    case delta(DeltaReader)
    case deltaLength(DeltaLengthReader)
    case deltaBytes(DeltaBytesReader)
    case split(SplitReader)
  }

  private let leaf: Leaf
  private var form = Form.none
  private var dictionary = ValueDictionary()
  private var hasDictionary = false
  private var scratch = PageMemory()
  private var joined = DeltaBytesReader.Memory()

  init(_ leaf: Leaf) { self.leaf = leaf }

  mutating func begin(dictionary entries: Int, _ bytes: UnsafeRawBufferPointer) throws(Damage) {
    form = .none
    try dictionary.read(entries, of: leaf, bytes)
    hasDictionary = true
  }

  mutating func begin(_ encoding: Int, _ bytes: UnsafeRawBufferPointer) throws(Damage) {
    form = bytes.isEmpty ? .none : try Self.form(encoding, leaf, bytes)
    if case .dictionary = form, !hasDictionary { throw .damaged("needs a dictionary, and there is none") }
  }

  private static func form(_ encoding: Int, _ leaf: Leaf, _ bytes: UnsafeRawBufferPointer) throws(Damage)
    -> Form
  {
    switch (encoding, leaf.physical) {
    case (Encoding.plain, .boolean): return .booleans(PlainBooleans(bytes))
    case (Encoding.plain, _): return .plain(PlainReader(bytes))
    case (Encoding.rle, .boolean): return .runs(try runs(bytes))
    case (Encoding.plainDictionary, _), (Encoding.rleDictionary, _):
      return .dictionary(try DictionaryReader(bytes))
    case (Encoding.deltaBinaryPacked, .int32), (Encoding.deltaBinaryPacked, .int64):
      return .delta(try DeltaReader(bytes))
    case (Encoding.deltaLengthByteArray, .byteArray): return .deltaLength(try DeltaLengthReader(bytes))
    case (Encoding.deltaByteArray, .byteArray), (Encoding.deltaByteArray, .fixedLengthByteArray):
      return .deltaBytes(try DeltaBytesReader(bytes))
    case (Encoding.byteStreamSplit, .fixedLengthByteArray):
      return .split(try SplitReader(bytes, width: leaf.length))
    case (Encoding.byteStreamSplit, let type):
      if let width = type.width, type != .int96 { return .split(try SplitReader(bytes, width: width)) }
    default: break
    }
    throw .unsupported("has values of type \(leaf.physical) in an encoding that is not read, \(encoding)")
  }

  /// Booleans: the length of the runs, 4 bytes, little-endian, then they.
  private static func runs(_ bytes: UnsafeRawBufferPointer) throws(Damage) -> HybridReader {
    guard bytes.count >= 4 else { throw .ended }
    let size = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
    guard size <= bytes.count - 4 else { throw .ended }
    return HybridReader(bytes.rebased(from: 4).first(size), width: 1)
  }

  /// How many values may be read at once.
  var most: Int {
    switch form {
    case .deltaBytes(let reader): reader.most
    default: .max
    }
  }

  /// The next values, into memory that is kept for them: numbers one after the other, booleans a byte each, else
  /// `ByteView`s.
  mutating func read(_ count: Int, into memory: inout PageMemory) throws(Damage) {
    if count == 0 { return }
    switch leaf.physical {
    case .boolean: try readBooleans(count, into: memory.reserve(count, of: UInt8.self))
    case .int32: try readIntegers(count, into: memory.reserve(count, of: Int32.self))
    case .int64: try readIntegers(count, into: memory.reserve(count, of: Int64.self))
    case .float: try readNumbers(count, into: memory.reserve(count, of: Float.self))
    case .double: try readNumbers(count, into: memory.reserve(count, of: Double.self))
    case .int96: try readNumbers(count, into: memory.reserve(count, of: Int96.self))
    case .byteArray, .fixedLengthByteArray:
      try readBytes(count, into: memory.reserve(count, of: ByteView.self))
    }
  }

  private mutating func readBooleans(_ count: Int, into target: UnsafeMutablePointer<UInt8>) throws(Damage) {
    switch form {
    case .booleans(var reader):
      defer { form = .booleans(reader) }
      try reader.read(count, into: target)
    case .runs(var reader):
      defer { form = .runs(reader) }
      try reader.readBits(count, into: target)
    default: throw .ended
    }
  }

  private mutating func readIntegers<T: FixedWidthInteger & BitwiseCopyable>(
    _ count: Int, into target: UnsafeMutablePointer<T>
  ) throws(Damage) {
    guard case .delta(var reader) = form else { return try readNumbers(count, into: target) }
    defer { form = .delta(reader) }
    try reader.read(count, into: target)
  }

  private mutating func readNumbers<T: BitwiseCopyable>(_ count: Int, into target: UnsafeMutablePointer<T>)
    throws(Damage)
  {
    switch form {
    case .plain(var reader):
      defer { form = .plain(reader) }
      try reader.read(count, width: MemoryLayout<T>.size, into: target)
    case .dictionary(var reader):
      defer { form = .dictionary(reader) }
      try reader.read(count, of: dictionary, into: target)
    case .split(var reader):
      defer { form = .split(reader) }
      try reader.read(count, into: target)
    default: throw .ended
    }
  }

  private mutating func readBytes(_ count: Int, into views: UnsafeMutablePointer<ByteView>) throws(Damage) {
    switch form {
    case .plain(var reader):
      defer { form = .plain(reader) }
      if leaf.physical == .byteArray {
        try reader.read(count, into: views)
      } else {
        try reader.read(count, length: leaf.length, into: views)
      }
    case .dictionary(var reader):
      defer { form = .dictionary(reader) }
      try reader.read(count, of: dictionary, into: views)
    case .deltaLength(var reader):
      defer { form = .deltaLength(reader) }
      try reader.read(count, scratch: scratch.reserve(count, of: Int32.self), into: views)
    case .deltaBytes(var reader):
      defer { form = .deltaBytes(reader) }
      try reader.read(count, scratch: scratch.reserve(count, of: Int32.self), into: views, &joined)
      try checkLength(count, views)
    case .split(var reader):
      defer { form = .split(reader) }
      try readSplit(count, from: &reader, into: views)
    default: throw .ended
    }
  }

  private mutating func readSplit(
    _ count: Int, from reader: inout SplitReader, into views: UnsafeMutablePointer<ByteView>
  ) throws(Damage) {
    guard count <= reader.left else { throw .ended }
    let bytes = try joined.values.reserve(count * leaf.length)
    guard let start = bytes.baseAddress else { return }
    try reader.read(count, into: start)
    for i in 0..<count {
      views[i] = ByteView(start: UnsafeRawPointer(start + i * leaf.length), count: leaf.length)
    }
  }

  private func checkLength(_ count: Int, _ views: UnsafePointer<ByteView>) throws(Damage) {
    guard leaf.physical == .fixedLengthByteArray else { return }
    for i in 0..<count where views[i].count != leaf.length {
      throw .damaged("has a value of a wrong length")
    }
  }
}
