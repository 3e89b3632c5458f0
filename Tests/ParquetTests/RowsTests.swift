import Bytes
import JSON
import ParquetForge
import Testing

@testable import Parquet

// Not tested here: lists, maps and structures (RowsNestedTests), how each kind of value is printed (RowsValueTests).

private let micros = Int64(1_000_000)

/// Rows of a number, a text and a time in seconds, or in another unit.
private struct Table {
  var times: [Int64?]
  var perSecond = micros
  var logical: [Int: Thrift]? = [8: .structure([1: .bool(true), 2: .structure([2: .empty])])]
  var hasStatistics = true

  var nodes: [[Int: Thrift]] {
    [
      Forged.leaf("n", 1), Forged.leaf("text", 6, Forged.optional, converted: 0),
      Forged.leaf("at", 2, Forged.optional, logical: logical),
    ]
  }

  var group: ForgedFile.Group {
    let entries = times.map { (0, $0 == nil ? 0 : 1, $0.map { $0 * perSecond }) }
    var column = RowColumn.longs(entries, definition: 1)
    let values = entries.compactMap(\.2)
    if hasStatistics, let least = values.min(), let greatest = values.max() {
      column.metadata[12] = .structure([
        3: .int64(times.count - values.count), 5: .binary(littleEndian(greatest)),
        6: .binary(littleEndian(least)),
      ])
    }
    let texts = times.indices.map { (0, $0 % 2, $0 % 2 == 0 ? nil : "t\($0)") }
    return .init(
      rows: times.count,
      columns: [RowColumn.ints(Array(times.indices)), RowColumn.texts(texts, definition: 1), column])
  }

  var file: ForgedFile { ForgedFile(nodes, groups: [group]) }
}

private func only(_ columns: [[String]]?) -> RowSelection {
  var selection = RowSelection()
  selection.columns = columns
  return selection
}

private func selection(_ columns: [[String]]?, _ since: Int64? = nil, _ until: Int64? = nil) -> RowSelection {
  var selection = only(columns)
  selection.times = RowTimes(column: "at", since: since, until: until)
  return selection
}

@Suite struct `Rows of Parquet` {
  private let table = Table(times: [0, nil, 100, 200])

  @Test func `are lines with all members, or with those that are selected`() throws {
    #expect(
      try lines(table.file) == [
        #"{"n":0,"text":null,"at":"1970-01-01T00:00:00Z"}"#, #"{"n":1,"text":"t1","at":null}"#,
        #"{"n":2,"text":null,"at":"1970-01-01T00:01:40Z"}"#,
        #"{"n":3,"text":"t3","at":"1970-01-01T00:03:20Z"}"#,
      ])
    var selection = RowSelection()
    selection.columns = [["text"], ["n"], ["nothing"], ["at", "below"]]
    #expect(try lines(table.file, selection)[1] == #"{"n":1,"text":"t1"}"#)
    selection.columns = []
    #expect(try lines(table.file, selection) == ["{}", "{}", "{}", "{}"])
  }

  @Test func `are given at least one at a time, and as many as there is room for`() throws {
    let file = try ParquetFile(ArrayBytes(table.file.bytes))
    let reader = try RowReader(file, rowGroup: 0, RowSelection())
    var text = JSONText()
    var counts: [Int] = []
    while try reader.append(to: &text, until: 48) {
      counts.append(text.bytes.count { $0 == UInt8(ascii: "\n") })
      text.removeAll()
    }
    #expect(counts == [1, 2, 1])
    #expect(try !reader.append(to: &text, until: 48) && text.count == 0)
  }

  @Test func `have constants in front, which hide columns`() throws {
    var selection = RowSelection()
    selection.constants = [("region \"x\"", "\"eu\""), ("n", "7")]
    #expect(try lines(table.file, selection)[1] == #"{"region \"x\"":"eu","n":7,"text":"t1","at":null}"#)
    selection.columns = [["n"]]
    #expect(try lines(table.file, selection)[1] == #"{"region \"x\"":"eu","n":7}"#)
  }

  @Test func `that are deleted are empty lines, whatever row group they are in`() throws {
    let file = ForgedFile(table.nodes, groups: [table.group, table.group])
    var selection = RowSelection()
    selection.columns = [["n"]]
    selection.deleted = [0, 3, 3, 4, 6, 100]
    #expect(
      try lines(file, selection) == ["", #"{"n":1}"#, #"{"n":2}"#, "", "", #"{"n":1}"#, "", #"{"n":3}"#])
    selection.deleted = Array(0..<8)
    #expect(try lines(file, selection) == Array(repeating: "", count: 8))
  }

  @Test(arguments: [(1, [0]), (3, []), (1000, [])])
  func `are none more of once one is damaged`(size: Int, good: [Int]) throws {
    var table = table
    table.times.append(.max / micros)
    var group = table.group
    group.columns[0] = RowColumn.ints([0])
    let file = try ParquetFile(ArrayBytes(ForgedFile(table.nodes, groups: [group]).bytes))
    let reader = try RowReader(file, rowGroup: 0, selection([["n"]]))
    var text = JSONText()
    #expect(throws: ParquetError.self) { while try reader.append(to: &text, until: 1) { text.removeAll() } }
    #expect(text.count == 0 || text.bytes.last == UInt8(ascii: "\n"))
    #expect(throws: ParquetError.self) { try reader.append(to: &text, until: 1) }
  }

  @Test func `are counted by a column where none is selected, and refused where there is none`() throws {
    let file = ForgedFile(
      [Forged.leaf("a", 1)], groups: [.init(rows: 1 << 60, columns: [RowColumn.ints([1, 2])])])
    var nothing = RowSelection()
    nothing.columns = []
    #expect(throws: ParquetError.damaged("column 'a', row 3: it has fewer rows than its row group")) {
      try lines(file, nothing)
    }
    var times = RowSelection()
    times.times = RowTimes(column: "when", since: 0, until: nil)
    let damage = "a row group has fewer bytes than its \(1 << 60) rows must have"
    #expect(throws: ParquetError.damaged(damage)) { try lines(file, times) }
    let empty = ForgedFile([], groups: [.init(rows: 1 << 60, columns: [])])
    #expect(throws: ParquetError.self) { try lines(empty) }
  }
}

