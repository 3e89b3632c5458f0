internal import CWords

/// The words of a text, by UAX #29 of Unicode 15.0, folded; freshet-fields(5) says how, exactly.
///
/// A text is folded first, so that the rules of ASCII find its words (FoldedText); these then come from bit masks of 64 bytes
/// at a time, a word where a run of ones is.
package struct Tokenizer: ~Copyable {
  /// A word of more bytes is not indexed, but takes its place among the positions.
  package static let maxLength = 255

  /// Where a word lies behind `base`; at least sixteen bytes behind it may be read.
  package struct Word {
    package let start: UInt32
    package let length: UInt32
  }

  /// At most as many words a batch; a block of 64 bytes has 32 at most.
  package static let mostWords = 256
  /// So many blocks have their bytes told apart at a time.
  private static let mostClasses = 32
  /// Of a long text about as many bytes are folded at a time, up to a blank.
  private static let window = 1 << 16

  private var folded: FoldedText
  private let found: UnsafeMutablePointer<Word>
  private let classes: UnsafeMutablePointer<CWordsBlock>
  private var count = 0
  /// What is not folded yet.
  private var rest = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The next block of what is, and whether its last byte was a letter, a digit, in a word.
  private var block = 0
  private var blocks = 0
  private var carry = (letter: UInt64(0), digit: UInt64(0), word: UInt64(0))
  /// Where the word begins that the last block ended in.
  private var start = 0
  /// Whether there was one in the last block.
  private var hasUnderscore = false

  package init(_ form: Form = .folded) {
    folded = FoldedText(form == .folded ? .folded : .lowered)
    found = .allocate(capacity: Self.mostWords)
    classes = .allocate(capacity: Self.mostClasses)
  }

  deinit {
    found.deallocate()
    classes.deallocate()
  }

  package enum Form {
    case folded
    /// As stemmers want words: letters keep their marks.
    case lowered
  }

  package var base: UnsafeRawPointer { UnsafeRawPointer(folded.base) }
  /// The words that `next` found, until it is called again.
  package var words: UnsafeBufferPointer<Word> { UnsafeBufferPointer(start: found, count: count) }

  package func bytes(_ word: Word) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + Int(word.start), count: Int(word.length))
  }

  /// Takes a text, which must stay where it is until `next` has said that there are no more words.
  package mutating func begin(_ text: UnsafeRawBufferPointer) {
    rest = text
    (block, blocks) = (0, 0)
  }

  /// Finds some more words; false where there are none.
  package mutating func next() -> Bool {
    count = 0
    while true {
      while block < blocks {
        if count > Self.mostWords - 33 { return true }
        if block % Self.mostClasses == 0 { classify() }
        scan()
      }
      if count > 0 { return true }
      if rest.isEmpty { return false }
      foldWindow()
    }
  }

  private mutating func foldWindow() {
    var end = rest.count
    if end > Self.window {
      let blank =
        rest[..<Self.window].lastIndex { $0 <= 0x20 } ?? rest[Self.window...].firstIndex { $0 <= 0x20 }
      end = blank ?? end
      if end == 0 { end = 1 }
    }
    folded.fold(UnsafeRawBufferPointer(rebasing: rest[..<end]))
    rest = UnsafeRawBufferPointer(rebasing: rest[end...])
    // At least one zero is behind the last word.
    blocks = folded.count / 64 + 1
    block = 0
    carry = (0, 0, 0)
  }

  /// What the bytes of the next blocks are.
  private mutating func classify() {
    cwords_scan(folded.base + block * 64, min(blocks - block, Self.mostClasses), classes)
  }

  /// The words of a block: WB5 to WB13b for ASCII, of all its bytes at once.
  private mutating func scan() {
    let offset = block * 64
    let masks = classes[block % Self.mostClasses]
    block += 1
    let (letters, digits) = (masks.letters, masks.digits)
    let joins = masks.betweenLetters | masks.betweenDigits
    var word = letters | digits | masks.underscores
    if joins != 0 {
      let next = joins >> 63 != 0 ? Self.classes(folded.base[offset + 64]) : (0, 0)
      let letterBefore = letters << 1 | carry.letter
      let digitBefore = digits << 1 | carry.digit
      word |= masks.betweenLetters & letterBefore & (letters >> 1 | next.0 << 63)
      word |= masks.betweenDigits & digitBefore & (digits >> 1 | next.1 << 63)
    }
    var starts = word & ~(word << 1 | carry.word)
    var ends = ~word & (word << 1 | carry.word)
    var start = start
    if carry.word == 0 { start = offset + Self.takeFirst(&starts) }
    let first = count
    var count = count
    while ends != 0 {
      let end = offset + Self.takeFirst(&ends)
      found[count] = Word(
        start: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: end &- start))
      count &+= 1
      start = offset + Self.takeFirst(&starts)
    }
    self.start = start
    self.count = count
    carry = (letters >> 63, digits >> 63, word >> 63)
    if masks.underscores != 0 || hasUnderscore { dropUnderscores(from: first) }
    hasUnderscore = masks.underscores != 0
  }

  /// The place of the lowest one, which becomes a zero; 64 where there is none.
  private static func takeFirst(_ bits: inout UInt64) -> Int {
    defer { bits &= bits &- 1 }
    return bits.trailingZeroBitCount
  }

  private static func classes(_ byte: UInt8) -> (letter: UInt64, digit: UInt64) {
    let isLetter = byte >= 0x80 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    return (isLetter ? 1 : 0, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte ? 1 : 0)
  }

  /// Of the words found from that one on, leaves out those that are nothing but `_`.
  private mutating func dropUnderscores(from first: Int) {
    var kept = first
    for index in first..<count {
      let word = found[index]
      found[kept] = word
      if bytes(word).contains(where: { $0 != UInt8(ascii: "_") }) { kept += 1 }
    }
    count = kept
  }
}
