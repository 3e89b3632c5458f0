import Failures
import Objects
import Seeded
import Testing

@testable import Tables

/// Which files of a log are read, and what becomes of those that are damaged, missing, or not understood.
@Suite struct LogTests {
  private typealias T = TestTable

  static let names: [(String, LogName.Kind?)] = [
    ("00000000000000000010.json", .commit),
    ("00000000000000000010.checkpoint.parquet", .checkpoint(isJSON: false)),
    ("00000000000000000010.checkpoint.80a083e8-7026.json", .checkpoint(isJSON: true)),
    ("00000000000000000010.checkpoint.80a083e8-7026.parquet", .checkpoint(isJSON: false)),
    ("00000000000000000010.checkpoint.0000000001.0000000003.parquet", .part(1, of: 3)),
    ("00000000000000000010.checkpoint.0000000004.0000000003.parquet", nil),
    ("00000000000000000010.checkpoint.0000000000.0000000003.parquet", nil),
    ("00000000000000000010.checkpoint.1.3.parquet", nil), ("00000000000000000010.checkpoint.json", nil),
    ("00000000000000000010.crc", nil), ("0000000000000000010.json", nil), ("000000000000000000010.json", nil),
    ("00000000000000000010.00000000000000000020.compacted.json", nil), ("_last_checkpoint", nil), ("", nil),
    ("99999999999999999999.json", nil), ("00000000000000000010.json.tmp", nil),
    ("00000000000000000010.checkpoint..json", nil), ("+0000000000000000010.json", nil),
  ]

