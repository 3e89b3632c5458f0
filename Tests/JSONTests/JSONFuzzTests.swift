import Seeded
import Testing

@testable import JSON

// Not tested here: inputs that only a coverage-guided fuzzer finds.

@Suite struct `Mutated JSON` {
  /// Bytes that matter to a scanner come more often than others.
  private static let letters =
    Array("{}[]\",:\\/ue0123456789-+.Etrufalsn \t\n".utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC2, 0xE2, 0xF0, 0xFF]

  private static func mutate(_ text: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var text = text
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0...text.count, using: &random)
      let letter = letters.randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<5, using: &random) {
      case 0: text.insert(letter, at: place)
      case 1 where place < text.count: text[place] = letter
      case 2 where place < text.count: text.remove(at: place)
      case 3 where place < text.count: text[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 4:
        let other = goodJSON.randomElement(using: &random)?.text ?? ""
        text.insert(contentsOf: other.utf8, at: place)
      default: text = Array(text.prefix(place))
      }
    }
    return text
  }

  @Test func `is taken and refused, and understood, as by a parser that works another way`() {
    var random = SeededRandom(2026)
    var accepted = 0
    let rounds = Sample.rounds(quick: 5000, full: 20_000, long: 1_000_000)
    for _ in 0..<rounds {
      let seed = goodJSON.randomElement(using: &random)?.text ?? ""
      let text = Self.mutate(Array(seed.utf8), &random)
      let value = try? JSONValue.parse(text)
      let second = SlowParser.parse(text)
      // As bytes: Swift's strings are equal where only their normal forms differ.
      #expect(value.map { Array($0.text.utf8) } == second.map { Array($0.text.utf8) }, "\(text)")
      accepted += value == nil ? 0 : 1
    }
    #expect((rounds / 10..<rounds / 10 * 9).contains(accepted), "of both kinds enough: \(accepted) taken")
  }
}
