internal import Glibc
internal import JSON

/// What stands between the quotes of a string in canonical JSON.
struct JSONString {
  let content: UnsafeRawBufferPointer
  let hasEscapes: Bool

  /// With its quotes, which stand around it in the text that it was found in.
  var quoted: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: content.baseAddress.map { $0 - 1 }, count: content.count + 2)
  }

  /// The string itself; in `scratch`, which is emptied first, where it has escapes.
  func unescaped(_ scratch: inout JSONText) -> UnsafeRawBufferPointer {
    if !hasEscapes { return content }
    scratch.removeAll()
    scratch.append(unescaping: content)
    return scratch.bytes
  }

  /// The byte order of the strings themselves.
  static func < (a: JSONString, b: JSONString) -> Bool {
    if !a.hasEscapes && !b.hasEscapes { return ByteOrder.compare(a.content, b.content) < 0 }
    var scratch = JSONText()
    var other = JSONText()
    return ByteOrder.compare(a.unescaped(&scratch), b.unescaped(&other)) < 0
  }

  /// Canonical JSON spells a string in one way only.
  static func == (a: JSONString, b: JSONString) -> Bool { ByteOrder.areEqual(a.content, b.content) }
}

/// The strings of a JSON text that is a string or a flat array of strings, one after the other.
struct JSONStrings: IteratorProtocol {
  private var rest: UnsafeRawBufferPointer
  /// Whether it is a string, whose end is known.
  private var isString: Bool

  init(_ json: UnsafeRawBufferPointer) {
    rest = json
    isString = json.count >= 2 && json[0] == UInt8(ascii: "\"")
  }

  mutating func next() -> JSONString? {
    if isString {
      isString = false
      let content = UnsafeRawBufferPointer(rebasing: rest[1..<rest.count - 1])
      rest = Self.drop(rest.count, of: rest)
      return JSONString(
        content: content, hasEscapes: Self.index(of: UInt8(ascii: "\\"), in: content) != nil)
    }
    guard !rest.isEmpty, let open = Self.index(of: UInt8(ascii: "\""), in: rest) else { return nil }
    let text = Self.drop(open + 1, of: rest)
    guard let quote = Self.index(of: UInt8(ascii: "\""), in: text) else { return nil }
    let beforeQuote = UnsafeRawBufferPointer(rebasing: text[..<quote])
    let hasEscapes = Self.index(of: UInt8(ascii: "\\"), in: beforeQuote) != nil
    let end = hasEscapes ? Self.end(of: text) : quote
    rest = Self.drop(end + 1, of: text)
    return JSONString(content: .init(rebasing: text[..<end]), hasEscapes: hasEscapes)
  }

  /// Where the string ends that begins with `text`.
  private static func end(of text: UnsafeRawBufferPointer) -> Int {
    var index = 0
    while index < text.count, text[index] != UInt8(ascii: "\"") {
      index += text[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index, text.count)
  }

  private static func drop(_ count: Int, of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes.dropFirst(count))
  }

  private static func index(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, let found = memchr(base, Int32(byte), bytes.count) else { return nil }
    return UnsafeRawPointer(found) - base
  }
}
