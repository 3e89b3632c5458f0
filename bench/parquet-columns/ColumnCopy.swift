internal import Parquet

/// A flat column as a whole in memory, a place for each entry, as Arrow has it: numbers one after the other, byte arrays
/// likewise and besides where each begins.
struct ColumnCopy: ~Copyable {
  private var values = Growing()
  private var offsets = Growing()

  var count: Int { values.count }

  /// Begins again, in the same memory.
  mutating func clear() {
    values.clear()
    offsets.clear()
  }

  mutating func add(_ batch: ColumnBatch, _ leaf: Leaf) {
    switch leaf.physical {
    case .boolean: add(batch.booleans, batch.definitions, leaf)
    case .int32: add(batch.int32, batch.definitions, leaf)
    case .int64: add(batch.int64, batch.definitions, leaf)
    case .int96: add(batch.int96, batch.definitions, leaf)
    case .float: add(batch.float, batch.definitions, leaf)
    case .double: add(batch.double, batch.definitions, leaf)
    case .byteArray, .fixedLengthByteArray: add(batch.bytes, batch.definitions, leaf)
    }
  }

  private mutating func add<T: BitwiseCopyable>(
    _ found: UnsafeBufferPointer<T>, _ definitions: UnsafeBufferPointer<UInt8>, _ leaf: Leaf
  ) {
    let width = MemoryLayout<T>.stride
    guard !definitions.isEmpty else {
      values.append(UnsafeRawBufferPointer(found))
      return
    }
    let target = values.append(definitions.count * width)
    var next = 0
    for (i, level) in definitions.enumerated() where level == leaf.maxDefinition {
      target.storeBytes(of: found[next], toByteOffset: i * width, as: T.self)
      next += 1
    }
  }

  private mutating func add(
    _ found: UnsafeBufferPointer<ByteView>, _ definitions: UnsafeBufferPointer<UInt8>, _ leaf: Leaf
  ) {
    let entries = definitions.isEmpty ? found.count : definitions.count
    let size = found.reduce(0) { $0 &+ $1.count }
    var begin = UInt32(truncatingIfNeeded: values.count)
    var target = values.append(size)
    let starts = offsets.append(entries * 4)
    var next = 0
    for i in 0..<entries {
      starts.storeBytes(of: begin, toByteOffset: i * 4, as: UInt32.self)
      guard definitions.isEmpty || definitions[i] == leaf.maxDefinition else { continue }
      let bytes = found[next].bytes
      next += 1
      copy(bytes, to: target)
      target += bytes.count
      begin &+= UInt32(truncatingIfNeeded: bytes.count)
    }
  }
}

/// Copies whole words: what it writes behind the end is written over by the next.
private func copy(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
  guard let start = bytes.baseAddress else { return }
  if bytes.count > ByteView.slack { return target.copyMemory(from: start, byteCount: bytes.count) }
  for offset in stride(from: 0, to: bytes.count, by: 16) {
    let word = start.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
    target.storeBytes(of: word, toByteOffset: offset, as: SIMD16<UInt8>.self)
  }
}

/// Memory at whose end more is put.
private struct Growing: ~Copyable {
  private var start = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 16)
  private var capacity = 1 << 20
  private(set) var count = 0

  deinit { start.deallocate() }

  mutating func clear() { count = 0 }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if let from = bytes.baseAddress { append(bytes.count).copyMemory(from: from, byteCount: bytes.count) }
  }

  @discardableResult mutating func append(_ size: Int) -> UnsafeMutableRawPointer {
    if count + size + ByteView.slack > capacity {
      capacity = max(capacity * 2, count + size + ByteView.slack)
      let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
      larger.copyMemory(from: start, byteCount: count)
      start.deallocate()
      start = larger
    }
    defer { count += size }
    return start + count
  }
}
