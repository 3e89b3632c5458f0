package import Failures

// A fields file, in UTF-8: a line a field, columns separated by blanks and tabs. A word that begins with `#` begins a
// comment; lines without a word are passed over.
//
//     # name        type      scope     merge   positions
//     ad_id         id
//     item_id       group
//     title         text      document  last
//     blurb         text      nopositions  stem=english
//     clicks        number    group     sum
//
// Behind the columns stand options, in any order. Columns can be left out at the end of a line only, and `-` stands for the default. freshet-fields(5) is the page.

extension Fields {
  /// Parses a fields file; 78 with the line's number and the reason where it is wrong.
  package static func parse(_ bytes: [UInt8], name: String) throws(Failure) -> Fields {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.configuration, cannot: "read", name, because: "it is not UTF-8")
    }
    var fields: [Field] = []
    var lines: [Int] = []
    for (number, line) in lineWords(text) {
      do throws(FieldLine.Fault) {
        fields.append(try FieldLine.parse(line))
      } catch {
        throw Failure(.configuration, cannot: "read", "\(name):\(number)", because: error.reason)
      }
      lines.append(number)
      // One too many is enough to be refused by.
      if fields.count > FieldRules.mostFields { break }
    }
    do throws(FieldRules.Violation) {
      _ = try FieldRules.check(fields)
    } catch {
      let place = error.field.map { "\(name):\(lines[$0])" } ?? name
      throw Failure(.configuration, cannot: "read", place, because: error.reason)
    }
    return try Fields(all: fields)
  }

  /// The words of each line that has any, with the line's number from 1, without comments.
  private static func lineWords(_ text: String) -> [(number: Int, words: [String])] {
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.enumerated().compactMap { index, line in
      let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
        .prefix { $0.first != "#" }
        .map { String($0) }
      return words.isEmpty ? nil : (index + 1, words)
    }
  }
}

/// The words of one line as a field.
private enum FieldLine {
  struct Fault: Error {
    let reason: String
  }

  static func parse(_ line: [String]) throws(Fault) -> Field {
    guard line.count > 1 else { throw Fault(reason: "the type of \(Spelling.quoted(line[0])) is missing") }
    var columns = line[2...]
    let kind: Field.Kind = try choice("type", line[1])
    let options = try takeOptions(&columns, of: kind)
    guard columns.count <= 2 else { throw tooMany(columns) }
    if let column = columns.first(where: { $0 != "-" }), FieldRules.merges(of: kind).isEmpty {
      throw Fault(reason: "a field of type \(kind.rawValue) takes no \(Spelling.quoted(column))")
    }
    return Field(
      line[0], kind,
      scope: try optional("scope", columns.first, .document),
      merge: try optional("merge", columns.dropFirst().first, .last),
      positions: options.positions ? nil : false, stem: options.stem)
  }

  /// The words at the end of a line that stand in no column, and the `-` where there could be one.
  private static func takeOptions(
    _ columns: inout ArraySlice<String>, of kind: Field.Kind
  ) throws(Fault) -> (positions: Bool, stem: String?) {
    var (positions, stem) = (true, String?.none)
    while let word = columns.last, word == "nopositions" || word.hasPrefix(stemming) {
      columns.removeLast()
      let name = word == "nopositions" ? word : String(stemming.dropLast())
      guard kind == .text else { throw Fault(reason: "\(name) is for fields of type text") }
      guard word == "nopositions" ? positions : stem == nil else {
        throw Fault(reason: "\(name) is there twice")
      }
      if word == "nopositions" { positions = false } else { stem = try language(word) }
    }
    if columns.count == 3 && columns.last == "-" { columns.removeLast() }
    return (positions, stem)
  }

  private static let stemming = "stem="

  private static func language(_ option: String) throws(Fault) -> String {
    let word = String(option.dropFirst(stemming.count))
    guard let name = Languages.name(word) else { throw Fault(reason: Languages.unknown(word)) }
    return name
  }

  private static func tooMany(_ columns: ArraySlice<String>) -> Fault {
    let word = columns[columns.startIndex + 2]
    let hint = Spelling.nearest(to: word, of: ["nopositions", "stem"]).map { ", did you mean \($0)?" } ?? ""
    return Fault(reason: "\(Spelling.quoted(word)) is a column too many\(hint)")
  }

  private static func optional<Choice: RawRepresentable<String> & CaseIterable>(
    _ column: String, _ word: String?, _ standard: Choice
  ) throws(Fault) -> Choice {
    guard let word, word != "-" else { return standard }
    return try choice(column, word)
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ column: String, _ word: String
  ) throws(Fault) -> Choice {
    if let choice = Choice(rawValue: word) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    let hint = Spelling.nearest(to: word, of: words).map { "did you mean \($0)?" }
    let list = "it can be \(words.joined(separator: ", "))"
    throw Fault(reason: "unknown \(column) \(Spelling.quoted(word)), \(hint ?? list)")
  }
}
