package import Bytes

/// A line of the batch's receipt: `#word`, then TAB-separated `key=value` fields, values encoded as locations are.
package struct Receipt: Equatable, Sendable {
  package let word: String
  package private(set) var fields: [Field]

  package struct Field: Equatable, Sendable {
    package let key: String
    /// The value as the line has it: percent-encoded.
    package let encoded: String
  }

  package init(_ word: String, _ fields: KeyValuePairs<String, String> = [:]) {
    self.word = word
    self.fields = fields.map { Field(key: $0.key, encoded: PercentEncoding.encodeForLine($0.value)) }
  }

  init(word: String, fields: [Field]) {
    self.word = word
    self.fields = fields
  }

  /// The decoded value of the first field of that name; nil where there is none. An empty value is a value.
  package subscript(key: String) -> String? {
    fields.first { $0.key == key }.flatMap { PercentEncoding.decode($0.encoded) }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The value as a location, whose bytes need not be UTF-8; nil where there is none, or none that is well-formed.
  package func location(_ key: String) -> Location? {
    fields.first { $0.key == key }.flatMap { Location($0.encoded) }
  }

  package mutating func append(_ key: String, _ value: some CustomStringConvertible) {
    fields.append(Field(key: key, encoded: PercentEncoding.encodeForLine(value.description)))
  }

  package mutating func append(_ key: String, _ location: Location) {
    fields.append(Field(key: key, encoded: location.description))
  }

  /// Parses a line without its newline; nil unless it is well-formed.
  package init?(_ line: Substring) {
    guard line.utf8.first == UInt8(ascii: "#") else { return nil }
    // By bytes: to Swift's characters, an `=` with a combining mark behind it is no `=`.
    let parts = line.utf8.dropFirst().split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    guard let word = parts.first.map({ Substring($0) }), Self.isName(word) else { return nil }
    var fields: [Field] = []
    for part in parts.dropFirst() {
      let key = Substring(part.prefix { $0 != UInt8(ascii: "=") })
      guard key.utf8.count < part.count, Self.isName(key) else { return nil }
      let encoded = Substring(part.dropFirst(key.utf8.count + 1))
      guard PercentEncoding.decode(encoded) != nil else { return nil }
      fields.append(Field(key: String(key), encoded: String(encoded)))
    }
    self.init(word: String(word), fields: fields)
  }

  /// Of a file that is that one line; nil where it isn't whole, or of another word.
  package init?(file bytes: [UInt8], _ word: String) {
    guard bytes.last == UInt8(ascii: "\n") else { return nil }
    self.init(Substring(decoding: bytes.dropLast(), as: UTF8.self))
    if self.word != word { return nil }
  }

  /// The line without its newline.
  package var text: String {
    fields.reduce("#\(word)") { $0 + "\t\($1.key)=\($1.encoded)" }
  }

  static func isName(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
