internal import CWords
internal import Words

/// The way of some words from a tokenizer into a field's table.
///
/// A table of many terms is larger than the caches, and a word looked up by itself waits for memory. A batch asks for the slots
/// of all its words first.
struct TokenBatch: ~Copyable {
  private let keys: UnsafeMutablePointer<TermTable.Key>

  init() { keys = .allocate(capacity: Tokenizer.mostWords) }

  deinit { keys.deallocate() }

  /// Appends the numbers of the tokenizer's words to the log, `instead` for a word that is too long; gives the number of the
  /// others, nil where the table is full.
  mutating func drain(
    _ tokenizer: borrowing Tokenizer, into table: inout TermTable, _ log: inout ByteArena, instead: UInt32
  ) -> Int? {
    let (words, base) = (tokenizer.words, tokenizer.base)
    for (index, word) in words.enumerated() {
      let key = table.key(paddedAt: base + Int(word.start), count: Int(word.length))
      keys[index] = key
      table.prefetch(key)
    }
    let numbers = log.extend(by: 4 * words.count)
    var indexed = 0
    for (index, word) in words.enumerated() {
      var number = instead
      if word.length <= Tokenizer.maxLength {
        let bytes = UnsafeRawBufferPointer(start: base + Int(word.start), count: Int(word.length))
        guard let term = table.intern(bytes, keys[index]) else { return nil }
        number = term
        indexed += 1
      }
      numbers.storeBytes(of: number.littleEndian, toByteOffset: 4 * index, as: UInt32.self)
    }
    return indexed
  }
}
