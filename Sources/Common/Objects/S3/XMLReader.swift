internal import Bytes
internal import Glibc

/// Reads the XML that S3 answers with, element by element, in one pass over its bytes: no DTD, no comments, no CDATA,
/// the five entities and numeric ones. Anything else, and anything that does not nest, is `invalid`.
///
/// A page of a listing has some ten thousand elements: names and texts are looked at where they stand.
struct XMLReader: ~Copyable {
  private static let deepest = 16

  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private var position = 0
  /// The names of the elements that are open, the innermost last.
  private var open: [Range<Int>] = []
  /// A text with entities in it, without them.
  private var decoded: [UInt8] = []
  /// The innermost was written `<a/>`.
  private var isEmpty = false

  /// Stands before the children of the root element, which must have that name.
  init(_ bytes: [UInt8], root: String) throws(StoreError) {
    self.bytes = .allocate(capacity: bytes.count)
    _ = self.bytes.initialize(from: bytes)
    open.reserveCapacity(Self.deepest)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    skipBlanks()
    if follows("<?xml") {
      guard let end = find(UInt8(ascii: ">")) else { throw Self.malformed }
      position = end + 1
    }
    skipBlanks()
    try begin()
    guard let name, name.elementsEqual(root.utf8) else { throw Self.malformed }
  }

  deinit { bytes.deallocate() }

  /// Goes to the next child of the element that is open; false at its end, which is then passed.
  mutating func enter() throws(StoreError) -> Bool {
    if isEmpty {
      close()
      return false
    }
    skipBlanks()
    guard follows("</") else {
      try begin()
      return true
    }
    try end()
    return false
  }

  /// Whether the element that is open has this name.
  func isIn(_ expected: StaticString) -> Bool {
    guard let name, name.count == expected.utf8CodeUnitCount, let base = name.baseAddress else {
      return false
    }
    return memcmp(base, expected.utf8Start, name.count) == 0
  }

  /// The name of the next child of the element that is open; nil at its end, which is then passed.
  mutating func child() throws(StoreError) -> String? {
    try enter() ? name.map { String(decoding: $0, as: UTF8.self) } : nil
  }

  /// What `read` makes of the text of the element that is open, which has no children; its end is passed.
  mutating func text<T>(_ read: (UnsafeBufferPointer<UInt8>) -> T) throws(StoreError) -> T {
    if isEmpty {
      close()
      return read(slice(0..<0))
    }
    let start = position
    let isASCII = passPlainText()
    if peek == UInt8(ascii: "&") { return try decodedText(from: start, isASCII: isASCII, read) }
    let text = slice(start..<position)
    try end()
    return read(try Self.valid(text, isASCII: isASCII))
  }

  mutating func text() throws(StoreError) -> String { try text { String(decoding: $0, as: UTF8.self) } }

  /// Passes the element that is open with all that is in it.
  mutating func skip() throws(StoreError) {
    let depth = open.count
    while open.count >= depth {
      if isEmpty {
        close()
      } else if follows("</") {
        try end()
      } else if follows("<") {
        try begin()
      } else {
        guard let next = find(UInt8(ascii: "<")) else { throw Self.malformed }
        position = next
      }
    }
  }

  // MARK: Tags

  private mutating func begin() throws(StoreError) {
    guard peek == UInt8(ascii: "<"), open.count < Self.deepest else { throw Self.malformed }
    position += 1
    open.append(try passName())
    if peek != UInt8(ascii: ">") { try passAttributes() }
    isEmpty = bytes[position - 1] == UInt8(ascii: "/")
    position += 1
  }

