import Bytes
import Failures
import ParquetForge
import Seeded
import Testing

@testable import Parquet

// Not tested here: files that are really encrypted (Tests/Pipes/70-parquet does); how much memory a footer takes.

private let numbers = Array((1...5).map { littleEndian(Int32($0)) }.joined())
private let page = ForgedPage.data(5, encoding: 0, numbers)

private func honest(_ change: (inout ForgedFile) -> Void = { _ in }) -> ForgedFile {
  var file = ForgedFile(Forged.leaf("c", 1), rows: 5, ForgedColumn(type: 1, entries: 5, [page]))
  change(&file)
  return file
}

private func open(_ bytes: [UInt8]) throws -> ParquetFile { try ParquetFile(ArrayBytes(bytes)) }

/// What opening says, or reading the first column.
private func refused(_ change: (inout ForgedFile) -> Void) -> String? {
  refusal { try column(honest(change).bytes) }
}

@Suite struct `A footer` {
  @Test func `says what the file has`() throws {
    let file = try open(honest { $0.groups.append($0.groups[0]) }.bytes)
    #expect(file.rowGroups.map(\.rows) == [5, 5])
    #expect(file.rowGroups.map(\.firstRow) == [0, 5])
    #expect(file.schema.leaves.map(\.path) == [["c"]])
    #expect(try column(file).values.count == 10)
  }

  @Test func `of no columns and no rows is one`() throws {
    let file = try open(ForgedFile([], groups: []).bytes)
    #expect(file.schema.nodes.isEmpty && file.rowGroups.isEmpty)
  }

  @Test func `is longer than what is read first`() throws {
    let bytes = honest {
      $0.metadata[5] = .list([.structure([1: .text(String(repeating: "x", count: 70_000))])])
    }
    #expect(try column(bytes.bytes).values.count == 5)
  }

  @Test func `may have fields that nobody knows`() throws {
    let strange: Thrift = .structure([
      1: .bool(true), 40: .list([.structure([3: .list([.binary([1])])])]), 41: .int8(-1), 2000: .int64(.min),
    ])
    let bytes = honest {
      $0.metadata[99] = strange
      $0.elements[1][88] = strange
      $0.groups[0].columns[0].metadata[77] = strange
      $0.groups[0].columns[0].chunk[66] = strange
    }.bytes
    #expect(try column(bytes).values.count == 5)
  }

  @Test func `is cut short wherever the file is`() {
    let bytes = honest().bytes
    for count in 0..<bytes.count {
      #expect(refusal { try open(Array(bytes.prefix(count))) } != nil)
    }
  }

