internal import Failures
internal import Words

/// A word of a query, as each segment has it: the analysis of a field may differ from segment to segment.
struct QueryWord {
  /// How far it is from the first word of its phrase.
  let offset: Int
  /// By the language of the stemmer, that is, none for words as they are.
  private let terms: [String?: [UInt8]]

  /// A keyword, byte by byte.
  init(exactly text: String) {
    offset = 0
    terms = [nil: Array(text.utf8)]
  }

  private init(_ terms: [String?: [UInt8]], offset: Int) {
    self.terms = terms
    self.offset = offset
  }

  /// What a column that was analysed so has for it; nil where no column was.
  func term(stem: String?) -> [UInt8]? { terms[stem] }

  var alone: QueryWord { QueryWord(terms, offset: 0) }

  /// The words of a text, analysed in each of some ways; 69 where there is no stemmer for one.
  static func words(_ text: String, stems: Set<String?>) throws(Failure) -> [QueryWord] {
    let plain = read(text, .folded)
    var terms = plain.map { word in word.map { [String?.none: $0] } ?? [:] }
    let lowered = stems.contains { $0 != nil } ? read(text, .lowered) : []
    for language in stems.compactMap(\.self).sorted() {
      let stemmer = try Stemmer(language)
      for (index, word) in lowered.enumerated() {
        if let word { terms[index][language] = word.withUnsafeBytes { stemmer.stem($0) } }
      }
    }
    let first = plain.firstIndex { $0 != nil } ?? 0
    return terms.indices.filter { plain[$0] != nil }.map { QueryWord(terms[$0], offset: $0 - first) }
  }

  /// The words, nil for one that is too long; in both forms there are as many.
  private static func read(_ text: String, _ form: Tokenizer.Form) -> [[UInt8]?] {
    var tokenizer = Tokenizer(form)
    var words: [[UInt8]?] = []
    Array(text.utf8).withUnsafeBytes { bytes in
      tokenizer.begin(bytes)
      while tokenizer.next() {
        words += tokenizer.words.map {
          $0.length <= Tokenizer.maxLength ? Array(tokenizer.bytes($0)) : nil
        }
      }
    }
    return words
  }
}
