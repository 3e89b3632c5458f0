import Fields
import Seeded
import Testing

@testable import Records

// Not tested here: what libisal and libzstd do with other libraries' rarest encodings; the limit of 64 GiB.

private let fields = made(Field("k", .id), Field("t", .text), Field("n", .number))

private func read(_ bytes: [UInt8], most: Int = .max, name: String = "x") -> [String] {
  read(BytesSource(bytes, most: most), name: name, fields: fields)
}

/// What a compressed file gives before it was compressed.
private func expand(_ input: any RecordInput) throws -> [UInt8] {
  var block = [UInt8](repeating: 0, count: 100_000)
  var all: [UInt8] = []
  while true {
    let count = try block.withUnsafeMutableBytes { try input.read(into: $0) }
    if count == 0 { return all }
    all += block[..<count]
  }
}

private func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
  try expand(GzipInput(SourceBlocks(BytesSource(bytes))))
}

private func unzstd(_ bytes: [UInt8]) throws -> [UInt8] {
  try expand(ZstdInput(SourceBlocks(BytesSource(bytes))))
}

struct Format: CustomTestStringConvertible, Sendable {
  let name: String
  let records: [UInt8]

  static let all = [
    Format(name: "gz", records: Fixtures.gzip), Format(name: "zst", records: Fixtures.zstd),
  ]

  var testDescription: String { name }

  /// The lines of the fixture.
  var lines: [String] { read(records) }

  func expand(_ bytes: [UInt8]) throws -> [UInt8] { name == "gz" ? try gunzip(bytes) : try unzstd(bytes) }
}

@Suite struct `A compressed file` {
  @Test func `of either format gives the same records`() {
    let lines = Format.all[0].lines
    #expect(lines.count == 90)
    #expect(lines[0].hasPrefix("1 id=p0 t=\""))
    #expect(lines[89].hasPrefix("90 id=p89 t=\""))
    #expect(Format.all[1].lines == lines)
  }

  @Test(arguments: Format.all)
  func `is known by its name or its first bytes`(format: Format) {
    for name in ["x", "x.\(format.name)", "x.json", "X.\(format.name.uppercased())", "x.\(format.name).part"]
    {
      #expect(read(format.records, name: name) == format.lines, "\(name)")
    }
    #expect(read(Fixtures.gzip, name: "x.gzip") == format.lines)
  }

  @Test(arguments: Format.all)
  func `may come in pieces of any size`(format: Format) {
    for most in [1, 2, 3, 7, 8, 9, 100, 1000] {
      #expect(read(format.records, most: most) == format.lines)
    }
  }

  @Test(arguments: Format.all)
  func `may be several, one behind the other`(format: Format) {
    for most in [1, 7, .max] {
      let lines = read(format.records + format.records + format.records, most: most)
      #expect(lines.count == 270)
      #expect(lines.suffix(90).map { $0.drop { $0 != " " } } == format.lines.map { $0.drop { $0 != " " } })
    }
  }

  @Test(arguments: Format.all)
  func `cut short anywhere is damaged, and never just shorter`(format: Format) {
    let whole = format.records + format.records
    let lines = read(whole)
    // Every byte of the last part's end, and of the rest some.
    let step = Sample.rounds(quick: 17, full: 1, long: 1)
    for count in 0..<whole.count
    where count != format.records.count && (count % step == 0 || count > whole.count - 20) {
      let cut = read(Array(whole.prefix(count)), name: "x.\(format.name)")
      #expect(cut.last == "damaged: it is cut short", "at \(count)")
      #expect(lines.starts(with: cut.dropLast()), "at \(count)")
    }
  }

  @Test(arguments: Format.all)
  func `with any bit flipped is damaged, or just the same`(format: Format) throws {
    let whole = try format.expand(format.records)
    #expect(whole.count { $0 == 0x0A } == 90)
    var same = 0
    let step = Sample.rounds(quick: 11, full: 1, long: 1)
    for place in format.records.indices where place % step == 0 || place < 30 {
      for bit in 0..<8 {
        var flipped = format.records
        flipped[place] ^= 1 << bit
        guard let found = try? format.expand(flipped) else { continue }
        #expect(found == whole, "bit \(bit) of byte \(place)")
        same += 1
      }
    }
    // Only in what the header says of the time, the system and the name.
    #expect(same < 250)
  }

  @Test(arguments: Format.all)
  func `with something behind it is damaged`(format: Format) {
    for tail in [
      [0], [0, 0, 0, 0, 0, 0, 0, 0], [0x0A], [0x1F], [0x1F, 0x8B], Array("{\"k\":1}\n{\"k\":2}\n".utf8),
    ] {
      for most in [1, .max] {
        let found = read(format.records + tail, most: most)
        #expect(found.dropLast() == format.lines[...])
        #expect(found.last?.hasPrefix("damaged: ") == true, "\(tail)")
      }
    }
    let other = Format.all.first { $0.name != format.name }?.records ?? []
    #expect(read(format.records + other).last == "damaged: something follows the compressed data")
  }

