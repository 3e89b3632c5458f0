internal import Words

/// The words of a field that is stemmed: each word's stem is looked for once, when the word is first met.
final class StemmedTerms {
  private let stemmer: Stemmer
  private var tokenizer = Tokenizer(.lowered)
  private var words = TermTable()
  private var batch = TokenBatch()
  private var log = ByteArena()
  /// By a word's number, that of its stem.
  private var stems: [UInt32] = []

  init(_ stemmer: Stemmer) { self.stemmer = stemmer }

  var bytesHeld: Int { words.bytesHeld + 4 * stems.count }

  /// As the loop of `TermField.add(text:)`: gives the positions taken and how many words of them are indexed; nil where a
  /// table is full.
  func add(
    _ text: UnsafeRawBufferPointer, into table: inout TermTable, _ target: inout ByteArena, instead: UInt32
  ) -> (positions: Int, indexed: Int)? {
    var (positions, indexed) = (0, 0)
    tokenizer.begin(text)
    while tokenizer.next() {
      log.removeAll()
      guard let count = batch.drain(tokenizer, into: &words, &log, instead: instead), addStems(to: &table)
      else { return nil }
      for number in log.elements(UInt32.self) {
        target.append(number == instead ? instead : stems[Int(number)])
      }
      positions += tokenizer.words.count
      indexed += count
    }
    return (positions, indexed)
  }

  /// Hands over the numbers of stems, and how often a word with that stem came; a stem of several words comes several times.
  func forEachUse(_ body: (_ number: Int, _ uses: UInt64) -> Void) {
    words.forEachUse { body(Int(stems[$0]), $1) }
  }

  private func addStems(to table: inout TermTable) -> Bool {
    while stems.count < words.count {
      let stem = stemmer.stem(words.strings[stems.count])
      guard let number = stem.withUnsafeBytes({ table.intern($0) }) else { return false }
      stems.append(number)
    }
    return true
  }
}
