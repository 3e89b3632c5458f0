import ParquetForge
import Testing

@testable import Parquet

// Not tested here: pages that other programs write (Tests/Pipes/70-parquet does), and pages of a size near 1 GiB.

private let numbers: [[UInt8]] = (1...5).map { littleEndian(Int32($0)) }
private let plain = ForgedPage.data(5, encoding: 0, Array(numbers.joined()))

private func file(_ pages: [ForgedPage], entries: Int = 5, codec: Int = 0, _ leaf: [Int: Thrift]? = nil)
  -> ForgedFile
{
  ForgedFile(
    leaf ?? Forged.leaf("c", 1), rows: entries, ForgedColumn(type: 1, entries: entries, codec: codec, pages))
}

private func read(_ pages: [ForgedPage], entries: Int = 5, codec: Int = 0) throws -> [[UInt8]] {
  try column(file(pages, entries: entries, codec: codec).bytes).values
}

@Suite struct `Pages` {
  @Test func `of a dictionary and without one follow each other in a chunk`() throws {
    let pages = [
      ForgedPage.dictionary(2, encoding: 2, numbers[0] + numbers[1]),
      .data(3, encoding: 2, [1] + Encoded.packedRun([1, 0, 1, 0, 0, 0, 0, 0], width: 1)),
      plain,
      .dataV2(2, encoding: 8, [0] + Encoded.repeated(0, count: 2, width: 0)),
    ]
    #expect(
      try read(pages, entries: 10) == [numbers[1], numbers[0], numbers[1]] + numbers + [
        numbers[0], numbers[0],
      ])
  }

  @Test func `without values, and those that are no data, are passed over`() throws {
    let index = ForgedPage(header: [1: .int32(1), 2: .int32(3), 3: .int32(3), 6: .empty], body: [1, 2, 3])
    let empty = ForgedPage.data(0, encoding: 0, [])
    let emptyV2 = ForgedPage.dataV2(0, encoding: 0, [])
    #expect(try read([empty, index, plain, emptyV2]) == numbers)
  }

  @Test func `of nulls alone need no values, nor a dictionary`() throws {
    let leaf = Forged.leaf("c", 1, Forged.optional)
    let levels = ForgedPage.levels([0, 0, 0], greatest: 1)
    for encoding in [0, 5, 8] {
      let bytes = file([.data(3, encoding: encoding, levels: levels, [])], entries: 3, leaf).bytes
      #expect(try column(bytes) == Column(definitions: [0, 0, 0]))
    }
  }

  @Test func `of old files have levels that are packed from the highest bit on`() throws {
    let nodes = [
      Forged.group("a", 1, Forged.optional), Forged.group("b", 1, Forged.optional),
      Forged.leaf("c", 1, Forged.optional),
    ]
    let levels = [3, 0, 1, 2, 3, 3, 0, 3, 3]
    let page = ForgedPage.data(
      9, encoding: 0, levels: Encoded.packedBackwards(levels, width: 2), levelEncoding: 4,
      Array(numbers.joined()))
    let forged = ForgedFile(
      nodes, members: 1,
      groups: [.init(rows: 9, columns: [ForgedColumn(type: 1, entries: 9, [page])])])
    #expect(try column(forged.bytes, at: 4) == Column(definitions: levels.map { UInt8($0) }, values: numbers))
  }

  @Test func `of version 2 may be left as they are though the chunk has a codec`() throws {
    let page = ForgedPage.dataV2(5, encoding: 0, Array(numbers.joined()), isCompressed: false)
    let packed = ForgedPage.dataV2(
      5, encoding: 0, Array(numbers.joined()), isCompressed: true, pack: Packing.gzip)
    #expect(try read([page, packed], entries: 10, codec: 2) == numbers + numbers)
  }

  @Test func `may be of several gzip members`() throws {
    let page = ForgedPage.data(5, encoding: 0, Array(numbers.joined())) {
      Packing.gzip(Array($0.prefix(7))) + Packing.gzip(Array($0.dropFirst(7)))
    }
    #expect(try read([page], codec: 2) == numbers)
  }

  @Test func `are checked where they have a checksum`() throws {
    #expect(try read([plain.checked]) == numbers)
    var page = plain.checked
    page.body[0] ^= 1
    #expect(
      refusal { try read([plain, page], entries: 10) }
        == "column 'c': the page at byte \(4 + plain.bytes.count) has a wrong checksum")
  }

  @Test func `may have a header that is longer than what is looked at first`() throws {
    var page = plain
    guard case .structure(var content) = page.header[5] else { return }
    content[5] = .structure([1: .binary(Array(repeating: 7, count: 600_000))])
    page.header[5] = .structure(content)
    #expect(try read([page, plain], entries: 10) == numbers + numbers)
  }

  @Test func `are larger than what is read at once`() throws {
    let many = (0..<200_000).map { littleEndian(Int32($0)) }
    let page = ForgedPage.data(200_000, encoding: 0, Array(many.joined()))
    #expect(try read([plain, page, plain], entries: 200_010) == numbers + many + numbers)
  }
}

