/// What a scalar above ASCII is, as far as words go; freshet-fields(5) has the whole.
enum ScalarKind: UInt8 {
  /// Its text stands for it, and joins its neighbours as that text does: a blank parts words, none is passed over.
  case plain
  /// A mark that belongs to the letter before it.
  case mark
  case hebrew
  case katakana
  /// A word by itself: an ideograph, Hiragana, a fraction.
  case single
  /// Of a script that is written without blanks between words: Line_Break=SA.
  case complex
  /// U+202F, which joins letters and digits, and leaves nothing between them.
  case narrowSpace
  /// A vowel or final consonant that completes a Hangul syllable.
  case jamo

  init?(letter: UInt8) {
    switch letter {
    case UInt8(ascii: "p"), UInt8(ascii: "v"): self = .plain
    case UInt8(ascii: "m"): self = .mark
    case UInt8(ascii: "h"): self = .hebrew
    case UInt8(ascii: "k"): self = .katakana
    case UInt8(ascii: "s"): self = .single
    case UInt8(ascii: "x"): self = .complex
    case UInt8(ascii: "n"): self = .narrowSpace
    case UInt8(ascii: "j"): self = .jamo
    default: return nil
    }
  }
}

/// UnicodeTable, read; made when the first scalar above ASCII is met.
struct UnicodeData: Sendable {
  struct Kinds {
    let scalars: Range<UInt32>
    let kind: ScalarKind
    /// Whether nothing stands for them.
    let vanish: Bool
  }

  struct Folds {
    let scalars: Range<UInt32>
    /// What stands for the first of them; where they rise, each is one more than the one before.
    let text: [UInt32]
    let rises: Bool
  }

  static let shared = UnicodeData()

  /// Both in ascending order.
  private(set) var kinds: [Kinds] = []
  private(set) var folds: [Folds] = []

  private init() {
    readKinds()
    readFolds()
  }

  private mutating func readKinds() {
    var items = TableItems(UnicodeTable.kinds)
    var end: UInt32 = 0x80
    while let letter = items.next() {
      let start = end &+ items.number()
      end = start &+ (items.take("+") ? items.number() : 1)
      if let kind = ScalarKind(letter: letter), start < end {
        kinds.append(Kinds(scalars: start..<end, kind: kind, vanish: letter == UInt8(ascii: "v")))
      }
    }
  }

  private mutating func readFolds() {
    var items = TableItems(UnicodeTable.folds)
    var start: UInt32 = 0
    while !items.isAtEnd {
      if items.take("@") {
        start = items.number()
      } else {
        var text = [items.number()]
        while items.take(".") { text.append(items.number()) }
        let rises = items.take("/")
        let count = rises || items.take("*") ? items.number() : 1
        folds.append(Folds(scalars: start..<start &+ max(count, 1), text: text, rises: rises))
        start = start &+ count
      }
      items.skipBlanks()
    }
  }

  /// The first of ascending ranges that ends behind `scalar`.
  static func first<T>(of items: [T], behind scalar: UInt32, _ range: (T) -> Range<UInt32>) -> Int {
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if range(items[middle]).upperBound <= scalar { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Reads letters, hexadecimal numbers and signs.
private struct TableItems {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0

  init(_ text: StaticString) {
    bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  var isAtEnd: Bool { at == bytes.count }

  /// The next byte that is no blank.
  mutating func next() -> UInt8? {
    skipBlanks()
    guard at < bytes.count else { return nil }
    at += 1
    return bytes[at - 1]
  }

  mutating func skipBlanks() {
    while at < bytes.count, bytes[at] == UInt8(ascii: " ") || bytes[at] == UInt8(ascii: "\n") { at += 1 }
  }

  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: sign) else { return false }
    at += 1
    return true
  }

  mutating func number() -> UInt32 {
    var value: UInt32 = 0
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(bytes[at] - UInt8(ascii: "0"))
      case UInt8(ascii: "A")...UInt8(ascii: "F"):
        value = value << 4 | UInt32(bytes[at] - UInt8(ascii: "A") + 10)
      default: return value
      }
      at += 1
    }
    return value
  }
}
