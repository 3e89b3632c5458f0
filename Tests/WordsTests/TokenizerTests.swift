import Seeded
import Testing

@testable import Words

func words(_ bytes: [UInt8], _ form: Tokenizer.Form = .folded) -> [[UInt8]] {
  var tokenizer = Tokenizer(form)
  var words: [[UInt8]] = []
  bytes.withUnsafeBytes {
    tokenizer.begin($0)
    while tokenizer.next() { words += tokenizer.words.map { Array(tokenizer.bytes($0)) } }
  }
  return words
}

func words(_ text: String, _ form: Tokenizer.Form = .folded) -> [String] {
  words(Array(text.utf8), form).map { String(decoding: $0, as: UTF8.self) }
}

/// Which words a text has.
///
/// Not tested here: the tables against ICU, which Tests/Pipes/50-independent does.
struct TokenizerTests {
  @Test(arguments: [
    ("", []), (" .,-_\n", []), ("One two3", ["one", "two3"]), ("don't e-mail", ["don't", "e", "mail"]),
    ("don’t ‘so’", ["don't", "so"]), ("3.5 1,000 1;2 4:5 a.b a:b a,b .5. x.", ["3.5", "1,000", "1;2", "4", "5", "a.b", "a:b", "a", "b", "5", "x"]),
    ("_a_1_ ___ b'", ["_a_1_", "b"]), ("a''b a.'b", ["a", "b", "a", "b"]), ("1.a a.1", ["1", "a", "a", "1"]),
    ("Ärger ÉTÉ e\u{301}te\u{301}", ["arger", "ete", "ete"]), ("ΟΔΟΣ οδός", ["οδοσ", "οδοσ"]),
    ("İstanbul ISTANBUL ıstanbul", ["istanbul", "istanbul", "istanbul"]),
    ("Straße STRASSE ﬁn Ｆｕｌｌ", ["strasse", "strasse", "fin", "full"]), ("Œuvre Łódź smørrebrød", ["oeuvre", "lodz", "smorrebrod"]),
    ("日本語 テスト ひら", ["日", "本", "語", "テスト", "ひ", "ら"]), ("ｶﾞ が か\u{3099} カ゛ア", ["カ\u{3099}", "か\u{3099}", "か\u{3099}", "カ\u{3099}ア"]),
    ("aカb_カ_c", ["a", "カ", "b_カ_c"]), ("ภาษาไทย๑๒", ["ภาษาไทย", "12"]), ("½ m² Ⅷ ①", ["1;2", "m", "2", "viii", "1"]),
    ("한국어 \u{1112}\u{1161}\u{11AB}국어 ㄱㅏ", ["한국어", "한국어", "가"]), ("कि क\u{93C} ख\u{94D}", ["कि", "क\u{93C}", "ख\u{94D}"]),
    ("צה\"ל צה״ל ג'ירף א' א'1 שָׁלוֹם", ["צה:ל", "צה:ל", "ג׳ירף", "א׳", "א׳", "1", "שלום"]), ("مُحَمَّد أحمد ٣٫٥", ["محمد", "احمد", "3.5"]),
    ("12\u{202F}000\u{202F}€ prix\u{202F}: a\u{202F}b", ["12000", "prix", "ab"]), ("col·lecció", ["col:leccio"]),
    ("a\0b", ["a", "b"]), ("“quoted”", ["quoted"]), ("x\u{200B}y x\u{AD}y", ["x", "y", "xy"]), ("𝔘𐐀", ["u𐐨"]), ("a😀b 👩‍👩‍👧 1️⃣", ["a", "b", "1"]),
  ])
  func `a text has its words`(text: String, expected: [String]) { #expect(words(text) == expected) }
}
