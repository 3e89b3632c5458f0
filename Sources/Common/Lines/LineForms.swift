package import JSON
internal import Bytes

// The two forms of a line: text with tabs, and one JSON object. Both say the same.
//
//     #slice <TAB> after=2026-05-04T10:00:00Z <TAB> generation=811
//     {"#":"slice","after":"2026-05-04T10:00:00Z","generation":811}
//
// In JSON, a value that is a plain whole number is a number, and strings are percent-encoded as in the text.

package enum Line: Equatable, Sendable {
  case receipt(Receipt)
  case object(ObjectLine)

  /// Parses either form, without the newline; nil unless it is well-formed.
  package init?(_ line: Substring) {
    switch line.utf8.first {
    case UInt8(ascii: "#"):
      guard let receipt = Receipt(line) else { return nil }
      self = .receipt(receipt)
    case UInt8(ascii: "{"):
      guard let value = try? JSONValue.parse(String(line)) else { return nil }
      self.init(value)
    default:
      guard let object = ObjectLine(line) else { return nil }
      self = .object(object)
    }
  }

  private init?(_ value: JSONValue) {
    if value["#"] != nil {
      guard let receipt = Receipt(value) else { return nil }
      self = .receipt(receipt)
    } else {
      guard let object = ObjectLine(value) else { return nil }
      self = .object(object)
    }
  }
}

extension ObjectLine {
  init?(_ value: JSONValue) {
    guard let time = value["time"]?.string, let modified = value["modified"]?.string,
      let bytes = value["bytes"]?.integer, let tag = value["tag"]?.string,
      let location = value["location"]?.string
    else { return nil }
    self.init(
      time: time[...], modified: modified[...], bytes: String(bytes)[...], tag: tag[...],
      location: location[...])
  }

  package var json: JSONValue {
    .object([
      .init("time", .string(time.description)), .init("modified", .string(modified.description)),
      .init("bytes", .number(bytes)), .init("tag", .string(PercentEncoding.encodeForLine(tag))),
      .init("location", .string(location.description)),
    ])
  }
}

extension Receipt {
  init?(_ value: JSONValue) {
    guard let members = value.members, let word = value["#"]?.string, Self.isName(word) else { return nil }
    var fields: [Field] = []
    for member in members where member.key != "#" {
      guard Self.isName(member.key), let encoded = Self.text(of: member.value),
        PercentEncoding.decode(encoded) != nil
      else { return nil }
      // What a line can't hold is encoded, should somebody's JSON hold it raw.
      let fits = encoded.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
      fields.append(Field(key: member.key, encoded: fits ? encoded : PercentEncoding.encodeForLine(encoded)))
    }
    self.init(word: word, fields: fields)
  }

  package var json: JSONValue {
    .object([.init("#", .string(word))] + fields.map { .init($0.key, Self.value(of: $0.encoded)) })
  }

  private static func text(of value: JSONValue) -> String? {
    switch value {
    case .string(let text), .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null: ""
    case .array, .object: nil
    }
  }

  /// Whole numbers of up to 15 digits, which every JSON reader keeps exactly, become numbers.
  private static func value(of text: String) -> JSONValue {
    if text.utf8.count <= 15, let number = Int64(text), String(number) == text { return .number(text) }
    return .string(text)
  }
}
