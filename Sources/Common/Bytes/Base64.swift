/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
package enum Base64 {
  private static let digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  package static func encode(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: length(of: bytes.count)) { text in
      bytes.withUnsafeBytes { if let start = text.baseAddress { write($0, to: start) } }
      return length(of: bytes.count)
    }
  }

  /// How long the text of so many bytes is.
  package static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

  /// There must be room for `length`.
  package static func write(_ bytes: UnsafeRawBufferPointer, to text: UnsafeMutablePointer<UInt8>) {
    var at = text
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << ((3 - group.count) * 8)
      for place in 0..<4 {
        let digit = digits.utf8Start[bits >> (18 - 6 * place) & 63]
        at[place] = place <= group.count ? digit : UInt8(ascii: "=")
      }
      at += 4
    }
  }
}
