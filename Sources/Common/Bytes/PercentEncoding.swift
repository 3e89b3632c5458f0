/// Percent-encoding, in the two forms that freshet needs.
package enum PercentEncoding {
  /// As the lines have it: control characters (C0, DEL, C1), space, `%` and bytes that are not UTF-8 are
  /// encoded, and nothing else. So no location or value, however hostile, can break a line or a field.
  package static func encodeForLine(_ bytes: some Collection<UInt8>) -> String {
    if bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }) {
      return String(decoding: bytes, as: UTF8.self)
    }
    var text: [UInt8] = []
    var rest = Array(bytes)[...]
    while let first = rest.first {
      let length = wellFormedPrefix(of: rest)
      if length == 0 || mustEncode(rest.prefix(length)) {
        let width = max(length, 1)
        for byte in rest.prefix(width) { append(byte, to: &text) }
        rest = rest.dropFirst(width)
      } else if length == 1 {
        text.append(first)
        rest = rest.dropFirst()
      } else {
        text.append(contentsOf: rest.prefix(length))
        rest = rest.dropFirst(length)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  package static func encodeForLine(_ text: String) -> String { encodeForLine(Array(text.utf8)) }

  /// As a URI of S3 has it (RFC 3986): all but unreserved characters are encoded, in upper case.
  /// With `keepSlash`, `/` stays too, as in the path of a request.
  package static func encodeForURI(_ bytes: some Sequence<UInt8>, keepSlash: Bool = false) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      if isUnreserved(byte) || (keepSlash && byte == UInt8(ascii: "/")) {
        text.append(byte)
      } else {
        append(byte, to: &text)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes that the text stands for; nil where a `%` is not followed by two hexadecimal digits.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(Substring(text)) }

  package static func decode(_ text: Substring) -> [UInt8]? { decoded(text.utf8) }
  package static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? { decoded(text) }

  private static func decoded(_ text: some Collection<UInt8>) -> [UInt8]? {
    if !text.contains(UInt8(ascii: "%")) { return Array(text) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text.makeIterator()
    while let byte = rest.next() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.next().flatMap(Hex.value), let low = rest.next().flatMap(Hex.value) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func append(_ byte: UInt8, to text: inout [UInt8]) {
    let digits = StaticDigits.upper
    text.append(UInt8(ascii: "%"))
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }

  private enum StaticDigits { static let upper = Array("0123456789ABCDEF".utf8) }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func mustEncode(_ character: ArraySlice<UInt8>) -> Bool {
    guard let first = character.first else { return false }
    if character.count == 1 { return first <= 0x20 || first == 0x7F || first == UInt8(ascii: "%") }
    return character.count == 2 && first == 0xC2 && character[character.startIndex + 1] < 0xA0
  }

  /// The length of the well-formed UTF-8 character that begins the bytes (Unicode, table 3-7); 0 if none does.
  private static func wellFormedPrefix(of bytes: ArraySlice<UInt8>) -> Int {
    let start = bytes.startIndex
    let first = bytes[start]
    let length: Int
    let second: ClosedRange<UInt8>
    switch first {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard bytes.count >= length, second.contains(bytes[start + 1]) else { return 0 }
    for offset in 2..<max(length, 2) where bytes[start + offset] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
