/// The escapes of JSON strings: read all of them, write the few that there must be.
package enum JSONEscape {
  enum Decoded {
    /// What the escape stands for, and its length in bytes.
    case scalar(Unicode.Scalar, length: Int)
    case fault(String)
  }

  /// The escape that begins with the backslash at `position`.
  static func decode(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Decoded {
    guard position + 1 < bytes.count else { return .fault("a string is not closed") }
    let letter = bytes[position + 1]
    if let byte = byte(letter) { return .scalar(Unicode.Scalar(byte), length: 2) }
    return letter == UInt8(ascii: "u") ? decodeUTF16(bytes, at: position) : .fault("an unknown escape")
  }

  /// What a backslash and this letter stand for; nil where that isn't one byte.
  @inline(__always)
  static func byte(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// `\uXXXX`, or two of them that are a surrogate pair.
  private static func decodeUTF16(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Decoded {
    guard let first = unit(bytes, at: position) else { return .fault("four hexadecimal digits are missing") }
    if let scalar = Unicode.Scalar(first) { return .scalar(scalar, length: 6) }
    guard let second = unit(bytes, at: position + 6), first < 0xDC00, (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { return .fault("a lone surrogate") }
    return .scalar(scalar, length: 12)
  }

  /// The number in `\uXXXX` at `position`; nil where that doesn't stand there.
  private static func unit(_ bytes: UnsafeRawBufferPointer, at position: Int) -> UInt32? {
    guard position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { return nil }
    var value: UInt32 = 0
    for digit in bytes[position + 2..<position + 6] {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(digit - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(digit - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    return value
  }

  /// Whether canonical JSON escapes the byte: a quote, a backslash, a control character, DEL.
  @inline(__always)
  package static func isNeeded(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
  }

  /// Whether canonical JSON escapes one of the bytes: eight at a time (Mycroft's test, as in JSONStrings.swift).
  package static func isNeeded(in bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 8 else { return bytes.contains { isNeeded($0) } }
    var found: UInt64 = 0
    var offset = 0
    while offset < bytes.count {
      // The last word may have bytes of the one before it.
      let start = min(offset, bytes.count - 8)
      found |= needed(bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      offset += 8
    }
    return found != 0
  }

  /// Not 0 where one of eight bytes needs an escape.
  @inline(__always)
  private static func needed(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let (quote, backslash, delete) = (word ^ ones &* 0x22, word ^ ones &* 0x5C, word ^ ones &* 0x7F)
    let named = (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (delete &- ones) & ~delete
    return (named | (word &- ones &* 0x20) & ~word) & (ones &* 0x80)
  }

  /// Whether canonical JSON has an escape of two bytes that ends with this letter.
  @inline(__always)
  static func isShort(_ letter: UInt8) -> Bool {
    switch letter {
    case UInt8(ascii: "n"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "t"), UInt8(ascii: "r"): true
    default: false
    }
  }

  /// Writes a byte that needs an escape: `\"`, `\\`, `\n`, `\r`, `\t`, else `\u00` and two digits in lower case.
  @inline(__always)
  package static func write(_ byte: UInt8, _ put: (UInt8) -> Void) {
    put(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\n"): put(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): put(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): put(UInt8(ascii: "t"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte)
    default:
      put(UInt8(ascii: "u"))
      put(UInt8(ascii: "0"))
      put(UInt8(ascii: "0"))
      put(digit(byte >> 4))
      put(digit(byte & 15))
    }
  }

  private static func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }
}
