internal import CJSON

// Strings, as the scanner passes over them: 16 bytes at a time while nothing special comes, and a look at each byte that is.

extension JSONScanner {
  /// Passes over a string, from behind its opening quote to behind its closing one.
  mutating func string() throws(JSONError) {
    start = position
    isPlain = true
    isCanonical = true
    while true {
      skipPlain()
      guard position < bytes.count else { throw error("a string is not closed") }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        end = position
        position += 1
        return
      case UInt8(ascii: "\\"):
        isPlain = false
        try escape()
      case 0x7F:
        isPlain = false
        isCanonical = false
        position += 1
      case 0x80...:
        try sequences()
      default: throw error("a control character in a string")
      }
    }
  }

  /// Goes to the next quote, backslash, control character, DEL or byte beyond ASCII, or to the end.
  @inline(__always)
  private mutating func skipPlain() {
    guard let base = bytes.baseAddress else { return }
    position += cjson_plain(base + position, bytes.count - position)
  }

  /// Passes over well-formed UTF-8 sequences of two to four bytes, all that come.
  private mutating func sequences() throws(JSONError) {
    repeat {
      let length = sequenceLength()
      guard length > 0 else { throw error("invalid UTF-8") }
      position += length
    } while position < bytes.count && bytes[position] >= 0x80
  }

  /// The length of the sequence that begins here; 0 where it is ill-formed (table 3-7 of the Unicode standard).
  @inline(__always)
  private func sequenceLength() -> Int {
    let lead = bytes[position]
    switch lead {
    case 0xC2...0xDF: return isByte(1, in: 0x80, 0xBF) ? 2 : 0
    case 0xE0...0xEF:
      let second = isByte(1, in: lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF)
      return second && isByte(2, in: 0x80, 0xBF) ? 3 : 0
    case 0xF0...0xF4:
      let second = isByte(1, in: lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF)
      return second && isByte(2, in: 0x80, 0xBF) && isByte(3, in: 0x80, 0xBF) ? 4 : 0
    default: return 0
    }
  }

  @inline(__always)
  private func isByte(_ distance: Int, in low: UInt8, _ high: UInt8) -> Bool {
    guard position + distance < bytes.count else { return false }
    let byte = bytes[position + distance]
    return byte >= low && byte <= high
  }

  private mutating func escape() throws(JSONError) {
    if position + 1 < bytes.count, JSONEscape.isShort(bytes[position + 1]) {
      position += 2
      return
    }
    isCanonical = false
    switch JSONEscape.decode(bytes, at: position) {
    case .scalar(_, let length): position += length
    case .fault(let reason): throw error(reason)
    }
  }
}
