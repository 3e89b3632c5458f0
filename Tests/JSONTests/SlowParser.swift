import JSON

/// A second opinion on JSON: by another way, an array of scalars, a regular expression and UTF-16, and never fast.
struct SlowParser {
  private var rest: ArraySlice<Unicode.Scalar>
  private var depth = 0

  private struct Refusal: Error {}

  /// The value of a text; nil where it is not JSON.
  static func parse(_ bytes: [UInt8]) -> JSONValue? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var parser = SlowParser(rest: Array(text.unicodeScalars)[...])
    guard let value = try? parser.value() else { return nil }
    parser.skipSpace()
    return parser.rest.isEmpty ? value : nil
  }

  private init(rest: ArraySlice<Unicode.Scalar>) { self.rest = rest }

  private mutating func skipSpace() { rest = rest.drop { " \t\r\n".unicodeScalars.contains($0) } }

  private mutating func expect(_ scalar: Unicode.Scalar) throws {
    skipSpace()
    guard rest.popFirst() == scalar else { throw Refusal() }
  }

  private mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
    skipSpace()
    guard rest.first == scalar else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func value() throws -> JSONValue {
    skipSpace()
    switch rest.first {
    case "{", "[":
      depth += 1
      defer { depth -= 1 }
      guard depth <= 64 else { throw Refusal() }
      return rest.first == "{" ? .object(try members()) : .array(try elements())
    case "\"": return .string(try string())
    case "t", "f", "n": return try word()
    default: return .number(try number())
    }
  }

  private mutating func members() throws -> [JSONValue.Member] {
    try expect("{")
    var members: [JSONValue.Member] = []
    if takes("}") { return members }
    repeat {
      skipSpace()
      let key = try string()
      try expect(":")
      members.append(.init(key, try value()))
    } while takes(",")
    try expect("}")
    return members
  }

  private mutating func elements() throws -> [JSONValue] {
    try expect("[")
    var elements: [JSONValue] = []
    if takes("]") { return elements }
    repeat { elements.append(try value()) } while takes(",")
    try expect("]")
    return elements
  }

  private mutating func word() throws -> JSONValue {
    let words: [(String, JSONValue)] = [("true", true), ("false", false), ("null", .null)]
    for (word, value) in words where rest.starts(with: word.unicodeScalars) {
      rest.removeFirst(word.count)
      return value
    }
    throw Refusal()
  }

  private mutating func number() throws -> String {
    let spelled = rest.prefix { "+-.0123456789eE".unicodeScalars.contains($0) }
    let text = spelled.map(String.init).joined()
    guard text.wholeMatch(of: #/-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+\-]?[0-9]+)?/#) != nil else {
      throw Refusal()
    }
    rest = rest.dropFirst(spelled.count)
    return text
  }

  /// Escapes are UTF-16, and so is what this makes of the string: lone surrogates refuse themselves.
  private mutating func string() throws -> String {
    guard rest.popFirst() == "\"" else { throw Refusal() }
    var units: [UInt16] = []
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"":
        guard let text = String(validating: units, as: UTF16.self) else { throw Refusal() }
        return text
      case "\\": units.append(try escape())
      case "\0"..<" ": throw Refusal()
      default: units.append(contentsOf: String(scalar).utf16)
      }
    }
    throw Refusal()
  }

  private mutating func escape() throws -> UInt16 {
    guard let letter = rest.popFirst() else { throw Refusal() }
    if letter == "u" {
      let digits = rest.prefix(4).map(String.init).joined()
      guard digits.count == 4, digits.allSatisfy(\.isHexDigit), digits.utf8.count == 4,
        let unit = UInt16(digits, radix: 16)
      else { throw Refusal() }
      rest = rest.dropFirst(4)
      return unit
    }
    let escapes: [Unicode.Scalar: UInt16] = [
      "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
    ]
    guard let unit = escapes[letter] else { throw Refusal() }
    return unit
  }
}