  @Test func `is refused where it is encrypted, or none`() {
    let bytes = honest().bytes
    #expect(
      refusal { try open(Array(bytes.dropLast(4)) + Array("PARE".utf8)) } == "unsupported: it is encrypted")
    #expect(
      refusal { try open(Array("id,title\n1,shoes and so on\n".utf8)) }?.contains("not Parquet") == true)
    #expect(refusal { try open([]) } == "it is too short to be Parquet")
    let long = Array(bytes.dropLast(8)) + littleEndian(UInt32.max) + Array("PAR1".utf8)
    #expect(refusal { try open(long) } == "its footer is cut short")
  }

  @Test func `has a column that can't be read, which is no error until it is`() throws {
    let bytes = honest {
      $0.elements[0] = Forged.group("schema", 2)
      $0.elements.append(Forged.leaf("d", 1))
      $0.groups[0].columns.append($0.groups[0].columns[0])
      $0.groups[0].columns[1].chunk[8] = .structure([1: .empty])
    }.bytes
    #expect(try column(bytes, 0).values.count == 5)
    #expect(refusal { try column(bytes, 1) } == "unsupported: column 'd' is encrypted")
  }

  @Test func `says what can't be of a column`() {
    let damaged = "column 'c' is damaged in the footer"
    #expect(refused { $0.groups[0].columns[0].chunk[3] = .bool(true) } == "its footer is damaged")
    #expect(refused { $0.groups[0].columns[0].type = 2 } == damaged)
    #expect(
      refused { $0.groups[0].columns[0].metadata[3] = .list([.text("a"), .text("b")]) }
        == "column 'c' has another name in a row group")
    #expect(refused { $0.groups[0].columns[0].entries = -1 } == damaged)
    #expect(
      refused { $0.groups[0].columns[0].chunk[1] = .text("x") }
        == "unsupported: column 'c' is in another file")
    #expect(
      refused { $0.groups[0].columns[0].codec = 8 } == "unsupported: column 'c' has an unknown codec, 8")
    #expect(refused { $0.groups[0].columns[0].codec = 3 }?.hasSuffix("LZO, which is not read") == true)
    for (field, value) in [(9, -1), (7, -1), (9, 1 << 40), (7, 1 << 40), (7, .max), (9, .max), (9, .min)] {
      let refusal = refused { $0.groups[0].columns[0].metadata[field] = .int64(value) }
      #expect(refusal == "column 'c' is not within it")
    }
    #expect(refused { $0.groups[0].rows = -1 } == "the number of its rows is damaged")
    #expect(refused { $0.groups[0].columns = [] } == "a row group has 0 columns where its schema has 1")
  }

  @Test func `is refused where it is longer than 32 MiB`() {
    let bytes = honest {
      $0.metadata[5] = .list([.structure([1: .text(String(repeating: "x", count: 32 << 20))])])
    }.bytes
    #expect(refusal { try open(bytes) } == "unsupported: its footer is longer than 32 MiB")
  }

  @Test func `may not have very many columns, nor row groups`() throws {
    let nodes = Array(repeating: Forged.leaf("c", 1), count: 1 << 17)
    #expect(
      refusal { try open(ForgedFile(nodes, groups: []).bytes) }
        == "unsupported: its schema has more than 131072 columns and groups")
    // One column less is let through, as what is refused next says too.
    if Sample.rounds(quick: 0, full: 1, long: 1) > 0 {
      #expect(try open(ForgedFile(nodes.dropLast(), groups: []).bytes).schema.leaves.count == 131_071)
    }
    let groups = Array(repeating: ForgedFile.Group(rows: 0, columns: []), count: 5)
    #expect(
      refusal { try open(ForgedFile(nodes.dropLast(), groups: groups).bytes) }
        == "unsupported: its row groups have more than 524288 columns in all")
  }

  @Test func `of old parquet-mr says less than a column chunk has`() throws {
    let bytes = honest {
      $0.groups[0].columns[0].metadata[7] = .int64(page.bytes.count - 15)
      $0.metadata[6] = .text("parquet-mr")
    }.bytes
    #expect(try column(bytes).values.count == 5)
  }

  @Test func `says an offset of 0 where there is no dictionary`() throws {
    let bytes = honest { $0.groups[0].columns[0].metadata[11] = .int64(0) }.bytes
    #expect(try column(bytes).values.count == 5)
  }
}

@Suite struct `Bytes that can't be had` {
  private struct Broken: RandomBytes {
    let bytes: ArrayBytes
    let from: Int
    var count: Int { bytes.count }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) {
      guard offset >= from else { throw Failure(.io, "the disk is gone") }
      try bytes.read(at: offset, into: buffer)
    }
  }

  @Test func `are the source's failure`() throws {
    let bytes = honest {
      $0.metadata[5] = .list([.structure([1: .text(String(repeating: "x", count: 70_000))])])
    }
    .bytes
    #expect(
      refusal { try ParquetFile(Broken(bytes: ArrayBytes(bytes), from: bytes.count)) } == "the disk is gone")
    let file = try ParquetFile(Broken(bytes: ArrayBytes(bytes), from: 5))
    #expect(refusal { try column(file) } == "the disk is gone")
  }
}
