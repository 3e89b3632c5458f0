import Bytes
import Failures
import Files
import Foundation
import JSON
import Lines
import Objects
import Parquet
import ParquetForge
import Partitions
import Records
import Tables
import Testing

@testable import Reading

/// Objects of every format, opened as they were listed. Not tested here: deletion vectors (TablesTests), stores that fail
/// (ObjectsTests), what part-cat makes of it (its transcript).
@Suite final class ObjectReadingTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "reading-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func line(_ name: String, _ bytes: [UInt8], tag: String? = nil) throws -> ObjectLine {
    try Data(bytes).write(to: URL(filePath: folder + "/" + name))
    let info = try #require(try LocalStore(root: folder).info(Key(name)))
    return ObjectLine(
      time: Instant(seconds: 0), modified: Instant(seconds: 0), bytes: info.bytes, tag: tag ?? info.tag,
      location: .local(path: Array("\(folder)/\(name)".utf8)))
  }

  private func read(
    _ line: ObjectLine, _ format: RecordFormat = RecordFormat(), columns: RecordColumns? = nil
  ) throws -> [String] {
    let opened = try ObjectReading(Stores(), format, columns: columns).open(line)
    defer { #expect(throws: Never.self) { try opened.checkUnchanged() } }
    do throws(RecordError) { return try text(opened) } catch { throw opened.failure(error) }
  }

  /// The lines; `UNIT N: ...` in the place of one that is malformed.
  private func text(_ opened: OpenRecords) throws(RecordError) -> [String] {
    var found: [UInt8] = []
    while let piece = try opened.pieces.next() {
      try piece.read { content in
        switch content {
        case .lines(let lines): found += lines
        case .malformed(let line, let reason): found += Array("\(opened.pieces.unit) \(line): \(reason)".utf8)
        }
        return true
      }
    }
    return found.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// `n` from 0, and `t`, in two row groups.
  private static let parquet: [UInt8] = {
    func group(_ numbers: Range<Int>) -> ForgedFile.Group {
      let texts = numbers.flatMap { littleEndian(UInt32(1)) + [UInt8(ascii: "a") + UInt8($0)] }
      return ForgedFile.Group(
        rows: numbers.count,
        columns: [
          ForgedColumn(
            type: 1, entries: numbers.count,
            [.data(numbers.count, encoding: 0, numbers.flatMap { littleEndian(Int32($0)) })]),
          ForgedColumn(type: 6, entries: numbers.count, [.data(numbers.count, encoding: 0, texts)]),
        ])
    }
    return ForgedFile(
      [Forged.leaf("n", 1), Forged.leaf("t", 6, converted: 0)], groups: [group(0..<2), group(2..<3)]
    ).bytes
  }()

  private static let rows = [#"{"n":0,"t":"a"}"#, #"{"n":1,"t":"b"}"#, #"{"n":2,"t":"c"}"#]

  @Test(arguments: ["x.parquet", "x", "x.snappy.parquet"])
  func `A Parquet file is one by its name or its bytes`(
    _ name: String
  ) throws {
    let line = try line(name, Self.parquet)
    #expect(try read(line) == Self.rows)
    #expect(
      try read(line, columns: RecordColumns(["t", "z"])) == [#"{"t":"a"}"#, #"{"t":"b"}"#, #"{"t":"c"}"#])
  }

  @Test func `An encrypted file says so, whatever its name`() throws {
    let bytes = Array("PARE".utf8) + [UInt8](repeating: 0, count: 8) + Array("PARE".utf8)
    for name in ["x", "x.parquet"] {
      let line = try line(name, bytes)
      let failure = Failure(.badData, cannot: "read", line.location.description, because: "it is encrypted")
      #expect(throws: failure) { try self.read(line) }
    }
  }

  @Test(arguments: ["x", "x.parquet"]) func `Columns are told of what takes none`(_ name: String) throws {
    var format = RecordFormat()
    format.columns = ["a"]
    for bytes in [Self.parquet, Array("PAR".utf8)] where bytes.count > 3 || name == "x" {
      #expect(throws: Failure.self) { try self.read(try self.line(name, bytes), format) }
      #expect(throws: Failure.self) {
        try ObjectReading(Stores(), format, columns: nil).open(
          ArraySource(bytes), name: "stdin", spool: .open(self.folder))
      }
    }
    #expect(try read(try line("a.csv", Array("1\n".utf8)), format) == [#"{"a":"1"}"#])
  }

  @Test func `Text is what its name says`() throws {
    #expect(try read(try line("a.csv", Array("a\n1\n".utf8))) == ["", #"{"a":"1"}"#])
    #expect(try read(try line("a.tsv", Array("a\tb\n1\t\n".utf8))) == ["", #"{"a":"1","b":null}"#])
    #expect(try read(try line("a", Array("{}\nx\n".utf8))) == ["{}", "x"])
    #expect(try read(try line("empty", [])) == [])
    var format = RecordFormat()
    format.kind = .csv
    format.columns = ["z"]
    #expect(try read(try line("a.tsv", Array("a\n".utf8)), format) == [#"{"z":"a"}"#])
  }

  @Test(arguments: ["x.parquet", "x.csv", "x"]) func `What is not as it was listed is to be listed again`(
    _ name: String
  ) throws {
    let listed = try line(name, Self.parquet)
    var other = listed
    other.tag += "0"
    #expect(throws: Failure(.tryAgain, cannot: "read", listed.location.description, because: changed)) {
      try self.read(other)
    }
    other = listed
    other.bytes += 1
    #expect(throws: Failure(.tryAgain, cannot: "read", listed.location.description, because: changed)) {
      try self.read(other)
    }
    try FileManager.default.removeItem(atPath: folder + "/" + name)
    #expect(throws: Failure.self) { try self.read(listed) }
  }

  private let changed = "it was changed after it was listed; list again"

  @Test(arguments: ["x.parquet", "x.json"]) func `A file that changes while it is read is found out`(
    _ name: String
  ) throws {
    let listed = try line(name, name.hasSuffix("parquet") ? Self.parquet : Array("{}\n".utf8))
    let opened = try ObjectReading(Stores(), RecordFormat(), columns: nil).open(listed)
    _ = try text(opened)
    try opened.checkUnchanged()
    try Data("another".utf8).write(to: URL(filePath: folder + "/" + name))
    #expect(throws: Failure(.tryAgain, cannot: "read", listed.location.description, because: changed)) {
      try opened.checkUnchanged()
    }
  }

  @Test func `What is wrong with a record does not depend on what the store says later`() throws {
    let listed = try line("x", Array("{}\n".utf8))
    let store = LocalStore(root: folder)
    let place = OpenRecords.Place(
      location: listed.location, isListed: true, store: store, key: Key("x"), tag: listed.tag)
    let name = listed.location.description
    let records = OpenRecords(
      LineChunks(ArraySource([]), name: name, size: 10), name: name, place, error: { .conditionFailed })
    for error in [RecordError.malformed(line: 3, reason: "bad"), .unreadable(line: 3, reason: "bad")] {
      #expect(records.failure(error) == Failure(.badData, cannot: "read", name, because: "line 3: bad"))
    }
    for error in [RecordError.damaged(reason: "bad"), .source(Failure(.io, "lost"))] {
      #expect(records.failure(error) == Failure(.tryAgain, cannot: "read", name, because: changed))
    }
  }

  // MARK: - Files of a table

  private func tag(_ columns: [JSONValue.Member]) -> String {
    TableTag(modified: 1, columns: columns, deleted: nil).text
  }

  @Test func `What the table knows is given with each row`() throws {
    let listed = try line("x.parquet", Self.parquet, tag: tag([.init("r", "eu"), .init("h", 10)]))
    #expect(try read(listed) == Self.rows.map { #"{"r":"eu","h":10,"# + $0.dropFirst() })
    #expect(try read(listed, columns: RecordColumns(["n", "h"])) == (0..<3).map { #"{"h":10,"n":\#($0)}"# })
    // No store is asked for the tag, and the size counts.
    var other = listed
    other.bytes -= 1
    #expect(throws: Failure.self) { try self.read(other) }
  }

  @Test func `Its partition columns may be the times`() throws {
    let listed = try line("x.parquet", Self.parquet, tag: tag([.init("day", "1970-01-02")]))
    var format = RecordFormat()
    format.times = RowTimes(column: "day", since: 86_400, until: nil)
    #expect(try read(listed, format, columns: RecordColumns(["n"])).count == 3)
    format.times = RowTimes(column: "day", since: 86_401, until: nil)
    #expect(try read(listed, format) == [])
    let wrong = try line("y.parquet", Self.parquet, tag: tag([.init("day", "tuesday")]))
    #expect(throws: Failure.self) { try self.read(wrong, format) }
  }

  @Test func `A time column that is not there is told, but for a file of a table, whose rows have none`()
    throws
  {
    var format = RecordFormat()
    format.times = RowTimes(column: "typo", since: 0, until: nil)
    for (name, bytes) in [("x.parquet", Self.parquet), ("x.csv", Array("a,b\n1,2\n".utf8))] {
      let line = try line(name, bytes)
      let reason = "it has no column 'typo'"
      #expect(throws: Failure(.badData, cannot: "read", line.location.description, because: reason)) {
        try self.read(line, format)
      }
    }
    #expect(try read(try line("x.json", Array("{}\n".utf8)), format) == [""])
    #expect(try read(try line("x.parquet", Self.parquet, tag: tag([])), format) == ["", "", ""])
  }

  @Test func `Text of a table has no columns besides its own`() throws {
    let plain = try line("x.json", Array("{}\n".utf8), tag: tag([]))
    #expect(try read(plain) == ["{}"])
    let refused = try line("y.json", Array("{}\n".utf8), tag: tag([.init("r", "eu")]))
    #expect(throws: Failure.self) { try self.read(refused) }
    let malformed = try line("z.parquet", Self.parquet, tag: "delta:{\"modified\"")
    #expect(throws: Failure.self) { try self.read(malformed) }
  }

  // MARK: - A stream

  @Test func `Parquet from a stream is read as from a file`() throws {
    let reading = ObjectReading(Stores(), RecordFormat(), columns: nil)
    let spool = try Directory.open(folder)
    #expect(try text(reading.open(ArraySource(Self.parquet), name: "stdin", spool: spool)) == Self.rows)
    #expect(try text(reading.open(ArraySource(Array("{}\n".utf8)), name: "stdin", spool: spool)) == ["{}"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    #expect(throws: Failure.self) {
      try reading.open(ArraySource(Array("PAR1 and rubbish".utf8)), name: "stdin", spool: spool)
    }
  }
}