  @Test(arguments: names) func `A file of the log is known by its name`(_ name: String, _ kind: LogName.Kind?)
  {
    let found = LogName(Array(name.utf8)[...])
    #expect(found?.kind == kind)
    if kind != nil { #expect(found?.version == 10) }
  }

  private func withCheckpoints() throws -> TestTable {
    let table = T()
    try table.commit(0, T.features("v2Checkpoint"), T.metadata, T.add("a"))
    for version in Int64(1)...6 {
      try table.commit(version, T.add("x\(version)"), T.remove("x\(version - 1)"))
    }
    try table.put(
      T.name(2) + ".checkpoint.a.json", T.features("v2Checkpoint"), T.metadata, T.add("a"), T.add("x2"))
    try table.put(
      T.name(4) + ".checkpoint.b.json", T.features("v2Checkpoint"), T.metadata, T.add("a"), T.add("x4"))
    return table
  }

  static let state = ["2026-05-04T00:00:00Z a", "2026-05-04T00:00:00Z x6"]

  @Test(arguments: [
    #"{"version":4}"#, #"{"version":2,"size":3}"#, #"{"version":99}"#, #"{"version":5}"#, #"{"version":-3}"#,
    #"{"version":9223372036854775807}"#, #"{"version":"4"}"#, "", "{", "null", "\u{0}",
  ])
  func `The last checkpoint is a hint`(_ hint: String) throws {
    let table = try withCheckpoints()
    try table.put("_last_checkpoint", hint)
    #expect(try table.list() == Self.state)
    #expect(try table.list(after: 5) == [Self.state[1]])
    #expect(table.notes.all == [])
  }

  @Test(arguments: ["nonsense", "", "{\"add\":{}}", "{\"sidecar\":{\"path\":\"gone.parquet\"}}"], [0, 4])
  func `Of a damaged checkpoint an earlier one serves`(_ content: String, _ hint: Int) throws {
    let table = try withCheckpoints()
    try table.put("_last_checkpoint", #"{"version":\#(hint)}"#)
    try table.put(T.name(4) + ".checkpoint.b.json", content)
    if content.isEmpty {
      // Nothing is wrong with it; there is only nothing in it.
      #expect(table.failure()?.reason == "its log has no metaData")
      return
    }
    #expect(try table.list() == Self.state)
    #expect(table.notes.all.count == 1)
    #expect(table.notes.all[0].hasPrefix("cannot read the checkpoint of version 4 of s3://b/t ("))
    for version in Int64(0)...2 { try table.remove(T.name(version) + ".json") }
    #expect(try table.list() == Self.state)
    try table.remove(T.name(2) + ".checkpoint.a.json")
    let failure = table.failure()
    #expect(failure?.message.hasPrefix("cannot read the checkpoint of version 4 of s3://b/t (") == true)
  }

  @Test func `A checkpoint that lacks a part is none`() throws {
    let table = try withCheckpoints()
    try table.put(T.name(5) + ".checkpoint.0000000001.0000000002.parquet", "nonsense")
    #expect(try table.list() == Self.state)
    #expect(table.notes.all == [])
    try table.put(T.name(5) + ".checkpoint.0000000002.0000000002.parquet", "nonsense")
    #expect(try table.list() == Self.state)
    #expect(table.notes.all.count == 1)
  }

  @Test func `A log that was cleaned up without a checkpoint names what is missing`() throws {
    let table = T()
    for version in Int64(5)...7 { try table.commit(version, T.add("x")) }
    let failure = table.failure()
    #expect(failure?.exit == .badData)
    #expect(
      failure?.reason
        == "version 0 is missing from its log, whose newest is 7, and no checkpoint stands for it")
  }

  @Test func `A place without a log is 66`() {
    #expect(T().failure()?.exit == .noInput)
    #expect(T().failure(after: 3)?.exit == .noInput)
  }

  @Test func `A commit that appears meanwhile is not of this listing`() throws {
    let table = T()
    try table.begin()
    try table.commit(1, T.add("a"))
    let log = TableLog(table.store, at: T.location, key: "t", jobs: 1, note: { _ in })
    let files = try log.files(from: 0)
    try table.commit(2, T.add("b"))
    #expect(files.newest == 1)
    try table.remove(T.name(1) + ".json")
    #expect { try log.read(files.commits) { _, _ in } } throws: { ($0 as? Failure)?.exit == .tryAgain }
  }

  static let features: [(String, String)] = [
    (T.features("catalogManaged"), "it needs the reader feature 'catalogManaged': only its catalog knows"),
    (
      T.features("deletionVectors", "brandNew"),
      "it needs the reader feature 'brandNew', which is not known here"
    ),
    (T.features("typeWidening"), "it needs the reader feature 'typeWidening', which is not known here"),
    (#"{"protocol":{"minReaderVersion":4,"minWriterVersion":8}}"#, "it needs reader version 4;"),
    (#"{"protocol":{}}"#, "its protocol names no reader version"),
    (#"{"protocol":{"minReaderVersion":0}}"#, "its protocol names no reader version"),
  ]

  @Test(arguments: features) func `What is not understood is refused by name`(
    _ line: String, _ reason: String
  ) throws {
    let table = T()
    try table.commit(0, line, T.metadata, T.add("a"))
    let failure = table.failure()
    #expect(failure?.exit == .badData)
    #expect(failure?.message.hasPrefix("cannot list version 0 of s3://b/t: \(reason)") == true)
  }

  @Test func `Columns by other names are refused where that is in force`() throws {
    let named = T.metadata(["dt"], configuration: #"{"delta.columnMapping.mode":"name"}"#)
    for (line, isRefused) in [
      (T.protocol, false), (#"{"protocol":{"minReaderVersion":2,"minWriterVersion":5}}"#, true),
      (T.features("columnMapping"), true), (T.features("deletionVectors"), false),
    ] {
      let table = T()
      try table.commit(0, line, named, T.add("a"))
      #expect((table.failure()?.exit == .badData) == isRefused)
    }
    let table = T()
    try table.commit(0, T.features("columnMapping"), T.metadata, T.add("a"))
    #expect(table.failure() == nil)
  }

  @Test func `A log without protocol or metadata, and files that are not Parquet, are refused`() throws {
    for (lines, reason) in [
      ([T.metadata], "its log has no protocol"), ([T.protocol], "its log has no metaData"),
      (
        [T.protocol, T.metadata.replacing("\"parquet\"", with: "\"orc\"")],
        "its files are of the format 'orc', and not Parquet"
      ),
      (
        [T.protocol, T.metadata.replacing("[\"dt\"]", with: "[\"other\"]")],
        "its schema lacks a partition column"
      ),
      ([T.protocol, T.metadata.replacing("[\"dt\"]", with: "5")], "its metadata names no partition columns"),
    ] {
      let table = T()
      try table.put(T.name(0) + ".json", Array((lines + [T.add("a")]).joined(separator: "\n").utf8))
      #expect(table.failure()?.reason == reason)
    }
  }

  static let bad: [(String, String)] = [
    ("{", "line 2: a member's name is missing at byte 2"),
    ("[]", "line 2: it is no object"), ("{} {}", "line 2: something follows the value at byte 4"),
    (#"{"add":{"path":"a"}}"#, "line 2: a file has no size"),
    (#"{"add":{"path":"a","size":-1,"modificationTime":1}}"#, "line 2: a file has no size"),
    (#"{"add":{"path":"a","size":1.5,"modificationTime":1}}"#, "line 2: a file has no size"),
    (#"{"add":{"path":"a","size":99999999999999999999,"modificationTime":1}}"#, "line 2: a file has no size"),
    (#"{"add":{"path":"a","size":1,"modificationTime":null}}"#, "line 2: a file has no modification time"),
    (#"{"add":{"path":5,"size":1,"modificationTime":1}}"#, "line 2: a file has no path"),
    (#"{"remove":{}}"#, "line 2: a file has no path"),
    (
      #"{"add":{"path":"a","size":1,"modificationTime":1},"remove":{"path":"a"}}"#,
      "line 2: it has two actions"
    ),
    (
      #"{"add":{"path":"a","size":1,"modificationTime":1,"deletionVector":{}}}"#,
      "line 2: a file's deletion vector is malformed"
    ),
    (
      #"{"remove":{"path":"a","deletionVector":{"storageType":"u","pathOrInlineDv":"x","offset":-1,"sizeInBytes":1,"cardinality":1}}}"#,
      "line 2: a file's deletion vector is malformed"
    ),
    (
      #"{"add":{"dataChange":{"path":"evil"},"path":"a","size":1,"modificationTime":1}}"#,
      "line 2: a file's dataChange is neither true nor false"
    ),
    (
      #"{"add":{"path":"a","size":1,"modificationTime":1,"dataChange":"false"}}"#,
      "line 2: a file's dataChange is neither true nor false"
    ),
    (T.add("./"), "line 2: the path './' names no file"),
    (T.add("a%2"), "line 2: the path 'a%252' has a % that begins no encoded byte"),
    (T.add("../a"), "line 2: the path '../a' has '..' in it, which may lead anywhere"),
    (T.add("a/%2e%2E/b"), "line 2: the path 'a/%252e%252E/b' has '..' in it, which may lead anywhere"),
    (T.add("a%00"), "line 2: the path 'a%2500' has a zero byte in it"),
    (T.add(""), "line 2: the path '' is empty"),
    (
      T.add("abfss://c@a/x"),
      "line 2: the path 'abfss://c@a/x' is of the scheme 'abfss', which is not read here"
    ),
    (
      T.add("file:/etc/x"),
      "line 2: the path 'file:/etc/x' names a file of this machine, and the table is in a bucket"
    ),
    (
      String(repeating: "[", count: 100_000), "line 2: it is no object"
    ),
    (
      #"{"x":"# + String(repeating: "[", count: 100_000), "line 2: nested deeper than 64 levels at byte 69"
    ),
  ]

  @Test(arguments: bad) func `A malformed line is named`(_ line: String, _ reason: String) throws {
    let table = T()
    try table.commit(0, T.protocol, line, T.metadata)
    let failure = table.failure()
    #expect(failure?.exit == .badData)
    #expect(failure?.message == "cannot read version 0 of s3://b/t: \(reason)")
  }

  @Test func `A version that no table has is refused`() throws {
    let table = T()
    try table.begin()
    for name in ["99999999999999999999.json", "09223372036854775807.json"] {
      try table.put(name, "")
      #expect(table.failure()?.exit == .badData)
      #expect(table.failure(after: 0)?.exit == .badData)
      try table.remove(name)
    }
    try table.put("09223372036854775807.checkpoint.parquet", "")
    #expect(try table.list() == [])
    try table.put("09223372036854775806.json", "")
    for after: Int64? in [nil, 0, .max - 2] {
      #expect(table.failure(after: after)?.exit == .badData)
    }
    #expect(try table.list(after: .max - 1) == [])
    #expect(table.failure(after: .max)?.exit == .badData)
    try table.put("09223372036854775806.checkpoint.a.json", T.protocol, T.metadata)
    #expect(try table.list() == [])
    #expect(try table.list(after: .max - 1) == [])
  }

  /// Nothing is said of what comes of it but that it is a list or an error.
  @Test func `Whatever a commit holds, nothing worse than an error comes of it`() throws {
    var random = SeededRandom(7)
    let lines = [
      T.protocol, T.metadata, T.add("a%20b"), T.remove("a%20b"), T.info(5),
      T.add("c", more: T.vector("vBn[lx{q8@P<9BNH/isA")), T.add("s3://x/y"),
    ]
    let whole = Array(lines.joined(separator: "\n").utf8)
    for _ in 0..<2000 {
      let table = T()
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      try table.put(T.name(0) + ".json", bytes)
      _ = table.failure(.commit)
      _ = table.failure(.column("at"))
    }
  }

  @Test func `Of two checkpoints of one version it is always the same that is read`() throws {
    for _ in 0..<8 {
      let table = T()
      try table.put(T.name(3) + ".checkpoint.0000000001.0000000001.parquet", "nonsense")
      for count in 2...4 {
        for part in 1...count {
          try table.put(T.name(3) + ".checkpoint.000000000\(part).000000000\(count).parquet", "nonsense")
        }
      }
      try table.put(T.name(3) + ".checkpoint.b.json", T.features("v2Checkpoint"), T.metadata, T.add("b"))
      try table.put(T.name(3) + ".checkpoint.a.json", T.features("v2Checkpoint"), T.metadata, T.add("a"))
      #expect(try table.list() == ["2026-05-04T00:00:00Z b"])
      let log = TableLog(table.store, at: T.location, key: "t", jobs: 1, note: { _ in })
      let keys = try log.files(from: 0).checkpoints.map(\.keys[0])
      #expect(keys == keys.sorted(by: >))
    }
  }

  @Test(arguments: ["a.json", "a.parquet"])
  func `A checkpoint that vanishes after it was listed is 75`(_ name: String) throws {
    let table = T()
    try table.put(T.name(3) + ".checkpoint." + name, T.features("v2Checkpoint"), T.metadata)
    let log = TableLog(table.store, at: T.location, key: "t", jobs: 1, note: { _ in })
    let checkpoint = try #require(try log.files(from: 0).checkpoints.first)
    try table.remove(T.name(3) + ".checkpoint." + name)
    #expect {
      var replay = Replay(of: T.location, to: 3, .partition, isTail: false)
      try CheckpointReading(log: log, checkpoint: checkpoint, columns: CheckpointReading.state).read(
        into: &replay)
    } throws: {
      ($0 as? Failure)?.exit == .tryAgain
    }
  }

  @Test func `Commits are read beside each other as far as their sizes allow`() {
    let log = TableLog(CountingStore(), at: T.location, key: "t", jobs: 3, note: { _ in })
    func count(_ sizes: Int64...) -> Int {
      log.batchCount(sizes.map { LogFiles.Commit(version: 0, key: "a", bytes: $0, modified: 0) }[...])
    }
    #expect(count(1, 1, 1, 1) == 3)
    #expect(count(TableLog.budget, 1) == 1)
    #expect(count(TableLog.budget - 1, 1, 1) == 2)
    #expect(count(TableLog.budget * 2, 1) == 1)
    #expect(count(.max, .max, .max) == 1)
    #expect(count(1, .max, 1) == 1)
  }
}