@Suite struct `Rows of Parquet in a range of time` {
  private let table = Table(times: [50, 100, nil, 199, 200, -1])

  @Test(arguments: [true, false], [nil, ["at"], ["n"]])
  func `are those that are in it, its end excluded`(hasStatistics: Bool, column: [String]?) throws {
    var table = table
    table.hasStatistics = hasStatistics
    let all = try lines(table.file, only(column.map { [$0] }))
    let some = try lines(table.file, selection(column.map { [$0] }, 100, 200))
    #expect(some == ["", all[1], "", all[3], "", ""])
    #expect(
      try lines(table.file, selection(column.map { [$0] }, 100)) == ["", all[1], "", all[3], all[4], ""])
    #expect(try lines(table.file, selection(column.map { [$0] }, nil, 0)) == ["", "", "", "", "", all[5]])
    #expect(
      try lines(table.file, selection(column.map { [$0] })) == [all[0], all[1], "", all[3], all[4], all[5]])
  }

  @Test(arguments: [(1, Int64(1000)), (2, micros), (3, 1_000_000_000)])
  func `are found by their seconds, whatever the unit`(unit: Int, perSecond: Int64) throws {
    let logical: [Int: Thrift] = [8: .structure([1: .bool(false), 2: .structure([unit: .empty])])]
    for hasStatistics in [true, false] {
      var table = Table(times: table.times, perSecond: perSecond, logical: logical)
      table.hasStatistics = hasStatistics
      let rows = try lines(table.file, selection([["n"]], -1, 100))
      #expect(rows == [#"{"n":0}"#, "", "", "", "", #"{"n":5}"#])
    }
  }

  @Test func `are found in dates, and by parts of a second`() throws {
    let dates = ForgedFile(
      [Forged.leaf("at", 1, converted: 6)], groups: [.init(rows: 3, columns: [RowColumn.ints([0, 1, -1])])])
    let rows = try lines(dates, selection(nil, 0, 86_400))
    #expect(rows == [#"{"at":"1970-01-01"}"#, "", ""])
    let parts = Table(
      times: [99_999, 100_000, -1], perSecond: 1,
      logical: [8: .structure([1: .bool(false), 2: .structure([1: .empty])])])
    #expect(try lines(parts.file, selection([["n"]], 99, 100)) == [#"{"n":0}"#, "", ""])
    #expect(try lines(parts.file, selection([["n"]], -1, 0)) == ["", "", #"{"n":2}"#])
  }

  @Test func `are not read where the statistics say that there are none`() throws {
    let bytes = CountedBytes(table.file)
    _ = try ParquetFile(bytes)
    let footer = bytes.read
    for (since, until) in [(201, nil), (nil, -1), (Int64.max, nil), (nil, Int64.min)] as [(Int64?, Int64?)] {
      let before = bytes.read
      #expect(try lines(bytes, selection(nil, since, until)) == Array(repeating: "", count: 6))
      #expect(bytes.read - before == footer)
    }
  }

  @Test func `are not filtered where the statistics say that all are in it`() throws {
    var table = table
    table.times = [50, 100]
    let bytes = CountedBytes(table.file)
    _ = try lines(bytes, selection([["n"]], 50, 101))
    let without = CountedBytes(table.file)
    _ = try lines(without, only([["n"]]))
    #expect(bytes.read == without.read)
  }

  @Test func `leave the other columns unread where there are none`() throws {
    let bytes = CountedBytes(table.file)
    #expect(try lines(bytes, selection([["n"], ["text"]], 110, 120)) == Array(repeating: "", count: 6))
    let times = CountedBytes(table.file)
    _ = try lines(times, only([["at"]]))
    #expect(bytes.read == times.read)
  }

  @Test func `are none where the file does not have the column`() throws {
    var selection = selection(nil, 0)
    selection.times = RowTimes(column: "when", since: 0, until: nil)
    #expect(try lines(table.file, selection) == Array(repeating: "", count: 6))
  }

  @Test func `need a column of times, and one of the file`() throws {
    var selection = selection(nil, 0)
    for name in ["n", "text"] {
      selection.times = RowTimes(column: name, since: 0, until: nil)
      #expect(throws: ParquetError.unsupported("column '\(name)': it has no timestamps and no dates")) {
        try lines(table.file, selection)
      }
    }
    selection.times = RowTimes(column: "dt", since: 0, until: nil)
    selection.constants = [("dt", "\"2026-05-04\"")]
    #expect(throws: ParquetError.unsupported("column 'dt': its times are not in the file")) {
      try lines(table.file, selection)
    }
  }
}

