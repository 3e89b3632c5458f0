import Failures
import JSON
import Objects
import Partitions
import Testing

@testable import Tables

/// Where the time of a table's file comes from.
@Suite struct TimesTests {
  private typealias T = TestTable

  private static func statistics(_ text: String) -> String {
    #","stats":"\#(text.replacing("\"", with: "\\\""))""#
  }

  @Test func `A file lies where its greatest value does`() throws {
    let table = T()
    try table.commit(
      0, T.protocol, T.metadata,
      T.add(
        "a", more: Self.statistics(#"{"numRecords":3,"maxValues":{"x":9,"at":"2026-05-04T10:07:59.999Z"}}"#)),
      T.add("b", more: Self.statistics(#"{"maxValues":{"at":"2026-05-04T12:00:00.000+02:00"}}"#)),
      T.add("c", more: Self.statistics(#"{"maxValues":{"at":"2026-05-05"}}"#)),
      T.add("d", more: Self.statistics(#"{"numRecords":3,"maxValues":{"x":1},"nullCount":{"at":3}}"#)),
      T.add("e", more: Self.statistics(#"{"numRecords":0}"#)),
      T.add("f", more: #","stats_parsed":{"numRecords":3,"maxValues":{"at":"2026-05-04T10:05:00Z"}}"#))
    #expect(
      try table.list(.column("at"), every: 300) == [
        "2026-05-04T10:00:00Z b", "2026-05-04T10:05:00Z a", "2026-05-04T10:05:00Z f",
        "2026-05-05T00:00:00Z c",
      ])
    #expect(try table.files(.column("at"), every: 300).untimed == 2)
    #expect(
      table.notes.all.last == "2 of 6 files of s3://b/t are left out: they have no time by the column 'at'")
    #expect(
      try table.list(.column("at"), since: "2026-05-04T10:05:00Z", until: "2026-05-05T00:00:00Z", every: 300)
        .count
        == 2)
  }

  @Test(arguments: [
    "", ",\"stats\":null", ",\"stats\":\"{\"", ",\"stats\":5", #","stats":"{\"numRecords\":3}""#,
    #","stats":"{\"numRecords\":3,\"nullCount\":{\"at\":2},\"maxValues\":{\"At\":\"2026-05-04\"}}""#,
    #","stats":"{\"maxValues\":{\"at\":\"soon\"}}""#, #","stats":"{\"maxValues\":{\"at\":5}}""#,
    #","stats":"{\"maxValues\":{\"x\":{\"at\":\"2026-05-04\"}}}""#,
    #","stats":"{\"maxValues\":{\"at\":\"+10000-01-01T00:00:00Z\"}}""#,
  ])
  func `A file without the statistic is refused, and the way out named`(_ statistics: String) throws {
    let table = T()
    try table.commit(0, T.protocol, T.metadata, T.add("dt=x/a", more: statistics))
    let failure = table.failure(.column("at"), every: 300)
    #expect(failure?.exit == .badData)
    #expect(
      failure?.message
        == "cannot list version 0 of s3://b/t: its log has no greatest 'at' of the file dt=x/a; "
        + "take another column, or -l or --commit-time")
    // It is of no interest when it is removed.
    try table.commit(1, T.remove("dt=x/a"))
    #expect(try table.list(.column("at"), every: 300) == [])
  }

  @Test func `A partition column has its value as its statistic`() throws {
    let table = T()
    try table.commit(
      0, T.protocol, T.metadata(["dt"], types: ["dt": "timestamp"]), T.add("a", "2026-05-04 10:07:00"),
      T.add("b", "2026-05-04T10:12:00.000000Z"), T.add("c", nil))
    #expect(
      try table.list(.column("dt"), every: 300) == ["2026-05-04T10:05:00Z a", "2026-05-04T10:10:00Z b"])
  }

  @Test func `A commit's time is what it says, or its file's`() throws {
    let table = T()
    try table.commit(0, T.protocol, T.metadata, T.add("a"), T.info(1_777_889_100_999))
    try table.commit(
      1, #"{"commitInfo":{"inCommitTimestamp":1777889400001,"timestamp":5}}"#, T.add("b"))
    try table.commit(2, T.add("c"))
    // The store in memory counts its writes: this is the third.
    #expect(
      try table.list(.commit, every: 60) == [
        "1970-01-01T00:00:00Z c", "2026-05-04T10:05:00Z a", "2026-05-04T10:10:00Z b",
      ])
  }

  @Test func `What is only rearranged keeps the newest time of what it was`() throws {
    let table = T()
    try table.commit(0, T.protocol, T.metadata, T.add("a"), T.info(60_000))
    try table.commit(1, T.add("b"), T.info(120_000))
    try table.commit(
      2, T.add("c", isChange: false), T.remove("a", isChange: false), T.remove("b", isChange: false),
      T.info(600_000))
    #expect(try table.list(.commit, every: 60) == ["1970-01-01T00:02:00Z c"])
    // Again, and a file's own statistics anew.
    try table.commit(3, T.remove("c", isChange: false), T.add("d", isChange: false), T.info(700_000))
    try table.commit(4, T.add("d", size: 99, isChange: false), T.info(800_000))
    #expect(try table.list(.commit, every: 60) == ["1970-01-01T00:02:00Z d"])
    // Of what is not known there is no time but the commit's.
    try table.commit(5, T.remove("x", isChange: false), T.add("e", isChange: false), T.info(900_000))
    #expect(try table.list(.commit, every: 60) == ["1970-01-01T00:02:00Z d", "1970-01-01T00:15:00Z e"])
  }

  @Test func `A file that only a checkpoint knows has its own time`() throws {
    let table = T()
    try table.put(
      T.name(3) + ".checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json", T.features("v2Checkpoint"),
      T.metadata, T.add("a", modified: 119_999))
    try table.commit(4, T.add("b"), T.info(300_000))
    #expect(try table.list(.commit, every: 60) == ["1970-01-01T00:01:00Z a", "1970-01-01T00:05:00Z b"])
  }

  static let values: [(String, String?, JSONValue?)] = [
    ("string", "a", "a"), ("string", nil, .null), ("string", "", .null), ("string", "7", "7"),
    ("integer", "007", 7), ("long", "-9223372036854775808", .number("-9223372036854775808")),
    ("byte", "x", nil), ("short", "1.5", nil), ("integer", "", .null),
    ("double", "1.5", .number("1.5")), ("float", "NaN", .null), ("double", "1e400", .null),
    ("float", "0.10000000149011612", .number("0.1")), ("double", "0.10", .number("0.1")),
    ("double", "3", .number("3.0")), ("decimal(3,1)", "3.0", .number("3.0")), ("decimal(3,1)", "NaN", nil),
    ("double", "Infinity", .null), ("double", "one", nil), ("decimal(10,2)", "12.30", .number("12.30")),
    ("boolean", "true", true), ("boolean", "false", false), ("boolean", "1", nil),
    ("date", "2026-05-04", "2026-05-04"),
    ("timestamp", "2026-05-04 10:05:00", "2026-05-04T10:05:00Z"),
    ("timestamp", "2026-05-04 10:05:00.123456", "2026-05-04T10:05:00.123456Z"),
    ("timestamp", "2026-05-04T12:05:00.100000+02:00", "2026-05-04T10:05:00.100Z"),
    ("timestamp", "2026-05-04T10:05:00.000000Z", "2026-05-04T10:05:00Z"), ("timestamp", "soon", nil),
    ("timestamp_ntz", "2026-05-04 10:05:00.12", "2026-05-04T10:05:00.120"), ("binary", "\u{1}", "\u{1}"),
  ]

  @Test(arguments: values)
  func `A partition value is typed as the schema says`(_ type: String, _ text: String?, _ json: JSONValue?) {
    #expect(PartitionType(.string(type)).json(text) == json)
  }

  @Test func `A value that is none of its type is refused`() throws {
    let table = T()
    try table.commit(0, T.protocol, T.metadata(["dt", "n"], types: ["n": "integer"]))
    let values = #""partitionValues":{"dt":"2026-05-04","n":"many"},"size":1,"modificationTime":1"#
    try table.commit(1, #"{"add":{"path":"b","dataChange":true,\#(values)}}"#)
    let failure = table.failure()
    #expect(
      failure?.exit == .badData
        && failure?.reason == "the file b: 'many' is no value of its partition column 'n'")
  }

  /// A checkpoint that covers a file must not move it: as long as its commit is there, that says when it came.
  @Test func `Within the range a file has its commit's time, whatever checkpoints there are`() throws {
    let table = T()
    // The store in memory counts its writes as seconds: a checkpoint is as old as its number in this test.
    try table.commit(
      0, T.features("v2Checkpoint", "deletionVectors"), T.metadata, T.add("a", modified: 999_000_000),
      T.info(1_000))
    try table.put(
      T.name(0) + ".checkpoint.a.json", T.features("v2Checkpoint", "deletionVectors"), T.metadata,
      T.add("a", modified: 999_000_000))
    try table.commit(1, T.add("b", modified: 7_000), T.info(600_000))
    let since = "1970-01-01T00:01:00Z"
    let expected = ["1970-01-01T00:10:00Z b"]
    #expect(try table.list(.commit, since: since, every: 60) == expected)
    while try table.store.info("t/_delta_log/x")?.modified ?? 0 < 100 { try table.put("x") }
    try table.put(
      T.name(1) + ".checkpoint.b.json", T.features("v2Checkpoint", "deletionVectors"), T.metadata,
      T.add("a", modified: 999_000_000), T.add("b", modified: 7_000))
    try table.put("_last_checkpoint", #"{"version":1}"#)
    #expect(try table.list(.commit, since: since, every: 60) == expected)
    // With no checkpoint before the range it is the commits from the first one on that say it.
    try table.remove(T.name(0) + ".checkpoint.a.json")
    #expect(try table.list(.commit, since: since, every: 60) == expected)
    #expect(table.notes.all == [])
    try table.remove(T.name(0) + ".json")
    #expect(try table.list(.commit, since: since, every: 60) == ["1970-01-12T13:30:00Z a"])
    #expect(table.notes.all.count == 1)
    #expect(table.notes.all.first?.hasPrefix("the log of s3://b/t was cleaned up within the range") == true)
  }

  @Test func `A file of which rows went keeps its time, and one of which rows came back has a new one`()
    throws
  {
    let table = T()
    let (few, more) = (
      T.vector("vBn[lx{q8@P<9BNH/isA"), T.vector("vBn[lx{q8@P<9BNH/isA", offset: 50, rows: 9)
    )
    try table.commit(0, T.features("deletionVectors"), T.metadata, T.add("a"), T.info(60_000))
    try table.commit(1, T.add("a", more: few), T.remove("a"), T.info(120_000))
    #expect(try table.list(.commit, every: 60) == ["1970-01-01T00:01:00Z a"])
    try table.commit(2, T.remove("a", more: few), T.add("a", more: more), T.add("b"), T.info(180_000))
    #expect(try table.list(.commit, every: 60) == ["1970-01-01T00:01:00Z a", "1970-01-01T00:03:00Z b"])
    try table.commit(3, T.remove("a", more: more), T.add("a", more: few), T.info(240_000))
    #expect(try table.list(.commit, every: 60).last == "1970-01-01T00:04:00Z a")
    try table.commit(4, T.remove("a", more: few), T.add("a"), T.info(300_000))
    #expect(try table.list(.commit, every: 60).last == "1970-01-01T00:05:00Z a")
  }

  @Test(arguments: [
    ("At", Exit.noInput, "cannot find the column 'At' in version 0 of s3://b/t: it has 'at'"),
    ("x", .noInput, "cannot find the column 'x' in version 0 of s3://b/t: its schema has no such column"),
    (
      "dt", .badData,
      "cannot list version 0 of s3://b/t: its column 'dt' is of the type string, and not date, timestamp or timestamp_ntz"
    ),
  ])
  func `The column must be there, and be one of times, also in a table without files`(
    _ name: String, _ exit: Exit, _ message: String
  ) throws {
    let table = T()
    try table.begin()
    let failure = table.failure(.column(name))
    #expect(failure?.exit == exit && failure?.message == message)
    #expect(table.failure(.column("at")) == nil)
  }

  @Test(arguments: [
    (#"{}"#, "it has no value of its partition column 'dt'"),
    (#"{"DT":"x"}"#, "it has no value of its partition column 'dt'"),
    (#"{"dt":5}"#, "its value of its partition column 'dt' is neither a string nor null"),
    (#"{"dt":["2026-05-04"]}"#, "its value of its partition column 'dt' is neither a string nor null"),
  ])
  func `A partition value that is missing, or no text, is refused`(_ values: String, _ reason: String) throws
  {
    let table = T()
    try table.commit(
      0, T.protocol, T.metadata,
      #"{"add":{"path":"a","partitionValues":\#(values),"size":1,"modificationTime":1,"dataChange":true}}"#)
    let failure = table.failure(.commit)
    #expect(failure?.exit == .badData && failure?.reason == "the file a: \(reason)")
  }
}
