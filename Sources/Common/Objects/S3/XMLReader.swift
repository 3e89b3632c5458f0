/// Reads the XML that S3 answers with, element by element: no DTD, no comments, no CDATA, the five entities and
/// numeric ones. Anything else, and anything that does not nest, is `invalid`.
struct XMLReader {
  private static let deepest = 16

  private let bytes: [UInt8]
  private var position = 0
  /// The elements that are open, the innermost last.
  private var open: [String] = []
  /// The innermost was written `<a/>`.
  private var isEmpty = false

  /// Stands before the children of the root element, which must have that name.
  init(_ bytes: [UInt8], root: String) throws(StoreError) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    skipBlanks()
    if follows("<?xml") {
      guard let end = bytes[position...].firstIndex(of: UInt8(ascii: ">")) else { throw Self.malformed }
      position = end + 1
    }
    skipBlanks()
    guard follows("<"), try begin() == root else { throw Self.malformed }
  }

  /// The name of the next child of the element that is open; nil at its end, which is then passed.
  mutating func child() throws(StoreError) -> String? {
    if isEmpty {
      close()
      return nil
    }
    skipBlanks()
    guard follows("</") else { return try begin() }
    try end()
    return nil
  }

  /// The text of the element that is open, which has no children; its end is passed.
  mutating func text() throws(StoreError) -> String {
    if isEmpty {
      close()
      return ""
    }
    var text: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "<") {
      if byte == UInt8(ascii: "&") {
        text += try entity()
      } else {
        guard byte >= 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { throw Self.malformed }
        text.append(byte)
        position += 1
      }
    }
    try end()
    guard let valid = String(validating: text, as: UTF8.self) else { throw Self.malformed }
    return valid
  }

  /// Passes the element that is open with all that is in it.
  mutating func skip() throws(StoreError) {
    let depth = open.count
    while open.count >= depth {
      if isEmpty {
        close()
      } else if follows("</") {
        try end()
      } else if follows("<") {
        _ = try begin()
      } else {
        guard let next = bytes[position...].firstIndex(of: UInt8(ascii: "<")) else { throw Self.malformed }
        position = next
      }
    }
  }

  // MARK: Tags

  private mutating func begin() throws(StoreError) -> String {
    guard follows("<"), open.count < Self.deepest else { throw Self.malformed }
    position += 1
    let name = try name()
    var quote: UInt8?
    while let byte = peek {
      position += 1
      if let mark = quote {
        if byte == mark { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        open.append(name)
        isEmpty = bytes[position - 2] == UInt8(ascii: "/")
        return name
      } else if byte == UInt8(ascii: "<") {
        break
      }
    }
    throw Self.malformed
  }

  private mutating func end() throws(StoreError) {
    guard follows("</"), let expected = open.last else { throw Self.malformed }
    position += 2
    guard try name() == expected else { throw Self.malformed }
    skipBlanks()
    guard peek == UInt8(ascii: ">") else { throw Self.malformed }
    position += 1
    close()
  }

  private mutating func close() {
    isEmpty = false
    open.removeLast()
  }

  private mutating func name() throws(StoreError) -> String {
    let start = position
    while let byte = peek, Self.isNameByte(byte) { position += 1 }
    guard position > start else { throw Self.malformed }
    return String(decoding: bytes[start..<position], as: UTF8.self)
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

  private mutating func entity() throws(StoreError) -> [UInt8] {
    guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
      throw Self.malformed
    }
    let name = String(decoding: bytes[position + 1..<end], as: UTF8.self)
    position = end + 1
    switch name {
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "amp": return [UInt8(ascii: "&")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    default:
      let digits = name.hasPrefix("#x") ? name.dropFirst(2) : name.dropFirst()
      guard name.hasPrefix("#"), let code = UInt32(digits, radix: name.hasPrefix("#x") ? 16 : 10), code > 0,
        let scalar = Unicode.Scalar(code)
      else { throw Self.malformed }
      return Array(String(Character(scalar)).utf8)
    }
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func follows(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes[min(position, bytes.count)...].starts(with: $0) }
  }

  private static let malformed = StoreError.invalid("the store's answer is malformed")
}
