/// A command line as words, by the rules of a shell as far as they are about quotes; nothing in it is expanded.
///
/// | written    | stands for                                                                   |
/// |------------|------------------------------------------------------------------------------|
/// | `\c`       | the character c                                                              |
/// | `'...'`    | what is in it                                                                |
/// | `"..."`    | what is in it; there `\"` is `"` and `\\` is `\`, and any other `\` is itself |
enum ArgumentWords {
  /// Nil where a quote is not closed, or the last character is a `\`.
  static func split(_ line: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var rest = line.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case " ", "\t", "\n", "\r":
        if let done = word { words.append(done) }
        word = nil
      case "'", "\"":
        guard let quoted = takeQuoted(from: &rest, until: scalar) else { return nil }
        word = (word ?? "") + quoted
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        word = (word ?? "") + String(next)
      default: word = (word ?? "") + String(scalar)
      }
    }
    return word.map { words + [$0] } ?? words
  }

  private static func takeQuoted(
    from rest: inout Substring.UnicodeScalarView, until quote: Unicode.Scalar
  ) -> String? {
    var text = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == quote { return String(text) }
      if scalar == "\\", quote == "\"", let next = rest.first, next == "\"" || next == "\\" {
        rest.removeFirst()
        text.append(next)
      } else {
        text.append(scalar)
      }
    }
    return nil
  }
}
