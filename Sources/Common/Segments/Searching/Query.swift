package import Failures

/// What is asked of an index.
///
///     word  "a phrase"  field:word  field:"a phrase"     any of them; the more, the better the score
///     +word  +"a phrase"  +field:word                    must be there
///     -word  -"a phrase"  -field:word                    must not be there
///     field:10..20  field:10..  field:..20  field:15     a number field within bounds, both included
///     field:value  field:"a value"                       an id, group or keyword field, byte by byte
///
/// A word without a field is looked for in every text field. In quotes, `\"` and `\\` stand for `"` and `\`.
package struct Query: Equatable, Sendable {
  package enum Sign: Equatable, Sendable { case should, must, mustNot }

  package struct Clause: Equatable, Sendable {
    package var sign: Sign
    package var field: String?
    package var text: String
    package var isQuoted: Bool

    package init(_ sign: Sign = .should, field: String? = nil, _ text: String, isQuoted: Bool = false) {
      self.sign = sign
      self.field = field
      self.text = text
      self.isQuoted = isQuoted
    }
  }

  package var clauses: [Clause]
}

extension Query {
  /// Parses a query; with `allRequired` each word without a sign must be there. 64 for what is no query.
  package init(parsing text: String, allRequired: Bool = false) throws(Failure) {
    var parser = QueryParser(text)
    clauses = []
    while let clause = try parser.next() {
      clauses.append(clause)
      if allRequired && clause.sign == .should { clauses[clauses.count - 1].sign = .must }
    }
  }
}

private struct QueryParser {
  private let whole: String
  private var rest: Substring.UnicodeScalarView

  init(_ text: String) {
    whole = text
    rest = text[...].unicodeScalars
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? scalar == " " || ("\t"..."\r").contains(scalar) : scalar.properties.isWhitespace
  }

  private func failure(_ reason: String) -> Failure {
    Failure(.usage, cannot: "read the query", whole, because: reason)
  }

  mutating func next() throws(Failure) -> Query.Clause? {
    rest = rest.drop(while: Self.isBlank)
    guard let first = rest.first else { return nil }
    var clause = Query.Clause(first == "+" ? .must : first == "-" ? .mustNot : .should, "")
    if clause.sign != .should { rest.removeFirst() }
    let start = rest
    var word = takeWord()
    if let colon = word.firstIndex(of: ":") {
      clause.field = String(word[..<colon])
      word = word[word.index(after: colon)...]
    }
    if word.isEmpty && rest.first == "\"" {
      clause.text = try takeQuoted()
      clause.isQuoted = true
    } else {
      clause.text = String(word)
    }
    guard clause.isQuoted || !clause.text.isEmpty else {
      throw failure(
        "nothing follows \(clause.field == nil ? String(first) : String(start.prefix { $0 != " " }))")
    }
    return clause
  }

  /// Up to white space or a quote.
  private mutating func takeWord() -> Substring.UnicodeScalarView {
    let word = rest.prefix { !Self.isBlank($0) && $0 != "\"" }
    rest = rest[word.endIndex...]
    return word
  }

  private mutating func takeQuoted() throws(Failure) -> String {
    rest.removeFirst()
    var text = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return String(text) }
      if scalar == "\\", let escaped = rest.first, escaped == "\"" || escaped == "\\" {
        text.append(rest.removeFirst())
      } else {
        text.append(scalar)
      }
    }
    throw failure("a quote is not closed")
  }
}