@Suite struct `Types of Parquet` {
  private func file(_ leaf: [Int: Thrift], _ values: [UInt8]) -> ForgedFile {
    let type = if case .int32(let type)? = leaf[1] { type } else { 0 }
    let column = ForgedColumn(type: type, entries: 1, [ForgedPage.data(1, encoding: 0, values)])
    return ForgedFile(leaf, rows: 1, column)
  }

  private func decimal(_ precision: Int, _ scale: Int) -> [Int: Thrift] {
    [5: .structure([1: .int32(scale), 2: .int32(precision)])]
  }

  private func integer(_ bits: Int, _ isSigned: Bool) -> [Int: Thrift] {
    [10: .structure([1: .int8(bits), 2: .bool(isSigned)])]
  }

  private let sixteen = (0..<16).map { UInt8($0) }

  @Test func `are printed`() throws {
    let cases: [([Int: Thrift], [UInt8], String)] = [
      (Forged.leaf("x", 0), [1], "true"), (Forged.leaf("x", 0), [0], "false"),
      (Forged.leaf("x", 1), littleEndian(Int32.min), "-2147483648"),
      (Forged.leaf("x", 1, logical: integer(32, false)), littleEndian(UInt32.max), "4294967295"),
      (Forged.leaf("x", 1, logical: integer(8, true)), littleEndian(Int32(-8)), "-8"),
      (Forged.leaf("x", 2), littleEndian(Int64.min), "-9223372036854775808"),
      (Forged.leaf("x", 2, logical: integer(64, false)), littleEndian(UInt64.max), "18446744073709551615"),
      (Forged.leaf("x", 4), littleEndian(Float(0.1).bitPattern), "0.1"),
      (Forged.leaf("x", 5), littleEndian(0.1.bitPattern), "0.1"),
      (Forged.leaf("x", 5), littleEndian(Double.nan.bitPattern), "null"),
      (Forged.leaf("x", 7, length: 2, logical: [15: .empty]), [0x66, 0x2E], "0.1"),
      (Forged.leaf("x", 1, logical: decimal(9, 2)), littleEndian(Int32(-5)), "-0.05"),
      (Forged.leaf("x", 2, logical: decimal(18, 0)), littleEndian(Int64(1230)), "1230"),
      (Forged.leaf("x", 7, length: 3, logical: decimal(5, 2)), [0xFF, 0xFF, 0x85], "-1.23"),
      (Forged.leaf("x", 6, logical: decimal(5, 2)), [1, 0, 0, 0, 123], "1.23"),
      (Forged.leaf("x", 1, converted: 6), littleEndian(Int32(20_577)), #""2026-05-04""#),
      (Forged.leaf("x", 1, converted: 7), littleEndian(Int32(36_300_000)), #""10:05:00""#),
      (Forged.leaf("x", 2, converted: 8), littleEndian(Int64(36_300_000_001)), #""10:05:00.000001""#),
      (Forged.leaf("x", 2, converted: 9), littleEndian(Int64(1001)), #""1970-01-01T00:00:01.001Z""#),
      (
        Forged.leaf("x", 3), littleEndian(Int64(1)) + littleEndian(Int32(2_440_588)),
        #""1970-01-01T00:00:00.000000001Z""#
      ),
      (
        Forged.leaf("x", 7, length: 16, logical: [14: .empty]), sixteen,
        #""00010203-0405-0607-0809-0a0b0c0d0e0f""#
      ),
      (
        Forged.leaf("x", 7, length: 12, converted: 21), Array(sixteen.prefix(4)) + [0, 0, 0, 0, 1, 0, 0, 0],
        #"{"months":50462976,"days":0,"milliseconds":1}"#
      ),
      (Forged.leaf("x", 6, converted: 4), [1, 0, 0, 0, 65], #""A""#),
      (Forged.leaf("x", 6, converted: 19), [3, 0, 0, 0, 91, 32, 93], "[]"),
      (Forged.leaf("x", 6, converted: 20), [1, 0, 0, 0, 0xFF], #""/w==""#),
      (Forged.leaf("x", 7, length: 2), [65, 66], #""AB""#),
    ]
    for (leaf, value, json) in cases {
      #expect(try lines(file(leaf, value)) == ["{\"x\":\(json)}"])
    }
  }

  @Test func `that are text are passed on though they are not UTF-8`() throws {
    let file = try ParquetFile(
      ArrayBytes(file(Forged.leaf("x", 6, converted: 0), [2, 0, 0, 0, 0xFF, 10]).bytes))
    var text = JSONText()
    _ = try RowReader(file, rowGroup: 0, RowSelection()).append(to: &text, until: 1)
    #expect(Array(text.bytes) == Array("{\"x\":\"".utf8) + [0xFF] + Array("\\n\"}\n".utf8))
  }

  @Test func `that are not read are refused by name, where they are selected`() throws {
    let cases: [([Int: Thrift], String)] = [
      (Forged.leaf("x", 2, converted: 6), "date of int64"),
      (Forged.leaf("x", 1, converted: 0), "string of int32"),
      (Forged.leaf("x", 7, length: 15, logical: [14: .empty]), "uuid of fixedLengthByteArray"),
      (Forged.leaf("x", 6, logical: [99: .empty]), "logical type 99"),
      (Forged.leaf("x", 6, logical: [17: .empty]), "GEOMETRY"),
    ]
    for (leaf, name) in cases {
      let type = if case .int32(let type)? = leaf[1] { type } else { 0 }
      let column = ForgedColumn(
        type: type, entries: 1, [ForgedPage.data(1, encoding: 0, [1, 0, 0, 0, 0, 0, 0, 0])])
      let nodes = [leaf, Forged.leaf("y", 1)]
      let file = ForgedFile(nodes, groups: [.init(rows: 1, columns: [column, RowColumn.ints([1])])])
      #expect(throws: ParquetError.unsupported("column 'x': \(name) is not read")) {
        try lines(file)
      }
      var selection = RowSelection()
      selection.columns = [["y"]]
      #expect(try lines(file, selection) == [#"{"y":1}"#])
    }
  }

  @Test func `may have values that are damage, by row`() throws {
    let cases: [([Int: Thrift], [UInt8], String)] = [
      (Forged.leaf("x", 6, logical: decimal(5, 2)), [0, 0, 0, 0], "a decimal has no bytes, or too many"),
      (
        Forged.leaf("x", 1, converted: 7), littleEndian(Int32(86_400_001)),
        "86400001 milliseconds are no time of a day"
      ),
      (Forged.leaf("x", 1, logical: [11: .empty]), littleEndian(Int32(1)), "a value in a column of nulls"),
    ]
    for (leaf, value, reason) in cases {
      #expect(throws: ParquetError.damaged("column 'x', row 1: \(reason)")) { try lines(file(leaf, value)) }
    }
  }
}