  @Test(arguments: Format.all)
  func `without a byte is cut short`(format: Format) {
    #expect(read([], name: "x.\(format.name)") == ["damaged: it is cut short"])
    #expect(read([], name: "x") == [])
  }

  @Test func `that is not what its name says is damaged`() {
    let plain = Array("{\"k\":\"a\",\"t\":\"quite plain text, and quite long\"}\n".utf8)
    #expect(read(plain, name: "x.gz") == ["damaged: it is not gzip"])
    #expect(read(plain, name: "x.zst") == ["damaged: it is not zstd"])
    #expect(read(Fixtures.zstd, name: "x.gz") == ["damaged: it is not gzip"])
    #expect(read(Fixtures.gzip, name: "x.zst") == ["damaged: it is not zstd"])
  }

  @Test func `may hold members without a record`() {
    // gzip -n < /dev/null
    let empty: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    #expect(read(empty) == [])
    #expect(read(empty + Fixtures.gzip + empty) == Format.all[0].lines)
    // zstd --check < /dev/null, and a skippable frame of three bytes.
    let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x24, 0, 1, 0, 0, 0x99, 0xE9, 0xD8, 0x51]
    let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
    #expect(read(frame) == [])
    #expect(read(frame + Fixtures.zstd + skippable, name: "x.zst") == Format.all[1].lines)
    for count in 1..<skippable.count {
      #expect(read(frame + skippable.prefix(count)) == ["damaged: it is cut short"])
    }
  }

  @Test func `that wants a window of more than 128 MiB is refused`() {
    #expect(read(Fixtures.zstdWindow) == ["damaged: it needs a window of more than 128 MiB"])
  }
}

@Suite struct `A bomb` {
  @Test func `of gzip is damaged where it went off`() throws {
    let member = try gunzip(Fixtures.gzipBomb)
    let sixteen = Array(repeating: member, count: 16).flatMap { $0 }
    // 64 MiB may have any ratio: here are a line that is too long, and a record.
    #expect(read(sixteen) == ["1 malformed: line longer than 16 MiB"])
    let found = read(sixteen + member + sixteen)
    #expect(found == ["damaged: it expands more than 1000 times"])
  }

  @Test func `of zstd is damaged where it went off`() throws {
    let bomb = try unzstd(Fixtures.zstdBomb)
    #expect(bomb.count < 10_000)
    #expect(read(bomb) == ["damaged: it expands more than 1000 times"])
  }

  @Test func `is told by the ratio only beyond 64 MiB, and then by size`() throws {
    var expansion = Expansion()
    try expansion.add(64 << 20, from: 1)
    #expect(throws: RecordError.damaged(reason: "it expands more than 1000 times")) {
      try expansion.add(1, from: 67_108)
    }
    var large = Expansion()
    try large.add(64 << 30, from: 64 << 30)
    #expect(throws: RecordError.damaged(reason: "it expands to more than 64 GiB")) {
      try large.add(1, from: 64 << 30)
    }
  }
}

@Suite struct `The header of a gzip member` {
  /// Header, an empty block, and the trailer of nothing.
  private func member(flags: UInt8, _ optional: [UInt8]) -> [UInt8] {
    [0x1F, 0x8B, 8, flags, 1, 2, 3, 4, 0, 3] + optional + [3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  }

  @Test(
    arguments: [
      (0x00, []), (0x01, []), (0x04, [0, 0]), (0x04, [2, 0, 7, 7]), (0x08, [0x61, 0]), (0x10, [0x61, 0]),
      (0x08, [0]),
      (0x1D, [1, 0, 7, 0x61, 0, 0x62, 0]), (0x02, [0x50, 0xF0]),
    ] as [(UInt8, [UInt8])])
  func `may have any of its parts`(flags: UInt8, optional: [UInt8]) {
    for most in [1, 5, .max] {
      #expect(read(member(flags: flags, optional) + Fixtures.gzip, most: most) == Format.all[0].lines)
    }
  }

  @Test(
    arguments: [
      (0x20, []), (0x40, []), (0x80, []), (0x02, [0, 0]), (0x04, [255, 255]), (0x08, [0x61]),
    ] as [(UInt8, [UInt8])])
  func `that is damaged is refused`(flags: UInt8, optional: [UInt8]) {
    #expect(read(member(flags: flags, optional)).last?.hasPrefix("damaged: ") == true)
  }
}
