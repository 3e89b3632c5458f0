/// What is wrong with a JSON text, and at which byte (from 0).
package struct JSONError: Error, Equatable, Sendable {
  package let offset: Int
  package let reason: String
}

extension JSONValue {
  /// Parses one JSON text, strictly as RFC 8259 has it: no byte order mark, no trailing comma, well-formed
  /// UTF-8, no lone surrogate, nesting of at most `maxDepth` levels (64 at most).
  package static func parse(
    _ bytes: [UInt8], maxDepth: Int = JSONScanner.deepest
  ) throws(JSONError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
      try parse(UnsafeRawBufferPointer(buffer), maxDepth: maxDepth)
    }
  }

  package static func parse(
    _ text: String, maxDepth: Int = JSONScanner.deepest
  ) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8), maxDepth: maxDepth)
  }

  package static func parse(
    _ bytes: UnsafeRawBufferPointer, maxDepth: Int = JSONScanner.deepest
  ) throws(JSONError) -> JSONValue {
    var parser = JSONParser(scanner: JSONScanner(bytes, maxDepth: maxDepth))
    return try parser.document()
  }
}

/// Builds the value of a text from its tokens. It recurses as deep as the scanner lets the text nest.
private struct JSONParser: ~Copyable {
  var scanner: JSONScanner
  var unescaped = JSONText()

  init(scanner: consuming JSONScanner) { self.scanner = scanner }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try value(try scanner.next())
    _ = try scanner.next()
    return value
  }

  private mutating func value(_ token: JSONToken) throws(JSONError) -> JSONValue {
    switch token {
    case .beginObject: .object(try members())
    case .beginArray: .array(try elements())
    case .string: .string(string())
    case .number: .number(String(decoding: scanner.raw, as: UTF8.self))
    case .true: .bool(true)
    case .false: .bool(false)
    case .null, .name, .endObject, .endArray, .end: .null
    }
  }

  private mutating func members() throws(JSONError) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    while try scanner.next() == .name {
      let key = string()
      members.append(JSONValue.Member(key, try value(try scanner.next())))
    }
    return members
  }

  private mutating func elements() throws(JSONError) -> [JSONValue] {
    var elements: [JSONValue] = []
    while true {
      let token = try scanner.next()
      if token == .endArray { return elements }
      elements.append(try value(token))
    }
  }

  private mutating func string() -> String {
    if scanner.isPlain { return String(decoding: scanner.raw, as: UTF8.self) }
    unescaped.removeAll()
    unescaped.append(unescaping: scanner.raw)
    return String(decoding: unescaped.bytes, as: UTF8.self)
  }
}
