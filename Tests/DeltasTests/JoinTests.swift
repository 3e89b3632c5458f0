import Fields
import Lines
import Seeded
import Testing

@testable import Deltas
@testable import Segments

/// An index joined of its shards against one of a single build, over batches that build on each other.
/// Not tested here: what is refused (join.t), kills and publishing (Tests/Pipes/70-shards).
@Suite struct JoinTests {
  private let one = IncrementalTests()

  @Test(arguments: Array(zip(FoldPropertyTests.files, 0...)) as [([String], UInt64)])
  func `the shards of a slice are the slice, batch after batch`(_ file: [String], _ seed: UInt64) throws {
    let fields = try Fields.parse(Array(file.joined(separator: "\n").utf8), name: "test")
    for count in [3, 7, 2].prefix(Sample.rounds(quick: 1, full: 3, long: 3)) {
      let place = try Place()
      var producer = IncrementalTests.Producer(
        place: place, fields: fields, random: SeededRandom(seed * 100 + UInt64(count)))
      producer.names = 30
      try producer.append(10)
      let works = try (0..<count).map { _ in try Place() }
      let joined = try Place()
      var segments = 0
      for batch in 0..<15 {
        let input = try one.input(producer.objects, generation: batch)
        let receipts = try built(fields, input, in: works)
        let printed = try join(receipts.shuffled(using: &producer.random), in: joined)
        let whole = try Place()
        let expected = try #require(try built(fields, input, in: [whole]).first?.receipt("index"))
        #expect(
          try one.content(joined) == one.content(whole), "seed \(seed), batch \(batch), \(count) shards")
        let index = try #require(printed.receipt("index"))
        for key in ["to", "documents", "tombstones", "groups", "bad"] { #expect(index[key] == expected[key]) }
        #expect(printed.receipts.dropLast() == receipts[0].receipts.dropLast())
        #expect(try join(receipts, in: joined) == printed)
        segments = max(segments, Int(index["segments"] ?? "") ?? 0)
        try producer.step()
      }
      #expect(segments > count, "no shard was built on its last one")
    }
  }

  /// What each build prints; of shards, where there are several directories.
  private func built(_ fields: Fields, _ input: BuildInput, in works: [Place]) throws -> [Batch] {
    try works.enumerated().map { number, work in
      let shard = try #require(Shard("\(number + 1)/\(works.count)"))
      let build = try one.build(fields, in: work, shard: shard)
      return Batch(receipts: input.receipts + [try build.run(input)])
    }
  }

  private func join(_ receipts: [Batch], in work: Place) throws -> Batch {
    try Join(receipts.enumerated().map { try BuiltShard($1, name: "receipt \($0)") }).run(
      in: WorkDirectory(work.path))
  }

  @Test func `a joined index is no beginning for a build`() throws {
    let place = try Place()
    let fields = try Fields.parse(Array("id id\ntitle text".utf8), name: "test")
    let input = try one.input([place.object("a.json", #"{"id":"a"}"#, #"{"id":"b"}"#)], generation: 3)
    let works = [try Place(), try Place()]
    let joined = try Place()
    let printed = try join(built(fields, input, in: works), in: joined)
    #expect(try WorkDirectory(joined.path).last?.state.shard == nil)
    #expect(try WorkDirectory(joined.path).last?.state.generation == 3)
    for shard in ["1/1", "1/2", "2/2"] {
      let build = try one.build(fields, in: joined, shard: try #require(Shard(shard)))
      #expect(build.standing(of: input) == .different)
    }
    // And a shard is still one for the next of its own.
    let build = try one.build(fields, in: works[0], shard: try #require(Shard("1/2")))
    #expect(build.standing(of: input) != .different && printed.receipt("index")?["shard"] == nil)
  }
}
