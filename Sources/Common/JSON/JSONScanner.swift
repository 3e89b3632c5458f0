internal import Glibc

/// What a JSON text is made of, one after the other. Colons and commas are checked, and not given.
package enum JSONToken: Sendable {
  case beginObject, endObject, beginArray, endArray
  /// A member's name, and the colon behind it.
  case name
  case string, number, `true`, `false`, null
  /// The end of the text, behind its one value.
  case end
}

/// The one JSON scanner of the house: strictly RFC 8259, UTF-8 well formed, no byte order mark, no lone surrogates,
/// nesting of at most `maxDepth` levels (64 at most). All that it passes over is checked, also what nobody wants.
///
/// It allocates nothing and does not recurse: what is open is a bit a level. A token's bytes are given as they stand in
/// the text; `JSONText` makes strings of them.
package struct JSONScanner: ~Copyable {
  package static let deepest = 64

  let bytes: UnsafeRawBufferPointer
  let maxDepth: Int
  /// The offset of the next byte to look at.
  package var position = 0
  package internal(set) var depth = 0
  /// Bit n: whether level n + 1 is an object.
  private var objects: UInt64 = 0
  private var expected = Expected.value

  /// Where the last name, string (without its quotes) or number stands.
  var start = 0
  var end = 0
  /// Whether the last name or string stands for its own bytes, and canonical JSON spells it so: no escape, no DEL.
  package internal(set) var isPlain = true
  /// Whether canonical JSON spells the last name or string as it stands: no escapes but for those of JSONEscape.isShort.
  package internal(set) var isCanonical = true

  private enum Expected { case value, elementOrEnd, memberOrEnd, commaOrEnd }

  /// `bytes` must outlive the scanner.
  package init(_ bytes: UnsafeRawBufferPointer, maxDepth: Int = deepest) {
    self.bytes = bytes
    self.maxDepth = min(maxDepth, Self.deepest)
  }

  /// The bytes of the last name, string (without its quotes, escapes as they are) or number.
  package var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[start..<end]) }

  /// Where `raw` stands in the text.
  package var range: Range<Int> { start..<end }

  package mutating func next() throws(JSONError) -> JSONToken {
    skipSpace()
    switch expected {
    case .value: return try value()
    case .elementOrEnd: return take(UInt8(ascii: "]")) ? close(.endArray) : try value()
    case .memberOrEnd: return take(UInt8(ascii: "}")) ? close(.endObject) : try name()
    case .commaOrEnd: return try afterValue()
    }
  }

  /// Passes over a member's name, with all from the value (or bracket) before it to its colon, where just these bytes come
  /// next. They must have been passed over by `next` once, behind a value or behind a bracket as here.
  @inline(__always)
  package mutating func skipName(spelled: UnsafeRawBufferPointer) -> Bool {
    let count = spelled.count
    guard bytes.count - position >= count, let base = bytes.baseAddress, let known = spelled.baseAddress,
      Self.areEqual(base + position, known, count)
    else { return false }
    position += count
    expected = .value
    return true
  }

  /// As two words, that may have bytes in common, where there are 8 to 16 bytes.
  @inline(__always)
  private static func areEqual(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
    guard count >= 8, count <= 16 else { return memcmp(a, b, count) == 0 }
    func differences(at offset: Int) -> UInt64 {
      a.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        ^ b.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
    return differences(at: 0) | differences(at: count - 8) == 0
  }

  /// Passes over a string that comes next as a value, with no space before it: as `next` does, but faster.
  @inline(__always)
  package mutating func skipString() throws(JSONError) -> Bool {
    guard expected == .value, position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      return false
    }
    position += 1
    expected = .commaOrEnd
    try string()
    return true
  }

  /// Passes over the value that comes next.
  package mutating func skipValue() throws(JSONError) { try skipRest(of: try next()) }

  /// Passes over what follows a value's first token.
  package mutating func skipRest(of first: JSONToken) throws(JSONError) {
    switch first {
    case .beginObject, .beginArray:
      let outer = depth - 1
      while depth > outer { _ = try next() }
    default: return
    }
  }

  private mutating func afterValue() throws(JSONError) -> JSONToken {
    guard depth > 0 else {
      guard position == bytes.count else { throw error("something follows the value") }
      return .end
    }
    let comma = take(UInt8(ascii: ","))
    if comma { skipSpace() }
    if objects >> UInt64(depth - 1) & 1 == 1 {
      if comma { return try name() }
      guard take(UInt8(ascii: "}")) else { throw error("an object is not closed") }
      return close(.endObject)
    }
    if comma { return try value() }
    guard take(UInt8(ascii: "]")) else { throw error("an array is not closed") }
    return close(.endArray)
  }

  private mutating func name() throws(JSONError) -> JSONToken {
    guard take(UInt8(ascii: "\"")) else { throw error("a member's name is missing") }
    try string()
    skipSpace()
    guard take(UInt8(ascii: ":")) else { throw error("a colon is missing") }
    expected = .value
    return .name
  }

  private mutating func value() throws(JSONError) -> JSONToken {
    guard position < bytes.count else { throw error("the text ends too early") }
    expected = .commaOrEnd
    switch bytes[position] {
    case UInt8(ascii: "\""):
      position += 1
      try string()
      return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try number()
      return .number
    case UInt8(ascii: "{"): return try open(.beginObject, isObject: 1, .memberOrEnd)
    case UInt8(ascii: "["): return try open(.beginArray, isObject: 0, .elementOrEnd)
    case UInt8(ascii: "t"): return try literal("true", .true)
    case UInt8(ascii: "f"): return try literal("false", .false)
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: throw error("no JSON value begins here")
    }
  }

  private mutating func open(
    _ token: JSONToken, isObject: UInt64, _ inside: Expected
  ) throws(JSONError) -> JSONToken {
    guard depth < maxDepth else { throw error("nested deeper than \(maxDepth) levels") }
    objects = objects & ~(1 << UInt64(depth)) | isObject << UInt64(depth)
    depth += 1
    position += 1
    expected = inside
    return token
  }

  private mutating func close(_ token: JSONToken) -> JSONToken {
    depth -= 1
    expected = .commaOrEnd
    return token
  }

  private mutating func literal(_ text: StaticString, _ token: JSONToken) throws(JSONError) -> JSONToken {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
    let literal = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard rest.starts(with: literal) else { throw error("no JSON value begins here") }
    position += literal.count
    return token
  }

  private mutating func number() throws(JSONError) {
    start = position
    _ = take(UInt8(ascii: "-"))
    let leadingZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
    let count = try digits()
    guard count == 1 || !leadingZero else { throw error("a number begins with 0") }
    if take(UInt8(ascii: ".")) { _ = try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      _ = try digits()
    }
    end = position
  }

  private mutating func digits() throws(JSONError) -> Int {
    let first = position
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    guard position > first else { throw error("a digit is missing") }
    return position - first
  }

  @inline(__always)
  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] <= 0x20, Self.isSpace(bytes[position]) { position += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  func error(_ reason: String) -> JSONError { JSONError(offset: position, reason: reason) }
}
