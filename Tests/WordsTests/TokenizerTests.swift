import Seeded
import SlowWords
import Synchronization
import Testing

@testable import Words

/// One for all tests: each makes its pages anew.
private let folding = Mutex(Tokenizer())

func words(_ bytes: [UInt8]) -> [[UInt8]] {
  folding.withLock { tokenizer in
    var words: [[UInt8]] = []
    bytes.withUnsafeBytes {
      tokenizer.begin($0)
      while tokenizer.next() { words += tokenizer.words.map { Array(tokenizer.bytes($0)) } }
    }
    return words
  }
}

func words(_ text: String) -> [String] {
  words(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
}

/// Which words a text has.
///
/// Not tested here: the tables against ICU, which Tests/Pipes/50-independent does.
struct TokenizerTests {
  @Test(arguments: [
    ("", []), (" .,-_\n", []), ("One two3", ["one", "two3"]), ("don't e-mail", ["don't", "e", "mail"]),
    ("don’t ‘so’", ["don't", "so"]),
    (
      "3.5 1,000 1;2 4:5 a.b a:b a,b .5. x.",
      ["3.5", "1,000", "1;2", "4", "5", "a.b", "a:b", "a", "b", "5", "x"]
    ),
    ("_a_1_ ___ b'", ["_a_1_", "b"]), ("a''b a.'b", ["a", "b", "a", "b"]), ("1.a a.1", ["1", "a", "a", "1"]),
    ("Ärger ÉTÉ e\u{301}te\u{301}", ["arger", "ete", "ete"]), ("ΟΔΟΣ οδός", ["οδοσ", "οδοσ"]),
    ("İstanbul ISTANBUL ıstanbul", ["istanbul", "istanbul", "istanbul"]),
    ("Straße STRASSE ﬁn Ｆｕｌｌ", ["strasse", "strasse", "fin", "full"]),
    ("Œuvre Łódź smørrebrød", ["oeuvre", "lodz", "smorrebrod"]),
    ("日本語 テスト ひら", ["日", "本", "語", "テスト", "ひ", "ら"]),
    ("ｶﾞ が か\u{3099} カ゛ア", ["カ\u{3099}", "か\u{3099}", "か\u{3099}", "カ\u{3099}ア"]),
    ("aカb_カ_c", ["a", "カ", "b_カ_c"]), ("ภาษาไทย๑๒", ["ภาษาไทย", "12"]),
    ("½ m² Ⅷ ①", ["1;2", "m", "2", "viii", "1"]),
    ("한국어 \u{1112}\u{1161}\u{11AB}국어 ㄱㅏ", ["한국어", "한국어", "가"]),
    ("कि क\u{93C} ख\u{94D}", ["कि", "क\u{93C}", "ख\u{94D}"]),
    ("צה\"ל צה״ל ג'ירף א' א'1 שָׁלוֹם", ["צה:ל", "צה:ל", "ג׳ירף", "א׳", "א׳", "1", "שלום"]),
    ("مُحَمَّد أحمد ٣٫٥", ["محمد", "احمد", "3.5"]),
    ("12\u{202F}000\u{202F}€ prix\u{202F}: a\u{202F}b", ["12000", "prix", "ab"]),
    ("col·lecció", ["col:leccio"]),
    ("a\0b", ["a", "b"]), ("“quoted”", ["quoted"]), ("x\u{200B}y x\u{AD}y", ["x", "y", "xy"]), ("𝔘𐐀", ["u𐐨"]),
    ("a😀b 👩‍👩‍👧 1️⃣", ["a", "b", "1"]),
  ])
  func `a text has its words`(text: String, expected: [String]) { #expect(words(text) == expected) }

  @Test(arguments: [
    (255, "x", true), (256, "x", false), (255, "É", true), (256, "é", false), (85, "日", true),
    (127, "д", true), (128, "д", false),
  ])
  func `a word of over 255 bytes is too long`(count: Int, letter: String, fits: Bool) {
    let found = words("a " + String(repeating: letter, count: count) + " b").map(\.utf8.count)
    if letter == "日" {
      #expect(found.count == count + 2)
    } else {
      #expect(found.count == 3 && (found[1] <= Tokenizer.maxLength) == fits)
    }
  }

  static func check(_ text: String, _ comment: String = "") {
    let expected = SlowWords.words(text)
    let found = words(Array(text.utf8)).map {
      $0.count > Tokenizer.maxLength ? nil : String(decoding: $0, as: UTF8.self)
    }
    // By scalars: strings are equal that Unicode's normal forms tell apart.
    #expect(
      found.map { $0.map { Array($0.utf8) } } == expected.map { $0.map { Array($0.utf8) } },
      "\(comment) \(text.unicodeScalars.map { String($0.value, radix: 16) }) \(found) \(expected)")
  }

  /// Each between letters, digits and by itself; of the ideographs and what is not assigned, some; the fast part has all of
  /// the first alphabets.
  @Test func `every scalar is as the slow way has it`() {
    var wrong: [String] = []
    let all = Sample.rounds(quick: 0x700, full: 0x3000, long: 0x3000)
    let (dense, sparse) = (
      Sample.rounds(quick: 19, full: 1, long: 1), Sample.rounds(quick: 997, full: 61, long: 1)
    )
    for value in 0..<0x11_0000 {
      let isDense = value < 0x3500 || (0xA000..<0xAC80).contains(value) || (0xF900..<0x2_0000).contains(value)
      guard value < all || value % (isDense ? dense : sparse) == 0,
        let scalar = Unicode.Scalar(UInt32(value))
      else { continue }
      let text = "a\(scalar)b 1\(scalar)2 \(scalar) \u{30AB}\(scalar)\u{5D0}\(scalar)\u{5D1} \u{915}\(scalar)"
      let expected = SlowWords.words(text).map { Array(($0 ?? "").utf8) }
      if words(Array(text.utf8)) != expected { wrong.append(String(value, radix: 16)) }
    }
    #expect(wrong == [])
  }

  /// What the rules are about, and what they are not.
  static let scalars: [Unicode.Scalar] =
    Array(
      "aZß9_'.:,;\" é’·\u{301}\u{AD}\u{200D}\u{202F}\u{5D0}\u{5F4}\u{5F3}\u{30AB}\u{FF76}\u{3099}\u{309B}\u{3042}日\u{E01}\u{E31}\u{E51}\u{663}\u{66B}\u{66C}"
        .unicodeScalars)
    + Array(
      "\u{915}\u{93C}\u{94D}\u{93F}\u{1100}\u{1161}\u{11A8}\u{AC00}\u{3131}\u{314F}½②Ⅷ😀\u{FE0F}\u{203F}\u{FF3F}\n\u{640}ﷺ\u{37A}ﬁ\u{2044}Д"
        .unicodeScalars)

  @Test(arguments: 0..<8) func `random texts are as the slow way has them`(seed: Int) {
    var random = SeededRandom(UInt64(seed))
    for _ in 0..<Sample.rounds(quick: 100, full: 2000, long: 50_000) {
      let count = Int.random(in: 1...(Bool.random(using: &random) ? 6 : 90), using: &random)
      var text = String.UnicodeScalarView()
      for _ in 0..<count {
        let any = Unicode.Scalar(UInt32.random(in: 0..<0x3000, using: &random))
        text.append(
          Int.random(in: 0..<8, using: &random) == 0
            ? any ?? "x" : Self.scalars.randomElement(using: &random) ?? "x")
      }
      Self.check(String(text))
    }
  }

  /// ASCII is found 64 bytes at a time: whatever stands at a block's edge.
  @Test(arguments: 0..<4) func `random texts of ASCII are as the slow way has them`(seed: Int) {
    var random = SeededRandom(UInt64(seed))
    for _ in 0..<Sample.rounds(quick: 100, full: 2000, long: 50_000) {
      let count = Int.random(in: 50...200, using: &random)
      let bytes = (0..<count).map { _ in Array("aaaBZz09_'.:,; -\0".utf8).randomElement(using: &random) ?? 0 }
      Self.check(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func `canonically equivalent texts have the same words`() {
    for seed in 0..<Sample.rounds(quick: 50, full: 500, long: 20_000) {
      var random = SeededRandom(UInt64(seed))
      var text = String.UnicodeScalarView()
      for _ in 0..<20 { text.append(Unicode.Scalar(UInt32.random(in: 0x20..<0x3400, using: &random)) ?? "x") }
      let (composed, decomposed) = SlowWords.normalForms(String(text))
      // An iota subscript is a mark that is folded to a letter: what marks stand around it makes a difference.
      if decomposed.unicodeScalars.contains("\u{345}") { continue }
      #expect(words(Array(composed.utf8)) == words(Array(decomposed.utf8)), "seed \(seed)")
    }
  }

  @Test func `a long text is folded in windows, which part no word`() {
    var random = SeededRandom(7)
    let vocabulary = [
      "a", "été", "don't", "3.5", "日本", "x_y", String(repeating: "z", count: 300), "\u{5D0}'", "ภาษา",
    ]
    let list = (0..<60_000).map { _ in vocabulary.randomElement(using: &random) ?? "" }
    let whole = words(Array(list.joined(separator: " ").utf8))
    let parts = list.flatMap { words(Array($0.utf8)) }
    // One truth at the end: what differs between long lists takes long to say.
    #expect(whole.elementsEqual(parts))
    let unbroken = String(repeating: "é.", count: 100_000)
    #expect(words(unbroken).map(\.utf8.count) == [199_999])
  }

  // MARK: Bytes that are not UTF-8

  @Test func `bytes that are not UTF-8 part words`() {
    for bytes: [UInt8] in [
      [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0x80], [0xC0, 0x80],
      [0xC1, 0xBF], [0xE0, 0x80, 0x80],
      [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ] {
      #expect(words([0x61] + bytes + [0x62]) == [[0x61], [0x62]], "\(bytes)")
      #expect(words([0x61] + bytes) == [[0x61]], "\(bytes)")
    }
  }

  /// Foundation's repairs are the reference: each byte that is wrong parts words, as U+FFFD does.
  @Test(arguments: 0..<4) func `random bytes are words of what is valid in them`(seed: Int) {
    var random = SeededRandom(UInt64(seed))
    for _ in 0..<Sample.rounds(quick: 100, full: 3000, long: 50_000) {
      var bytes = Array(
        String(
          String.UnicodeScalarView((0..<20).compactMap { _ in Self.scalars.randomElement(using: &random) })
        ).utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let repaired = String(decoding: bytes, as: UTF8.self)
      #expect(words(bytes) == SlowWords.words(repaired).map { Array(($0 ?? "").utf8) })
    }
  }

  @Test func `every byte is in bounds, wherever a text is cut`() {
    let text = Array(String(String.UnicodeScalarView(Self.scalars)).utf8)
    for start in text.indices {
      for end in start...text.count { _ = words(Array(text[start..<end])) }
    }
  }
}
