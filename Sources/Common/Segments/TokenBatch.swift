/// Some tokens on their way from a text into a field's table.
///
/// A table of many terms is larger than the caches, and a token looked up by itself waits for memory. A batch looks at the
/// slots of all its tokens first.
struct TokenBatch: ~Copyable {
  private static let capacity = 128
  private static let stride = (Tokenizer.maxLength + 8) / 8 * 8

  private let bytes: UnsafeMutableRawPointer
  private let lengths: UnsafeMutablePointer<Int>
  private let hashes: UnsafeMutablePointer<UInt32>
  private var used = 0
  private(set) var count = 0

  init() {
    bytes = .allocate(byteCount: Self.capacity * Self.stride, alignment: 8)
    lengths = .allocate(capacity: Self.capacity)
    hashes = .allocate(capacity: Self.capacity)
  }

  deinit {
    bytes.deallocate()
    lengths.deallocate()
    hashes.deallocate()
  }

  var isFull: Bool { count == Self.capacity }

  /// Takes the tokenizer's token, which has zeros behind it.
  @inline(__always)
  mutating func append(_ tokenizer: borrowing Tokenizer, for table: borrowing TermTable) {
    let head = tokenizer.token.load(as: UInt64.self)
    let target = bytes + used
    target.storeBytes(of: head, as: UInt64.self)
    if tokenizer.length > 8 {
      (target + 8).copyMemory(from: tokenizer.token + 8, byteCount: tokenizer.length - 8)
    }
    lengths[count] = tokenizer.length
    hashes[count] = table.hash(tokenizer.bytes, head: head)
    used += (tokenizer.length + 7) & ~7
    count += 1
  }

  /// Looks all tokens up, and appends their numbers to the log; false where the table is full.
  mutating func drain(into table: inout TermTable, _ log: inout ByteArena) -> Bool {
    table.touch(UnsafeBufferPointer(start: hashes, count: count))
    var at = 0
    log.reserve(4 * count)
    for index in 0..<count {
      let token = UnsafeRawBufferPointer(start: bytes + at, count: lengths[index])
      let head = (bytes + at).load(as: UInt64.self)
      guard let number = table.intern(token, head: head, hash: hashes[index]) else { return false }
      log.append(number)
      at += (lengths[index] + 7) & ~7
    }
    (count, used) = (0, 0)
    return true
  }
}
