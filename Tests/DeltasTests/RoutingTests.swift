import Bytes
import Failures
import Fields
import Files
import Records
import Seeded
import Testing

@testable import Deltas
@testable import Reading
@testable import Runs

/// Routed lines: what they say of a record, who reads them, and the order that is made of them.
/// Not tested here: part-cat (part-cat.t), what a shard makes of them (FedTests).
@Suite struct RoutingTests {
  private func all() throws -> Fields {
    try fields(
      "id id", "g group", "t text", "k keyword - union", "n number", "s stored", "gn number group sum")
  }

  /// The records of lines, as runs have them.
  private func decoded(_ lines: [String], _ fields: Fields) throws -> [[UInt8]] {
    let decoding = RecordDecoding(fields: fields, skipBad: 0, keepsLines: true)
    let text = lines.map { $0 + "\n" }.joined()
    let chunks = LineChunks(ArraySource(Array(text.utf8)), name: "test", size: 1 << 20)
    let found = decoding.decode(try #require(try chunks.next()), hasOwnLines: true)
    #expect(found.bad == [] && found.failure == nil)
    var records: [[UInt8]] = []
    for part in found.parts { part.part.forEach { records.append(Array($1.bytes)) } }
    return records
  }

  private func text(_ record: [UInt8], _ fields: Fields) throws -> String {
    try record.withUnsafeBytes { bytes in
      var json = Pile<UInt8>()
      RecordText(fields).append(try #require(RunRecord(bytes, at: 0)), to: &json)
      return String(decoding: json.bytes, as: UTF8.self)
    }
  }

  @Test(arguments: [
    (#"{"n":1.50,"id":"a","g":"b","other":[{}],"n":-0.0}"#, #"{"id":"a","g":"b","n":0}"#),
    (#"{"id":"a","g":"b","n":1e21,"gn":1E-7}"#, #"{"id":"a","g":"b","n":1e+21,"gn":1e-7}"#),
    (#"{"id":"a","g":"b","n":0.1,"t":null,"n":null}"#, #"{"id":"a","g":"b","t":null,"n":null}"#),
    (#"{"id":12,"g":1e2,"t":true}"#, #"{"id":"12","g":"100","t":"true"}"#),
    (
      #"{"g":"\u0009\"\\é\u007f","k":[1.0,"x",false]}"#,
      "{\"g\":\"\\t\\\"\\\\é\\u007f\",\"k\":[\"1.0\",\"x\",\"false\"]}"
    ),
    (
      #"{"id":"a","g":"b","s":{"x":[1.00,null,{}],"y":"\/"}}"#,
      #"{"id":"a","g":"b","s":{"x":[1.00,null,{}],"y":"/"}}"#
    ),
    (#"{"id":"a","_delete":true,"t":"x"}"#, #"{"id":"a","_delete":true}"#),
    (#"{"id":"a","g":"b","_delete":true}"#, #"{"id":"a","g":"b","_delete":true}"#),
    (#"{"g":"b","_delete":true}"#, #"{"g":"b","_delete":true}"#),
    (#"{"id":"a","g":"b","_delete":false}"#, #"{"id":"a","g":"b"}"#),
    (#"{"id":null,"g":"b"}"#, #"{"g":"b"}"#),
  ])
  func `a record is told in one way`(_ line: String, _ told: String) throws {
    let fields = try all()
    let records = try decoded([line], fields)
    #expect(try text(records[0], fields) == told)
    #expect(try decoded([told], fields) == records)
  }

  @Test func `what is told of a record decodes to that record`() throws {
    var random = SeededRandom(7)
    for file in FoldPropertyTests.files {
      let fields = try Fields.parse(Array(file.joined(separator: "\n").utf8), name: "test")
      let lines = (0..<300).map { _ in randomRecord(fields, &random) }
      let records = try decoded(lines, fields)
      let told = try decoded(try records.map { try text($0, fields) }, fields)
      #expect(told.count == lines.count && records.count == lines.count)
      for (told, (record, line)) in zip(told, zip(records, lines)) {
        #expect(told == record, "\(line)")
      }
    }
  }

  @Test(arguments: [
    "1\t-\ta\t1\t{}", "*\t0123456789abcdef\ts3://b/k%20\t4294967295\tx\ty", "bad\t-\ta\t7\t", "1\t-\t\t1\t{}",
  ])
  func `lines that are routed`(_ line: String) {
    #expect(Array(line.utf8).withUnsafeBytes { RoutedLine($0) != nil })
  }

  @Test(arguments: [
    "", "1", "1\t-\ta\t1", "\t-\ta\t1\t{}", "1\t\ta\t1\t{}", "1\t-\ta\t0\t{}", "1\t-\ta\t4294967296\t{}",
    "1\t-\ta\t+1\t{}", "1\t-\ta\t\t{}", "1\t-\ta\t99999999999999999999\t{}", "1\t-\ta\tone\t{}",
  ])
  func `lines that are not`(_ line: String) {
    #expect(Array(line.utf8).withUnsafeBytes { RoutedLine($0) == nil })
  }

  /// In any order, some twice, with memory for few of them: by object and line.
  @Test(arguments: [1, 1 << 10, 1 << 14, 1 << 30])
  func `records are sorted, whatever the memory`(_ memory: Int) throws {
    var random = SeededRandom(UInt64(memory))
    let fields = try all()
    let place = try Place()
    let spool = try RecordSpool(fields: fields, in: try Directory.open(place.path), memory: memory)
    var all: [(object: Int, line: Int)] = []
    for object in 0..<20 { for line in 1...20 { all.append((object, line)) } }
    let big = String(repeating: "x", count: 100_000)
    for (object, line) in (all + all[100..<200]).shuffled(using: &random) {
      let record = #"{"id":"\#(object) \#(line)","g":"g","t":"\#(line == 3 && object == 7 ? big : "")"}"#
      #expect(
        try Array(record.utf8).withUnsafeBytes { try spool.take($0, object: object, line: line) } == nil)
    }
    var found: [String] = []
    try spool.forEach(conflict: { Failure(.badData, "\($0)") }) { object, record in
      found.append(String(decoding: record.id ?? UnsafeRawBufferPointer(start: nil, count: 0), as: UTF8.self))
      #expect(found.last == "\(object) \(record.line)")
    }
    #expect(found == all.map { "\($0.object) \($0.line)" })
  }

  @Test(arguments: [1, 1 << 30]) func `a record that comes twice as another is found out`(_ memory: Int)
    throws
  {
    let place = try Place()
    let spool = try RecordSpool(fields: try all(), in: try Directory.open(place.path), memory: memory)
    for (line, text) in [(2, "a"), (1, "b"), (2, "c")] {
      _ = try Array(#"{"id":"\#(text)","g":"g"}"#.utf8).withUnsafeBytes {
        try spool.take($0, object: 3, line: line)
      }
    }
    #expect(throws: Failure(.badData, "3 2")) {
      try spool.forEach(conflict: { Failure(.badData, "\($0.object) \($0.line)") }) { _, _ in }
    }
  }
}
