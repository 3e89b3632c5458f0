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
    for index in words.indices {
      let word = words[index]
      let key = table.key(paddedAt: base + Int(word.start), count: Int(word.length))
      keys[index] = key
      table.prefetch(key)
    }
    let numbers = log.extend(by: 4 * words.count).assumingMemoryBound(to: UInt32.self)
    var indexed = words.count
    for index in words.indices {
      if let term = table.number(keys[index]) {
        numbers[index] = term.littleEndian
      } else if words[index].length > Tokenizer.maxLength {
        numbers[index] = instead.littleEndian
        indexed -= 1
      } else if let term = table.intern(tokenizer.bytes(words[index]), keys[index]) {
        numbers[index] = term.littleEndian
      } else {
        return nil
      }
    }
    return indexed
  }
}
