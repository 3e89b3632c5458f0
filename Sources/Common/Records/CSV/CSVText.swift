internal import CCSV
internal import JSON

/// JSON being made of fields: bytes that grow in one buffer.
struct CSVText: ~Copyable {
  /// How many bytes of a field are looked at in one go.
  private static let stride = 4096
  /// A copy of a stride may write so many bytes more.
  private static let slack = 16

  private var storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 10, alignment: 16)
  private(set) var count = 0

  deinit { storage.deallocate() }

  /// Valid until the next byte is appended.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<count]) }

  mutating func truncate(to count: Int) { self.count = min(self.count, count) }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if count == storage.count { reserve(1) }
    storage[count] = byte
    count += 1
  }

  mutating func replace(at place: Int, by byte: UInt8) {
    if place < count { storage[place] = byte }
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    reserve(bytes.count)
    storage.baseAddress?.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(repeating byte: UInt8, count: Int) {
    for _ in 0..<count { append(byte) }
  }

  /// Appends the bytes before the first that is `end` or that JSON escapes, and gives their number.
  @inline(__always)
  mutating func append(upTo end: UInt8, from source: UnsafeRawPointer, _ available: Int) -> Int {
    var done = 0
    while done < available {
      let most = min(available - done, Self.stride)
      if storage.count - count < Self.stride + Self.slack { reserve(Self.stride + Self.slack) }
      guard let target = storage.baseAddress else { return done }
      let copied = ccsv_copy(target + count, source + done, most, end)
      count += copied
      done += copied
      if copied < most { break }
    }
    return done
  }

  mutating func append(escaped byte: UInt8) {
    if JSONEscape.isNeeded(byte) { JSONEscape.write(byte) { append($0) } } else { append(byte) }
  }

  /// Takes the quotes from the string that begins at `start` and ends here.
  mutating func unquote(from start: Int) {
    guard count - start >= 2, let base = storage.baseAddress else { return }
    (base + start).copyMemory(from: base + start + 1, byteCount: count - start - 2)
    count -= 2
  }

  /// What the string that begins at `start` and ends here has between its quotes, as it is spelled.
  func string(from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: storage[start + 1..<max(start + 1, count - 1)])
  }

  private mutating func reserve(_ more: Int) {
    guard storage.count - count < more else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(2 * storage.count, count + more), alignment: 16)
    larger.copyMemory(from: bytes)
    storage.deallocate()
    storage = larger
  }
}
