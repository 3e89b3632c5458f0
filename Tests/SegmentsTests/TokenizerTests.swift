import Testing

@testable import Segments

/// Which words a text has. The reference takes each scalar's properties from the standard library too.
///
/// Not tested: whether the standard library's Unicode tables are of the version that some other engine has.
struct TokenizerTests {
  static func tokens(_ text: String) -> [String] {
    var tokenizer = Tokenizer()
    var tokens: [String] = []
    withBytes(text) {
      var at = 0
      while tokenizer.next(in: $0, from: &at) {
        tokens.append(tokenizer.isTooLong ? "(too long)" : String(decoding: tokenizer.bytes, as: UTF8.self))
      }
    }
    return tokens
  }

  @Test(arguments: [
    ("", []), (" .,-_\n", []), ("One two3", ["one", "two3"]), ("don't e-mail", ["don", "t", "e", "mail"]),
    ("Ärger ÉTÉ", ["ärger", "été"]), ("ΟΔΟΣ", ["οδοσ"]), ("İstanbul", ["i\u{307}stanbul"]),
    ("e\u{301}", ["e\u{301}"]), ("日本語 テスト", ["日本語", "テスト"]), ("½ ² Ⅷ", ["½", "²", "ⅷ"]),
    ("a\0b", ["a", "b"]),
    ("“quoted”", ["quoted"]), ("x\u{200B}y", ["x", "y"]), ("𝔘𐐀", ["𝔘𐐨"]), ("a😀b", ["a", "b"]),
    (String(repeating: "x", count: 255), [String(repeating: "x", count: 255)]),
    ("a " + String(repeating: "x", count: 256) + " b", ["a", "(too long)", "b"]),
    (String(repeating: "é", count: 128), ["(too long)"]),
  ])
  func `a text has its words`(text: String, expected: [String]) { #expect(Self.tokens(text) == expected) }

  /// Many a text, since each expectation takes longer than what it looks at.
  @Test func `every scalar is as the reference has it`() {
    for page in UInt32(0)..<0x200 {
      let scalars = (page * 256..<(page + 1) * 256).compactMap(Unicode.Scalar.init)
      let texts = scalars.map { "a\(Character($0))B" }
      let ours = texts.map { Self.tokens($0).map { Array($0.utf8) } }
      #expect(ours == texts.map { ReferenceIndex.words([$0]).map(\.0) }, "U+\(String(page, radix: 16))00")
    }
  }

  @Test func `bytes that are not UTF-8 end a word`() {
    var tokenizer = Tokenizer()
    for bytes: [UInt8] in [
      [0x61, 0xFF, 0x62], [0x61, 0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0x80],
    ] {
      bytes.withUnsafeBytes {
        var at = 0
        while tokenizer.next(in: $0, from: &at) { #expect(tokenizer.length == 1) }
        #expect(at == bytes.count)
      }
    }
  }
}
