/// The shared files of AWS's tools: `[section]`, `name = value`, whole lines of comment after `#` or `;`.
/// Indented lines belong to the value above them (`s3 =` and its settings), and are of no use here.
struct IniFile: Equatable, Sendable {
  private(set) var sections: [String: [String: String]] = [:]

  init(_ text: String) {
    var section: String?
    for line in text.split(whereSeparator: \.isNewline) {
      guard let first = line.first, !first.isWhitespace, first != "#", first != ";" else { continue }
      if first == "[" {
        let name = line.dropFirst().prefix { $0 != "]" }.filter { $0 != "\"" }
        section = name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      } else if let section, let equals = line.firstIndex(of: "=") {
        let name = Self.trimmed(line[..<equals]).lowercased()
        sections[section, default: [:]][name] = Self.value(line[line.index(after: equals)...])
      }
    }
  }

  /// A comment may follow, after a blank and a `#` or `;`.
  private static func value(_ text: Substring) -> String {
    for index in text.indices.dropFirst() where text[index] == "#" || text[index] == ";" {
      if text[text.index(before: index)].isWhitespace { return trimmed(text[..<index]) }
    }
    return trimmed(text)
  }

  private static func trimmed(_ text: Substring) -> String {
    var rest = text.drop(while: \.isWhitespace)
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
