/// The values that a column chunk's pages point to by their number.
struct ValueDictionary: ~Copyable {
  private(set) var count = 0
  private var page = PageMemory()
  private var values = PageMemory()

  init() {}

  /// From a dictionary page, whose bytes it copies.
  mutating func read(_ entries: Int, of leaf: Leaf, _ bytes: UnsafeRawBufferPointer) throws(Damage) {
    count = 0
    if let width = leaf.physical.width {
      guard entries <= bytes.count / width else { throw Self.cut }
      var reader = PlainReader(bytes)
      let target = try values.reserve(entries * width)
      if entries > 0, let start = target.baseAddress { try reader.read(entries, width: width, into: start) }
    } else {
      guard leaf.physical != .boolean else { throw .unsupported("has a dictionary of booleans") }
      try readViews(entries, of: leaf, bytes)
    }
    count = entries
  }

  private mutating func readViews(_ entries: Int, of leaf: Leaf, _ bytes: UnsafeRawBufferPointer)
    throws(Damage)
  {
    let isFixed = leaf.physical == .fixedLengthByteArray
    guard entries <= bytes.count / (isFixed ? leaf.length : 4) else { throw Self.cut }
    if entries == 0 { return }
    let copy = try page.reserve(bytes.count)
    copy.copyMemory(from: bytes)
    var reader = PlainReader(UnsafeRawBufferPointer(copy))
    let views = try values.reserve(entries, of: ByteView.self)
    if isFixed {
      try reader.read(entries, length: leaf.length, into: views)
    } else {
      try reader.read(entries, into: views)
    }
  }

  /// Only as long as the dictionary is not read again.
  func values<T: BitwiseCopyable>(as type: T.Type) -> UnsafePointer<T>? {
    values.start.map { UnsafePointer($0.bindMemory(to: T.self, capacity: count)) }
  }

  private static var cut: Damage { .damaged("has a dictionary that is cut short") }
}

extension PhysicalType {
  /// How many bytes a number takes; nil for what is none.
  var width: Int? {
    switch self {
    case .int32, .float: 4
    case .int64, .double: 8
    case .int96: 12
    case .boolean, .byteArray, .fixedLengthByteArray: nil
    }
  }
}

/// Numbers of values in the dictionary (Encodings.md, RLE_DICTIONARY): a byte that says in how many bits each is, then runs.
struct DictionaryReader {
  private static let block = 512

  private var indices: HybridReader

  init(_ bytes: UnsafeRawBufferPointer) throws(Damage) {
    let width = bytes.isEmpty ? 0 : Int(bytes[0])
    guard width <= 32 else { throw .damaged("has indices of \(width) bits") }
    indices = HybridReader(bytes.isEmpty ? bytes : bytes.rebased(from: 1), width: width)
  }

  mutating func read<T: BitwiseCopyable>(
    _ count: Int, of dictionary: borrowing ValueDictionary, into target: UnsafeMutablePointer<T>
  ) throws(Damage) {
    guard dictionary.count > 0, let values = dictionary.values(as: T.self) else { throw Self.beyond }
    // A page header's count: below 2^31.
    let limit = UInt32(clamping: dictionary.count)
    var done = 0
    while done < count {
      let span = try indices.span(min(count - done, Self.block))
      if let value = span.value {
        guard value < limit else { throw Self.beyond }
        (target + done).update(repeating: values[Int(value)], count: span.count)
      } else {
        try unpack(span.count, values, limit, into: target + done)
      }
      done += span.count
    }
  }

  private mutating func unpack<T: BitwiseCopyable>(
    _ count: Int, _ values: UnsafePointer<T>, _ limit: UInt32, into target: UnsafeMutablePointer<T>
  ) throws(Damage) {
    try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.block) {
      (numbers) throws(Damage) in
      guard let numbers = numbers.baseAddress else { return }
      indices.unpackWords(count, into: numbers)
      // The highest bit of one of these is set where an index is not below the limit.
      var beyond: UInt32 = 0
      for i in 0..<count { beyond |= (limit &- 1 &- numbers[i]) | numbers[i] }
      guard beyond >> 31 == 0 else { throw Self.beyond }
      for i in 0..<count { target[i] = values[Int(numbers[i])] }
    }
  }

  private static var beyond: Damage { .damaged("has an index beyond its dictionary") }
}