  /// Up to the `>` that is in no quotes.
  private mutating func passAttributes() throws(StoreError) {
    var quote: UInt8?
    while let byte = peek {
      if let mark = quote {
        if byte == mark { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return
      } else if byte == UInt8(ascii: "<") {
        break
      }
      position += 1
    }
    throw Self.malformed
  }

  private mutating func end() throws(StoreError) {
    guard follows("</"), let name, slice(position + 2..<bytes.count).begins(with: name) else {
      throw Self.malformed
    }
    position += 2 + name.count
    skipBlanks()
    guard peek == UInt8(ascii: ">") else { throw Self.malformed }
    position += 1
    close()
  }

  private mutating func close() {
    isEmpty = false
    open.removeLast()
  }

  private var name: UnsafeBufferPointer<UInt8>? {
    // `map(slice)` is more than the compiler takes for a struct that can't be copied.
    if let last = open.last { slice(last) } else { nil }
  }

  private mutating func passName() throws(StoreError) -> Range<Int> {
    let start = position
    while let byte = peek, Self.isNameByte(byte) { position += 1 }
    guard position > start else { throw Self.malformed }
    return start..<position
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: ":"):
      true
    default: false
    }
  }

  // MARK: Text

  /// Up to a tag, an entity, or a byte that can't be; whether all of it was ASCII.
  private mutating func passPlainText() -> Bool {
    var at = position
    var all: UInt8 = 0
    while at < bytes.count {
      let byte = bytes[at]
      // Nearly all of what a listing says is above `<`, or a digit.
      if byte <= UInt8(ascii: "<"), byte < UInt8(ascii: "'"), !Self.isPlain(byte) { break }
      if byte == UInt8(ascii: "<") { break }
      all |= byte
      at += 1
    }
    position = at
    return all < 0x80
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 ? byte != UInt8(ascii: "&") : byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private mutating func decodedText<T>(
    from start: Int, isASCII: Bool, _ read: (UnsafeBufferPointer<UInt8>) -> T
  ) throws(StoreError) -> T {
    var isASCII = isASCII
    decoded.removeAll(keepingCapacity: true)
    decoded.append(contentsOf: slice(start..<position))
    while peek == UInt8(ascii: "&") {
      if try !passEntity() { isASCII = false }
      let start = position
      if !passPlainText() { isASCII = false }
      decoded.append(contentsOf: slice(start..<position))
    }
    try end()
    return try decoded.withUnsafeBufferPointer { (text) throws(StoreError) in
      try read(Self.valid(text, isASCII: isASCII))
    }
  }

  private static func valid(
    _ text: UnsafeBufferPointer<UInt8>, isASCII: Bool
  ) throws(StoreError) -> UnsafeBufferPointer<UInt8> {
    guard isASCII || String(validating: text, as: UTF8.self) != nil else { throw malformed }
    return text
  }

  /// Whether it stands for ASCII. Most stores write each tag with two of them.
  private mutating func passEntity() throws(StoreError) -> Bool {
    if pass("&quot;", for: "\"") || pass("&amp;", for: "&") || pass("&lt;", for: "<")
      || pass("&gt;", for: ">") || pass("&apos;", for: "'")
    {
      return true
    }
    let longest = slice(position..<min(position + 12, bytes.count))
    guard let length = longest.firstIndex(of: UInt8(ascii: ";")) else { throw Self.malformed }
    let name = String(decoding: longest[1..<length], as: UTF8.self)
    let digits = name.hasPrefix("#x") ? name.dropFirst(2) : name.dropFirst()
    guard name.hasPrefix("#"), let code = UInt32(digits, radix: name.hasPrefix("#x") ? 16 : 10), code > 0,
      let scalar = Unicode.Scalar(code)
    else { throw Self.malformed }
    decoded.append(contentsOf: String(Character(scalar)).utf8)
    position += length + 1
    return scalar.isASCII
  }

  private mutating func pass(_ entity: StaticString, for character: Unicode.Scalar) -> Bool {
    guard follows(entity) else { return false }
    decoded.append(UInt8(ascii: character))
    position += entity.utf8CodeUnitCount
    return true
  }

  // MARK: Bytes

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func follows(_ text: StaticString) -> Bool {
    guard let base = bytes.baseAddress, bytes.count - position >= text.utf8CodeUnitCount else { return false }
    return memcmp(base + position, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  private func find(_ byte: UInt8) -> Int? {
    slice(position..<bytes.count).firstIndex(of: byte).map { position + $0 }
  }

  private func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[range])
  }

  private static let malformed = StoreError.invalid("the store's answer is malformed")
}
