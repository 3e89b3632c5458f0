internal import CJSON

/// JSON being made of scanned tokens: bytes that grow in one buffer, which is kept from one record to the next.
package struct JSONText: ~Copyable {
  private var start: UnsafeMutableRawPointer
  private var capacity = 4096
  package private(set) var count = 0

  package init() {
    start = .allocate(byteCount: capacity, alignment: 8)
  }

  deinit { start.deallocate() }

  /// Valid until the next byte is appended.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  package mutating func removeAll() { count = 0 }

  /// Takes back what was appended beyond the first `count` bytes.
  package mutating func truncate(to count: Int) { self.count = min(self.count, count) }

  package mutating func append(_ byte: UInt8) {
    room(for: 1).storeBytes(of: byte, as: UInt8.self)
    count += 1
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    room(for: bytes.count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  /// Appends the bytes that a name or string, as the scanner found it, stands for.
  package mutating func append(unescaping raw: UnsafeRawBufferPointer) {
    append(raw, canonical: false)
  }

  /// Appends a string in quotes with the fewest escapes, from one as the scanner found it.
  package mutating func append(quoting raw: UnsafeRawBufferPointer, isCanonical: Bool) {
    append(UInt8(ascii: "\""))
    if isCanonical { append(raw) } else { append(raw, canonical: true) }
    append(UInt8(ascii: "\""))
  }

  /// Copies what stands between the escapes (and DELs), and decodes the escapes.
  private mutating func append(_ raw: UnsafeRawBufferPointer, canonical: Bool) {
    var position = 0
    while true {
      position += appendPlain(UnsafeRawBufferPointer(rebasing: raw[position...]))
      guard position < raw.count else { return }
      let isEscape = raw[position] == UInt8(ascii: "\\") && position + 1 < raw.count
      if isEscape, let byte = JSONEscape.byte(raw[position + 1]) {
        append(byte, canonical: canonical)
        position += 2
        continue
      }
      var scalar = Unicode.Scalar(raw[position])
      var length = 1
      if raw[position] != 0x7F, case .scalar(let decoded, let escape) = JSONEscape.decode(raw, at: position) {
        (scalar, length) = (decoded, escape)
      }
      append(scalar, canonical: canonical)
      position += length
    }
  }

  /// Appends the bytes before the first backslash or DEL, and gives their number.
  private mutating func appendPlain(_ raw: UnsafeRawBufferPointer) -> Int {
    guard let source = raw.baseAddress else { return 0 }
    let length = cjson_copy(room(for: raw.count), source, raw.count)
    count += length
    return length
  }

  private mutating func append(_ scalar: Unicode.Scalar, canonical: Bool) {
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte, canonical: canonical) }
  }

  private mutating func append(_ byte: UInt8, canonical: Bool) {
    if canonical, JSONEscape.isNeeded(byte) { JSONEscape.write(byte) { append($0) } } else { append(byte) }
  }

  /// A place for so many bytes behind those that are there. What is written to it is appended by `advance`.
  package mutating func room(for most: Int) -> UnsafeMutableRawPointer {
    if capacity - count < most { grow(by: most) }
    return start + count
  }

  /// No more than there was room for.
  package mutating func advance(by written: Int) { count += written }

  @inline(never)
  private mutating func grow(by more: Int) {
    capacity = max(2 * capacity, count + more)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
    larger.copyMemory(from: start, byteCount: count)
    start.deallocate()
    start = larger
  }
}

extension JSONScanner {
  /// Passes over the value that comes next, and appends it as canonical JSON: no space outside strings, strings with
  /// the fewest escapes, numbers as they are spelled, members in their order.
  package mutating func copyValue(to text: inout JSONText) throws(JSONError) {
    try copyValue(try next(), to: &text)
  }

  /// The same where the value's first token was read already.
  package mutating func copyValue(_ first: JSONToken, to text: inout JSONText) throws(JSONError) {
    var token = first
    var isFirst = true
    let outer = first == .beginObject || first == .beginArray ? depth - 1 : depth
    while true {
      if token != .endObject, token != .endArray, !isFirst { text.append(UInt8(ascii: ",")) }
      text.append(token, of: self)
      if depth == outer { return }
      isFirst = token == .beginObject || token == .beginArray || token == .name
      token = try next()
    }
  }
}

extension JSONText {
  /// Appends one token, a name with the colon behind it.
  fileprivate mutating func append(_ token: JSONToken, of scanner: borrowing JSONScanner) {
    switch token {
    case .beginObject: append(UInt8(ascii: "{"))
    case .endObject: append(UInt8(ascii: "}"))
    case .beginArray: append(UInt8(ascii: "["))
    case .endArray: append(UInt8(ascii: "]"))
    case .name:
      append(quoting: scanner.raw, isCanonical: scanner.isCanonical)
      append(UInt8(ascii: ":"))
    case .string: append(quoting: scanner.raw, isCanonical: scanner.isCanonical)
    case .number: append(scanner.raw)
    case .true: append("true")
    case .false: append("false")
    case .null: append("null")
    case .end: break
    }
  }

  package mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
