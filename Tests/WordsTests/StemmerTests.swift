import Failures
import Testing

@testable import Words

/// Stems come from libstemmer, folded.
///
/// Not tested here: all of its languages; Tests/Pipes/50-independent compares two with libstemmer itself.
struct StemmerTests {
  static func stems(_ text: String, _ language: String) throws -> [String] {
    let stemmer = try Stemmer(language)
    var tokenizer = Tokenizer(.lowered)
    var stems: [String] = []
    Array(text.utf8).withUnsafeBytes {
      tokenizer.begin($0)
      while tokenizer.next() {
        stems += tokenizer.words.map {
          String(decoding: stemmer.stem(tokenizer.bytes($0)), as: UTF8.self)
        }
      }
    }
    return stems
  }

  @Test(arguments: [
    ("english", "Running runs CITIES don't", ["run", "run", "citi", "don't"]),
    ("french", "chevaux ÉTÉ naïveté", ["cheval", "ete", "naivet"]),
    ("german", "Häuser Straßen", ["haus", "strass"]),
    ("russian", "ёлкой", ["елк"]), ("english", "日本 ½ ไทย", ["日", "本", "1;2", "ไทย"]),
  ])
  func `words have their stems`(language: String, text: String, expected: [String]) throws {
    #expect(try Self.stems(text, language) == expected)
  }

  @Test func `a language that the library does not know is unavailable`() {
    #expect(
      throws: Failure(
        .unavailable, cannot: "stem", "klingon", because: "the libstemmer here does not know it")
    ) {
      _ = try Stemmer("klingon")
    }
  }
}
