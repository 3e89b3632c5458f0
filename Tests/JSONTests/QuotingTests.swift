import Seeded
import Testing

@testable import JSON

/// As `append(quotingPlain:)` does, a byte at a time.
private func slowlyQuoted(_ bytes: [UInt8]) -> [UInt8] {
  var text: [UInt8] = [UInt8(ascii: "\"")]
  for byte in bytes {
    if JSONEscape.isNeeded(byte) { JSONEscape.write(byte) { text.append($0) } } else { text.append(byte) }
  }
  return text + [UInt8(ascii: "\"")]
}

private func quoted(_ bytes: [UInt8]) -> [UInt8] {
  var text = JSONText()
  bytes.withUnsafeBytes { text.append(quotingPlain: $0) }
  return Array(text.bytes)
}

@Suite struct `Plain bytes as JSON strings` {
  @Test func `are escaped wherever an escape is needed, in strings of any length`() {
    for length in 0..<70 {
      let plain = (0..<length).map { UInt8(ascii: "a") + UInt8($0 % 26) }
      #expect(quoted(plain) == slowlyQuoted(plain))
      for place in 0..<length {
        for special: UInt8 in [0, 0x1F, UInt8(ascii: "\n"), UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x7F] {
          var bytes = plain
          bytes[place] = special
          #expect(quoted(bytes) == slowlyQuoted(bytes))
        }
      }
    }
  }

  @Test func `keep bytes beyond ASCII, and any others`() {
    var random = SeededRandom(1)
    for _ in 0..<Sample.rounds(quick: 2000, full: 20_000, long: 200_000) {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      #expect(quoted(bytes) == slowlyQuoted(bytes))
    }
  }
}
