import Foundation

/// The words of a text once more, rule by rule as UAX #29 numbers them, from the standard library's properties and Foundation's
/// normalization. Slow, and with none of the product's tables.
package enum SlowWords {
  /// Nil for a word of more than 255 bytes.
  package static func words(_ whole: String) -> [String?] {
    let scalars = whole.unicodeScalars.map(SlowScalar.of).filter { !$0.vanishes }
    var words: [String?] = []
    var start = 0
    for end in scalars.indices.map({ $0 + 1 }) where end == scalars.count || isBoundary(scalars, before: end)
    {
      let segment = Array(scalars[start..<end])
      if segment.contains(where: \.makesWord) {
        let word = text(of: segment)
        words.append(word.utf8.count > 255 ? nil : word)
      }
      start = end
    }
    return words
  }

  package static func normalForms(_ text: String) -> (composed: String, decomposed: String) {
    (text.precomposedStringWithCanonicalMapping, text.decomposedStringWithCanonicalMapping)
  }

  private static let letters: Set<SlowScalar.Kind?> = [.letter, .hebrew]
  private static let alphanumeric: Set<SlowScalar.Kind?> = [.letter, .hebrew, .digit]
  private static let joined = alphanumeric.union([.katakana, .extendNumLet])

  /// Whether a word ends before the scalar at `place`.
  private static func isBoundary(_ scalars: [SlowScalar], before place: Int) -> Bool {
    let kind = scalars[place].kind
    if kind == .extend { return false }  // WB4
    let before = Array(scalars[..<place].reversed().lazy.map(\.kind).filter { $0 != .extend }.prefix(2))
    let after = scalars[(place + 1)...].first { $0.kind != .extend }?.kind
    guard let last = before.first else { return true }
    let beforeLast = before.count == 2 ? before[1] : nil
    switch (beforeLast, last, kind, after) {
    case (_, .letter, .letter, _), (_, .letter, .hebrew, _), (_, .hebrew, .letter, _),
      (_, .hebrew, .hebrew, _):
      return false  // WB5
    case (_, .letter, .midLetter, .letter?), (_, .letter, .midLetter, .hebrew?),
      (_, .hebrew, .midLetter, .letter?), (_, .hebrew, .midLetter, .hebrew?):
      return false  // WB6
    default: break
    }
    // WB6, WB7
    if letters.contains(last), [.midNumLet, .quote].contains(kind), letters.contains(after) { return false }
    if letters.contains(beforeLast), [.midLetter, .midNumLet, .quote].contains(last), letters.contains(kind) {
      return false
    }  // WB7
    if last == .hebrew, kind == .quote { return false }  // WB7a
    if last == .hebrew, kind == .doubleQuote, after == .hebrew { return false }  // WB7b
    if beforeLast == .hebrew, last == .doubleQuote, kind == .hebrew { return false }  // WB7c
    if alphanumeric.contains(last), alphanumeric.contains(kind) { return false }  // WB8 to WB10
    // WB11
    if beforeLast == .digit, [.midNum, .midNumLet, .quote].contains(last), kind == .digit { return false }
    if last == .digit, [.midNum, .midNumLet, .quote].contains(kind), after == .digit { return false }  // WB12
    if last == .katakana, kind == .katakana { return false }  // WB13
    if joined.contains(last), kind == .extendNumLet { return false }  // WB13a
    if last == .extendNumLet, joined.contains(kind) { return false }  // WB13b
    if last == .complex, kind == .complex { return false }
    // A narrow no-break space between letters and digits.
    if alphanumeric.contains(last), kind == .narrowSpace, alphanumeric.contains(after) { return false }
    if alphanumeric.contains(beforeLast), last == .narrowSpace, alphanumeric.contains(kind) { return false }
    return true
  }

  /// Marks count behind letters only; a quote behind a Hebrew letter is a geresh or a gershayim.
  private static func text(of segment: [SlowScalar]) -> String {
    var text = ""
    var last = SlowScalar.Kind.other
    for scalar in segment {
      switch scalar.kind {
      case .extend where [.letter, .hebrew, .katakana, .single, .complex].contains(last): text += scalar.text
      case .extend: continue
      case .quote where last == .hebrew && scalar.text == "'" && scalar.isASCII: text += "\u{5F3}"
      case .doubleQuote: text += ":"
      default: text += scalar.text
      }
      if scalar.kind != .extend { last = scalar.kind }
    }
    return composed(text.decomposedStringWithCanonicalMapping)
  }

  /// Hangul syllables whole again; all else stays as it is.
  private static func composed(_ text: String) -> String {
    var result = ""
    var jamo = ""
    for scalar in text.unicodeScalars {
      // Foundation takes more than these for what completes a syllable.
      let value = scalar.value
      if 0x1100...0x1112 ~= value || 0x1161...0x1175 ~= value || 0x11A8...0x11C2 ~= value {
        jamo.unicodeScalars.append(scalar)
      } else {
        result += jamo.precomposedStringWithCanonicalMapping
        jamo = ""
        result.unicodeScalars.append(scalar)
      }
    }
    return result + jamo.precomposedStringWithCanonicalMapping
  }
}