/// A page that can't be read, and what is said of it.
private struct Bad: Sendable, CustomStringConvertible {
  let description: String
  let leaf: [Int: Thrift]
  let type: Int
  let entries: Int
  let pages: [ForgedPage]

  init(
    _ clause: String, type: Int = 1, at repetition: Int = Forged.required, length: Int? = nil,
    entries: Int = 5,
    _ pages: ForgedPage...
  ) {
    description = clause
    leaf = Forged.leaf("c", type, repetition, length: length)
    self.type = type
    self.entries = entries
    self.pages = pages
  }

  static let deltas = Encoded.deltas([1, 2, 3, 4, 5])

  static let all = [
    Bad("has fewer values than it says", .data(5, encoding: 0, Array(numbers.joined().dropLast()))),
    Bad("has fewer values than it says", type: 0, entries: 9, .data(9, encoding: 0, [1])),
    Bad("has fewer values than it says", type: 0, entries: 9, .data(9, encoding: 3, [9, 0, 0, 0, 20])),
    Bad("has fewer values than it says", .data(5, encoding: 5, Array(deltas.dropLast(4)))),
    Bad("has fewer values than it says", .data(5, encoding: 5, Encoded.deltas([1, 2, 3, 9]))),
    Bad("has fewer values than it says", .data(5, encoding: 9, Array(repeating: 0, count: 19))),
    Bad("has a damaged header of its deltas", .data(5, encoding: 5, [100, 4, 5, 2])),
    Bad("has a damaged header of its deltas", .data(5, encoding: 5, [128, 1, 0, 5, 2])),
    Bad("has a damaged header of its deltas", .data(5, encoding: 5, [128])),
    Bad("has deltas of 65 bits", .data(5, encoding: 5, [128, 1, 4, 5, 2, 2, 65, 0, 0, 0])),
    Bad("has a value that is cut short", type: 6, entries: 1, .data(1, encoding: 0, [3, 0, 0, 0, 65, 66])),
    Bad(
      "has a value that is cut short", type: 6, entries: 1, .data(1, encoding: 0, [255, 255, 255, 255, 65])),
    Bad(
      "has a value that is cut short", type: 6, entries: 1, .data(1, encoding: 6, Encoded.deltas([3]) + [65])),
    Bad(
      "has a value that is cut short", type: 6, entries: 1, .data(1, encoding: 6, Encoded.deltas([-3]) + [65])
    ),
    Bad(
      "has a value that shares more with the one before it than that has", type: 6, entries: 2,
      .data(2, encoding: 7, Encoded.deltas([0, 3]) + Encoded.deltaLengths([[65, 66], [67]]))),
    Bad(
      "has a value that shares more with the one before it than that has", type: 6, entries: 1,
      .data(1, encoding: 7, Encoded.deltas([-1]) + Encoded.deltaLengths([[65]]))),
    Bad(
      "has a value of a wrong length", type: 7, length: 2, entries: 1,
      .data(1, encoding: 7, Encoded.deltaBytes([[65, 66, 67]]))),
    Bad("needs a dictionary, and there is none", .data(5, encoding: 8, [1, 10, 0])),
    Bad(
      "has an index beyond its dictionary", .dictionary(2, numbers[0] + numbers[1]),
      .data(5, encoding: 8, [2] + Encoded.repeated(2, count: 5, width: 2))),
    Bad(
      "has an index beyond its dictionary", .dictionary(2, numbers[0] + numbers[1]),
      .data(5, encoding: 8, [2] + Encoded.packedRun([0, 1, 0, 3, 1, 0, 0, 0], width: 2))),
    Bad(
      "has an index beyond its dictionary", .dictionary(2, numbers[0] + numbers[1]),
      .data(5, encoding: 8, [32] + Encoded.packedRun([0, 1, 0, 0xFFFF_FFFF, 1, 0, 0, 0], width: 32))),
    Bad(
      "has an index beyond its dictionary", .dictionary(0, []), .data(5, encoding: 8, [0, 10])),
    Bad(
      "has indices of 33 bits", .dictionary(2, numbers[0] + numbers[1]), .data(5, encoding: 8, [33, 10, 0])),
    Bad("has a dictionary that is cut short", .dictionary(3, numbers[0] + numbers[1]), plain),
    Bad("has a dictionary that is cut short", .dictionary(Int(Int32.max), numbers[0]), plain),
    Bad("has a dictionary of an unknown encoding, 5", .dictionary(1, encoding: 5, numbers[0]), plain),
    Bad("has a dictionary of booleans", type: 0, .dictionary(1, [1]), plain),
    Bad("has a damaged header", .dictionary(-1, numbers[0]), plain),
    Bad("has a damaged header", .data(-5, encoding: 0, [])),
    Bad("has a damaged header", ForgedPage(header: [1: .int32(0), 2: .int32(0), 3: .int32(0)], body: [])),
    Bad("has a damaged header", ForgedPage(header: [1: .int32(1), 2: .int32(-1), 3: .int32(0)], body: [])),
    Bad("has a damaged header", ForgedPage(header: [1: .int32(1), 2: .int32(0), 3: .int32(-1)], body: [])),
    Bad("is cut short", ForgedPage(header: plain.header, body: [1])),
    Bad("has more values than its column chunk", entries: 7, plain, plain),
    Bad("has values of type int32 in an encoding that is not read, 6", .data(5, encoding: 6, [0])),
    Bad("has values of type int32 in an encoding that is not read, 77", .data(5, encoding: 77, [0])),
    Bad(
      "has levels that are cut short", at: Forged.optional,
      .data(5, encoding: 0, levels: [9, 0, 0, 0], [1])),
    Bad(
      "has levels that are cut short", at: Forged.optional,
      .data(5, encoding: 0, levels: [2, 0, 0, 0], [4, 1])),
    Bad("has levels that are cut short", at: Forged.optional, .data(5, encoding: 0, levels: [1, 0], [])),
    Bad(
      "has levels that are cut short", at: Forged.optional, entries: 9,
      .data(9, encoding: 0, levels: [1], levelEncoding: 4, [])),
    Bad(
      "has levels of an unknown encoding, 5", at: Forged.optional,
      .data(5, encoding: 0, levelEncoding: 5, [1])),
    Bad(
      "has a level that is greater than its column's greatest", at: Forged.optional,
      .data(5, encoding: 0, levels: [2, 0, 0, 0, 10, 2], [])),
    Bad(
      "begins in the middle of a row", at: Forged.repeated, entries: 1,
      .data(
        1, encoding: 0, levels: ForgedPage.levels([1], greatest: 1) + ForgedPage.levels([1], greatest: 1),
        numbers[0])),
  ]
}

