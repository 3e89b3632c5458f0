import ParquetForge
import Seeded
import Testing

@testable import Parquet

/// Files in which bytes have been changed at random. Each must be read, or refused: what would crash ends the tests.
/// What would take memory or time without end is seen by who runs them.
@Suite struct `A file with changed bytes` {
  @Test(arguments: ValueKind.all)
  func `is read or refused`(kind: ValueKind) {
    var random = SeededRandom(UInt64(kind.encoding * 8 + kind.type.rawValue))
    let originals = [false, true].flatMap { v2 in [0, 2, 6].map { file(kind, isV2: v2, codec: $0, &random) } }
    for _ in 0..<Sample.rounds(quick: 150, full: 5000, long: 100_000) {
      var bytes = originals.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes, &random) }
      _ = try? column(bytes, at: Int.random(in: 1...100, using: &random))
    }
  }

  private func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    guard !bytes.isEmpty else { return }
    let at = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 1: bytes[at] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
    case 2: bytes[at] = UInt8.random(in: 0...255, using: &random)
    case 3: bytes.remove(at: at)
    case 4: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
    default: bytes[at] &+= 1
    }
  }

  /// Two pages of a list of optional values.
  private func file(_ kind: ValueKind, isV2: Bool, codec: Int, _ random: inout SeededRandom) -> [UInt8] {
    let pageKind = PageKind(isV2: isV2, codec: codec)
    var pages: [ForgedPage] = []
    for _ in 0..<2 {
      let definitions = [3, 0, 1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 0, 3, 3]
      let repetitions = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1]
      let encoded = kind.encode(kind.values(15, &random))
      if let dictionary = encoded.dictionary {
        pages.append(.dictionary(dictionary.count, kind.plain(dictionary), pack: pageKind.pack))
      }
      pages.append(page(pageKind, kind.encoding, definitions, repetitions, encoded.bytes))
    }
    let nodes = [
      Forged.group("l", 1, Forged.optional, converted: 3), Forged.group("list", 1, Forged.repeated),
      kind.leaf(Forged.optional),
    ]
    let column = ForgedColumn(type: kind.type.rawValue, entries: 40, codec: codec, pages)
    return ForgedFile(nodes, members: 1, groups: [.init(rows: 18, columns: [column])]).bytes
  }

  private func page(
    _ kind: PageKind, _ encoding: Int, _ definitions: [Int], _ repetitions: [Int], _ values: [UInt8]
  ) -> ForgedPage {
    kind.isV2
      ? .dataV2(
        20, encoding: encoding, repetitions: Encoded.runs(repetitions, width: 1),
        definitions: Encoded.runs(definitions, width: 2), values, pack: kind.pack)
      : .data(
        20, encoding: encoding,
        levels: ForgedPage.levels(repetitions, greatest: 1) + ForgedPage.levels(definitions, greatest: 3),
        values,
        pack: kind.pack)
  }
}
