import ParquetForge
import Seeded
import Testing

@testable import Parquet

// Not tested here: files that other programs write (Tests/Pipes/70-parquet does).

/// How the pages around the values are made.
struct PageKind: Sendable, CustomStringConvertible {
  let isV2: Bool
  let codec: Int

  static let all = [false, true].flatMap { v2 in [0, 2, 6].map { PageKind(isV2: v2, codec: $0) } }

  var description: String { "version \(isV2 ? 2 : 1), codec \(codec)" }

  func pack(_ bytes: [UInt8]) -> [UInt8] {
    switch codec {
    case 2: Packing.gzip(bytes)
    case 6: Packing.zstd(bytes)
    default: bytes
    }
  }
}

/// A column of a list of optional values, of random shape, in pages of random size.
private struct RandomColumn {
  let kind: ValueKind
  let pageKind: PageKind
  let greatestDefinition: Int
  let greatestRepetition: Int
  var expected = Column()
  var pages: [ForgedPage] = []
  var rows = 0

  init(
    _ kind: ValueKind, _ pageKind: PageKind, isNested: Bool, isNullable: Bool, _ random: inout SeededRandom
  ) {
    self.kind = kind
    self.pageKind = pageKind
    greatestRepetition = isNested ? 1 : 0
    greatestDefinition = (isNested ? 2 : 0) + (isNullable ? 1 : 0)
    for _ in 0..<Int.random(in: 1...3, using: &random) { addPage(&random) }
  }

  private mutating func addPage(_ random: inout SeededRandom) {
    let count = Int.random(in: 0...300, using: &random)
    let often = Double.random(in: 0...1, using: &random)
    let definitions = (0..<count).map { _ in
      greatestDefinition == 0 || Double.random(in: 0...1, using: &random) < often
        ? greatestDefinition : Int.random(in: 0..<greatestDefinition, using: &random)
    }
    let repetitions = (0..<count).map { i in
      i == 0 || greatestRepetition == 0 ? 0 : Int.random(in: 0...1, using: &random)
    }
    let values = kind.values(definitions.filter { $0 == greatestDefinition }.count, &random)
    let encoded = kind.encode(values)
    if let dictionary = encoded.dictionary {
      pages.append(.dictionary(dictionary.count, kind.plain(dictionary), pack: pageKind.pack))
    }
    pages.append(page(definitions, repetitions, encoded.bytes))
    rows += repetitions.filter { $0 == 0 }.count
    if greatestDefinition > 0 { expected.definitions += definitions.map { UInt8($0) } }
    if greatestRepetition > 0 { expected.repetitions += repetitions.map { UInt8($0) } }
    expected.values += values
    entries += count
  }

  private(set) var entries = 0

  private func page(_ definitions: [Int], _ repetitions: [Int], _ values: [UInt8]) -> ForgedPage {
    let page: ForgedPage
    if pageKind.isV2 {
      let width = greatestDefinition > 1 ? 2 : 1
      page = .dataV2(
        definitions.count, rows: repetitions.filter { $0 == 0 }.count, encoding: kind.encoding,
        repetitions: greatestRepetition == 0 ? [] : Encoded.runs(repetitions, width: 1),
        definitions: greatestDefinition == 0 ? [] : Encoded.runs(definitions, width: width),
        values, pack: pageKind.pack)
    } else {
      let levels =
        (greatestRepetition == 0 ? [] : ForgedPage.levels(repetitions, greatest: 1))
        + (greatestDefinition == 0 ? [] : ForgedPage.levels(definitions, greatest: greatestDefinition))
      page = .data(definitions.count, encoding: kind.encoding, levels: levels, values, pack: pageKind.pack)
    }
    return page.checked
  }

  var file: ForgedFile {
    let isNullable = greatestDefinition % 2 == 1
    let leaf = kind.leaf(isNullable ? Forged.optional : Forged.required)
    let nodes =
      greatestRepetition == 0
      ? [leaf]
      : [Forged.group("l", 1, Forged.optional, converted: 3), Forged.group("list", 1, Forged.repeated), leaf]
    let column = ForgedColumn(type: kind.type.rawValue, entries: entries, codec: pageKind.codec, pages)
    return ForgedFile(nodes, members: 1, groups: [.init(rows: rows, columns: [column])])
  }
}

@Suite struct `A column of random values` {
  @Test(arguments: ValueKind.all, PageKind.all)
  func `is read as it was written`(kind: ValueKind, page: PageKind) throws {
    for seed in 0..<Sample.rounds(quick: 1, full: 20, long: 200) {
      var random = SeededRandom(UInt64(seed))
      for shape in 0..<4 {
        let made = RandomColumn(kind, page, isNested: shape & 1 == 1, isNullable: shape & 2 == 2, &random)
        let once = Int.random(in: 1...400, using: &random)
        #expect(try column(made.file.bytes, at: once) == made.expected)
      }
    }
  }
}