@Suite struct `A damaged page` {
  @Test(arguments: Bad.all)
  fileprivate func `is an error that says so`(bad: Bad) {
    let column = ForgedColumn(type: bad.type, entries: bad.entries, bad.pages)
    let bytes = ForgedFile(bad.leaf, rows: bad.entries, column).bytes
    let refusal = refusal { try ParquetTests.column(bytes) } ?? "it was read"
    #expect(refusal.hasPrefix("column 'c': ") || refusal.hasPrefix("unsupported: column 'c': "))
    #expect(refusal.hasSuffix(bad.description))
  }

  @Test func `of version 2 has levels beyond its end`() {
    for levels in [(-1, 0), (0, -1), (30, 0), (0, 30), (Int(Int32.max), Int(Int32.max))] {
      var page = ForgedPage.dataV2(5, encoding: 0, Array(numbers.joined()))
      guard case .structure(var content) = page.header[8] else { return }
      content[5] = .int32(levels.0)
      content[6] = .int32(levels.1)
      page.header[8] = .structure(content)
      #expect(refusal { try read([page]) } == "column 'c': the page at byte 4 has levels that are cut short")
    }
  }

  @Test(arguments: [1, 2, 4, 5, 6, 7])
  func `does not decompress`(codec: Int) {
    let page = ForgedPage.data(5, encoding: 0, Array(numbers.joined())) { _ in
      Array(repeating: 0x55, count: 20)
    }
    #expect(
      refusal { try read([page], codec: codec) } == "column 'c': the page at byte 4 does not decompress")
  }

  @Test func `says that it is longer than it can be`() {
    for (codec, size) in [(1, 1 << 29), (2, 1 << 20), (6, 1 << 29)] {
      var page = plain
      page.header[2] = .int32(size)
      #expect(
        refusal { try read([page], codec: codec) }
          == "column 'c': the page at byte 4 can't be as long as it says")
    }
    var page = plain
    page.header[2] = .int32(Int(Int32.max))
    #expect(
      refusal { try read([page], codec: 6) }
        == "unsupported: column 'c': the page at byte 4 is longer than 1 GiB")
  }

  @Test func `is missing`() {
    #expect(refusal { try read([plain], entries: 6) } == "column 'c' ends before the last of its values")
  }
}
