import Bytes
import Failures
import JSON
import Lines
import Objects
import Partitions
import Testing

@testable import Tables

/// What a table's log says is live. Checkpoints in Parquet, and the logs that deltalake and Spark write, are tested by
/// Tests/Pipes/72-delta.
@Suite struct ReplayTests {
  private typealias T = TestTable

  @Test func `Files are added and removed, by time and then location`() throws {
    let table = T()
    try table.begin()
    try table.commit(1, T.add("b"), T.add("a"), T.add("z", "2026-05-03"))
    try table.commit(2, T.remove("a"), T.add("c", "2026-05-05"))
    #expect(
      try table.list() == [
        "2026-05-03T00:00:00Z z", "2026-05-04T00:00:00Z b", "2026-05-05T00:00:00Z c",
      ])
    #expect(try table.files().version == 2)
    #expect(try table.list(since: "2026-05-04T00:00:00Z", until: "2026-05-05T00:00:00Z").count == 1)
  }

  @Test func `A line is of the file as the log has it`() throws {
    let table = T()
    try table.commit(0, T.protocol, T.metadata, T.add("a", size: 4711, modified: 1_763_772_000_999))
    let line = try #require(try table.files().lines.first)
    #expect(
      line.text
        == "2026-05-04T00:00:00Z\t2025-11-22T00:40:00Z\t4711\t"
        + #"delta:{"modified":1763772000999,"columns":{"dt":"2026-05-04"}}"# + "\ts3://b/t/a")
    var text: [UInt8] = []
    var lines = ObjectLineText()
    try table.files().eachLine { lines.append($0, to: &text) }
    #expect(String(decoding: text, as: UTF8.self) == line.text + "\n")
  }

  @Test func `A file that comes again has the newer entry`() throws {
    let table = T()
    try table.begin()
    try table.commit(1, T.add("a", size: 1))
    try table.commit(2, T.add("a", size: 2))
    #expect(try table.files().lines.map(\.bytes) == [2])
    try table.commit(3, T.remove("a"))
    try table.commit(4, T.add("a", size: 3))
    #expect(try table.files().lines.map(\.bytes) == [3])
  }

  @Test func `Within a commit the later line goes`() throws {
    let table = T()
    try table.commit(0, T.protocol, T.metadata, T.add("a"), T.remove("a"), T.remove("b"), T.add("b"))
    #expect(try table.list() == ["2026-05-04T00:00:00Z b"])
  }

  @Test func `A deletion vector makes another file of it`() throws {
    let table = T()
    let old = T.vector("ab^-aqEH.-t@S}K{vb[*k^")
    try table.commit(0, T.features("deletionVectors"), T.metadata, T.add("a"))
    try table.commit(1, T.remove("a"), T.add("a", more: old))
    let tag = try #require(try table.files().lines.first.flatMap { TableTag($0.tag) })
    let file = Location.s3(
      bucket: "b", key: Array("t/ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin".utf8))
    #expect(tag.deleted == .init(place: .file(file, offset: 1), bytes: 40, rows: 6))
    // The same vector's file, another place in it.
    try table.commit(
      2, T.remove("a", more: old), T.add("a", more: T.vector("ab^-aqEH.-t@S}K{vb[*k^", offset: 49)))
    let next = try table.files().lines
    #expect(next.count == 1)
    guard case .file(_, let offset)? = TableTag(next[0].tag)?.deleted?.place else {
      Issue.record("no place")
      return
    }
    #expect(offset == 49)
    // Removed without its vector, it is another one's removal.
    try table.commit(3, T.remove("a"))
    #expect(try table.files().lines.count == 1)
  }

  static let vectors = [
    (
      #"{"storageType":"i","pathOrInlineDv":"^Bg9^0rr91","sizeInBytes":8,"cardinality":1}"#,
      #""inline":"^Bg9^0rr91""#
    ),
    (
      #"{"storageType":"p","pathOrInlineDv":"s3a://c/a%20b.bin","offset":4,"sizeInBytes":8,"cardinality":1}"#,
      #""file":"s3://c/a%20b.bin","offset":4"#
    ),
    (
      #"{"storageType":"u","pathOrInlineDv":"vBn[lx{q8@P<9BNH/isA","sizeInBytes":8,"cardinality":1}"#,
      #""file":"s3://b/t/deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin","offset":0"#
    ),
  ]

  @Test(arguments: vectors)
  func `A vector is inline, in a file of the table, or anywhere`(_ vector: String, _ tag: String) throws {
    let table = T()
    try table.commit(
      0, T.features("deletionVectors"), T.metadata, T.add("a", more: #","deletionVector":"# + vector))
    #expect(try table.files().lines.first?.tag.contains(tag) == true)
  }

  @Test func `What is not a file is passed over`() throws {
    let table = T()
    try table.commit(
      0, T.info(5), T.protocol, T.metadata, #"{"txn":{"appId":"a","version":1}}"#, "", "\r",
      #"{"domainMetadata":{"domain":"d","configuration":"{}","removed":false}}"#,
      #"{"cdc":{"path":"_change_data/c","partitionValues":{},"size":1,"dataChange":false}}"#,
      #"{"later":{"path":"x"}}"#, "{}", T.add("a") + "\r")
    try table.put("00000000000000000000.crc", "nonsense")
    try table.put("00000000000000000000.00000000000000000001.compacted.json", "nonsense")
    try table.put(
      "_staged_commits/00000000000000000001.80a083e8-7026-4e79-81be-64bd76c43a11.json", "nonsense")
    try table.put(".00000000000000000000.json.crc", "nonsense")
    #expect(try table.list() == ["2026-05-04T00:00:00Z a"])
  }

  @Test func `Nulls are left out, counted and named`() throws {
    let table = T()
    try table.commit(
      0, T.protocol, T.metadata, T.add("a"), T.add("b", nil), T.add("c", ""), T.add("d", "someday"))
    let files = try table.files()
    #expect(files.lines.map(\.location.description) == ["s3://b/t/a"])
    #expect(files.untimed == 3)
    #expect(
      table.notes.all == [
        "3 of 4 files of s3://b/t are left out: they have no time by the layout 'dt=%Y-%m-%d'"
      ])
  }

  @Test func `A layout that nothing is spelled as is a mistake`() throws {
    let table = T()
    try table.commit(0, T.protocol, T.metadata, T.add("d", "someday"))
    let failure = table.failure()
    #expect(failure?.exit == .noInput && failure?.reason == #"found e.g. '{"dt":"someday"}'"#)
    // One failure is one line.
    #expect(table.notes.all == [])
    let other = table.failure(.layout(try Layout("day=%Y-%m-%d")))
    #expect(
      other?.exit == .noInput
        && other?.reason == "'day' is no partition column of the table, which has: dt")
    #expect(table.failure(.layout(try Layout("%Y-%m-%d")))?.exit == .usage)
  }

  @Test func `A layout is of values, in any order of the columns`() throws {
    let table = T()
    let values = #""partitionValues":{"hour":"9","region":null,"day":"2026/05/04"},"modificationTime":1"#
    try table.commit(
      0, T.protocol, T.metadata(["day", "region", "hour"], types: ["hour": "integer"]),
      #"{"add":{"path":"a","size":1,"dataChange":true,\#(values)}}"#)
    // A slash is a component's end in a layout, and no value has one that could be spelled.
    #expect(table.failure(.layout(try Layout("hour=%H/day=%Y-%m-%d")))?.exit == .noInput)
    try table.commit(
      1, #"{"add":{"path":"b","size":1,"dataChange":true,\#(values.replacing("/", with: "."))}}"#)
    let files = try table.files(.layout(try Layout("hour=%H/region=*/day=%Y.%m.%d")))
    #expect(files.lines.map(\.time.description) == ["2026-05-04T09:00:00Z"])
    #expect(
      TableTag(files.lines[0].tag)?.columns == [
        .init("day", "2026.05.04"), .init("region", .null), .init("hour", 9),
      ])
  }

  @Test func `Files lie in the order of their lines, wherever they are`() throws {
    let table = T()
    let paths = [
      "a!b", "a b", "a%20b/c", "s3://b/u", "s3://a/z", "z", "s3://c/a", "a%25", "A", "s3://b/t/m", "ä",
    ]
    try table.put(
      T.name(0) + ".json",
      Array(([T.protocol, T.metadata] + paths.map { T.add($0) }).joined(separator: "\n").utf8))
    let listed = try table.files().lines
    #expect(listed.count == paths.count)
    #expect(listed == ObjectLine.inSliceOrder(listed.shuffled()))
    #expect(
      listed.map(\.location.description).filter { !$0.hasPrefix("s3://b/t/") } == [
        "s3://a/z", "s3://b/u", "s3://c/a",
      ])
  }
}
