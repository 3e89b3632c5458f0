/// Words of a text: a token is a maximal run of Unicode scalars of general category L*, M* or N*, each lower-cased by its full
/// default mapping, without context.
///
/// A token of more than 255 bytes is not indexed, but takes its place among the positions.
struct Tokenizer: ~Copyable {
  static let maxLength = 255

  /// The bytes of the token that `next` found, and at least eight zero bytes behind them.
  let token: UnsafeMutableRawPointer
  private(set) var length = 0
  private let ascii: UnsafeMutablePointer<UInt8>
  private var pages = ScalarPages()

  init() {
    token = .allocate(byteCount: Self.maxLength + 64, alignment: 8)
    ascii = .allocate(capacity: 256)
    for byte in 0..<256 { ascii[byte] = Self.lowered(UInt8(byte)) }
  }

  deinit {
    token.deallocate()
    ascii.deallocate()
  }

  private static let other: UInt8 = 0xFF

  /// What an ASCII byte becomes in a token; 0 where it ends one, `other` where the byte isn't ASCII.
  private static func lowered(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
    case 0x80...: other
    default: 0
    }
  }

  var isTooLong: Bool { length > Self.maxLength }

  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: token, count: min(length, Self.maxLength))
  }

  /// Finds the next token from `position` on, and moves `position` behind it; false where there is none.
  mutating func next(in text: UnsafeRawBufferPointer, from position: inout Int) -> Bool {
    length = 0
    guard let base = text.baseAddress else { return false }
    var at = position
    let end = text.count
    while at < end {
      let byte = ascii[Int(base.load(fromByteOffset: at, as: UInt8.self))]
      if byte == Self.other {
        if !appendScalar(text, &at) && length > 0 { break }
      } else if byte != 0 {
        if length < Self.maxLength { token.storeBytes(of: byte, toByteOffset: length, as: UInt8.self) }
        length += 1
        at += 1
      } else {
        at += 1
        if length > 0 { break }
      }
    }
    position = at
    if !isTooLong { token.storeBytes(of: 0, toByteOffset: length, as: UInt64.self) }
    return length > 0
  }

  /// Moves `at` behind the scalar there; whether it belongs to a token, and was appended to this one.
  private mutating func appendScalar(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> Bool {
    let scalar = Self.decode(text, &at)
    let lower = pages.lowered(scalar)
    if lower == ScalarPages.separator { return false }
    if lower == ScalarPages.several {
      for unit in scalar.properties.lowercaseMapping.utf8 { append(unit) }
    } else if let scalar = Unicode.Scalar(lower) {
      UTF8.encode(scalar)?.forEach { append($0) }
    }
    return true
  }

  private mutating func append(_ byte: UInt8) {
    if length < Self.maxLength { token.storeBytes(of: byte, toByteOffset: length, as: UInt8.self) }
    length += 1
  }

  /// The scalar at `at`; U+FFFD, which is in no token, for a byte that begins none.
  private static func decode(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> Unicode.Scalar {
    let first = UInt32(text[at])
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
    guard length > 1, at + length <= text.count else {
      at += 1
      return "\u{FFFD}"
    }
    var value = first & (0x7F >> UInt32(length))
    for offset in 1..<length {
      let unit = text[at + offset]
      guard unit & 0xC0 == 0x80 else {
        at += 1
        return "\u{FFFD}"
      }
      value = value << 6 | UInt32(unit & 0x3F)
    }
    guard let scalar = Unicode.Scalar(value) else {
      at += 1
      return "\u{FFFD}"
    }
    at += length
    return scalar
  }
}
