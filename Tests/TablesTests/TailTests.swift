import Failures
import Objects
import Testing

@testable import Tables

/// What is new behind a version.
@Suite struct TailTests {
  private typealias T = TestTable

  @Test func `Only what was added with data, and is still live, is listed`() throws {
    let table = T()
    try table.commit(0, T.protocol, T.metadata, T.add("old"), T.add("older"))
    try table.commit(1, T.add("a"), T.add("b"))
    try table.commit(2, T.remove("b"), T.remove("old"), T.add("c"))
    #expect(try table.list(after: 0) == ["2026-05-04T00:00:00Z a", "2026-05-04T00:00:00Z c"])
    #expect(try table.list(after: 1) == ["2026-05-04T00:00:00Z c"])
    #expect(try table.list(after: 2) == [])
    // b was never seen; of what was, old is gone.
    #expect(try table.files(after: 0).removed == 1)
    #expect(try table.files(after: 1).removed == 2)
    #expect(try table.files(after: 2).removed == 0)
    #expect(try table.files(after: 0).version == 2 && !table.files(after: 0).isSkipped)
    #expect(try table.files().removed == nil)
  }

  @Test func `Compaction brings nothing`() throws {
    let table = T()
    try table.commit(0, T.protocol, T.metadata, T.add("a"), T.add("b"))
    try table.commit(
      1, T.remove("a", isChange: false), T.remove("b", isChange: false), T.add("ab", isChange: false))
    #expect(try table.list(after: 0) == [])
    #expect(try table.files(after: 0).removed == 0)
    #expect(try table.list() == ["2026-05-04T00:00:00Z ab"])
  }

  /// Else its rows would never be seen: the file that they came in is not live any more.
  @Test func `What is new and compacted before anybody has seen it is listed as what it became`() throws {
    let table = T()
    try table.commit(0, T.protocol, T.metadata, T.add("old"))
    try table.commit(1, T.add("new"))
    try table.commit(
      2, T.remove("old", isChange: false), T.remove("new", isChange: false), T.add("both", isChange: false))
    try table.commit(3, T.remove("both", isChange: false), T.add("again", isChange: false))
    #expect(try table.list(after: 0) == ["2026-05-04T00:00:00Z again"])
    #expect(try table.list(after: 1) == [])
    #expect(try table.files(after: 0).removed == 0)
  }

  @Test func `An update with a deletion vector lists the file again`() throws {
    let table = T()
    try table.commit(0, T.features("deletionVectors"), T.metadata, T.add("a"))
    try table.commit(1, T.remove("a"), T.add("a", more: T.vector("vBn[lx{q8@P<9BNH/isA")), T.add("b"))
    #expect(try table.list(after: 0) == ["2026-05-04T00:00:00Z a", "2026-05-04T00:00:00Z b"])
    #expect(try table.files(after: 0).removed == 1)
  }

  @Test func `A version that is not there yet is refused`() throws {
    let table = T()
    try table.begin()
    let failure = table.failure(after: 5)
    #expect(failure?.exit == .badData)
    #expect(failure?.reason == "there is no version 5, its newest is 0; was it made anew?")
  }

  @Test func `A version that was cleaned up is skipped to the snapshot`() throws {
    let table = T()
    try table.put(T.name(6) + ".checkpoint.c.json", T.features("v2Checkpoint"), T.metadata, T.add("a"))
    for version in Int64(6)...8 { try table.commit(version, T.add("x\(version)")) }
    let files = try table.files(after: 3)
    #expect(files.isSkipped && files.version == 8 && files.removed == nil)
    #expect(try table.list(after: 3).count == 3)
    #expect(table.notes.all.first?.hasPrefix("version 4 of s3://b/t was cleaned up") == true)
    // The version itself need not be there, but the next one.
    #expect(try !table.files(after: 5).isSkipped)
    #expect(try table.list(after: 6) == ["2026-05-04T00:00:00Z x7", "2026-05-04T00:00:00Z x8"])
  }

  @Test func `A gap is refused`() throws {
    let table = T()
    try table.begin()
    for version in Int64(1)...4 where version != 3 { try table.commit(version, T.add("x\(version)")) }
    for after: Int64? in [nil, 0, 1, 2] {
      let failure = table.failure(after: after)
      #expect(failure?.exit == .badData)
      #expect(
        failure?.reason
          == "version 3 is missing from its log, whose newest is 4, and no checkpoint stands for it")
    }
    #expect(try table.list(after: 4) == [])
  }

  @Test func `Features and columns are those of the newest version`() throws {
    let table = T()
    try table.begin()
    try table.commit(1, T.metadata(["day"]))
    try table.commit(
      2,
      #"{"add":{"path":"a","partitionValues":{"day":"2026"},"size":1,"modificationTime":1,"dataChange":true}}"#
    )
    #expect(
      try table.files(.commit, after: 1).lines.first?.tag == #"delta:{"modified":1,"columns":{"day":"2026"}}"#
    )
    try table.commit(3, T.features("collations-preview"))
    #expect(table.failure(.commit, after: 1)?.exit == .badData)
    #expect(table.failure(.commit, after: 2)?.exit == .badData)
  }

  /// However many versions and files there are.
  @Test func `A tail costs few requests`() throws {
    let table = T()
    for version in Int64(0)...2000 { try table.commit(version, T.add("x\(version)")) }
    try table.put(T.name(1999) + ".checkpoint.c.json", T.features("v2Checkpoint"), T.metadata)
    try table.put("_last_checkpoint", #"{"version":1999}"#)
    #expect(try table.list(after: 1999) == ["2026-05-04T00:00:00Z x2000"])
    // The hint, the log from there on, what the checkpoint says of the table, the commit.
    #expect(table.store.calls.count == 4, "\(table.store.calls)")
    _ = try table.list(after: 2000)
    #expect(table.store.calls.count == 6, "\(table.store.calls)")
  }

  @Test func `A version that only a checkpoint stands for is skipped, too`() throws {
    let table = T()
    try table.begin()
    for version in Int64(1)...5 { try table.commit(version, T.add("x\(version)")) }
    try table.put(
      T.name(3) + ".checkpoint.c.json", T.features("v2Checkpoint"), T.metadata, T.add("x1"), T.add("x2"),
      T.add("x3"))
    for version in Int64(0)...3 { try table.remove(T.name(version) + ".json") }
    let files = try table.files(after: 2)
    #expect(files.isSkipped && files.version == 5 && files.lines.count == 5)
    #expect(try !table.files(after: 3).isSkipped)
    // It is the newest, and no commit is there at all.
    for version in Int64(4)...5 { try table.remove(T.name(version) + ".json") }
    #expect(try table.files(after: 2).isSkipped)
    #expect(try !table.files(after: 3).isSkipped)
  }
}
