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
      for batch in 0..<Sample.rounds(quick: 9, full: 15, long: 15) {
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
    #expect(try WorkDirectory(joined.path).last?.state.head.shard == nil)
    #expect(try WorkDirectory(joined.path).last?.state.head.generation == 3)
    for shard in ["1/1", "1/2", "2/2"] {
      let build = try one.build(fields, in: joined, shard: try #require(Shard(shard)))
      #expect(build.standing(of: input) == .different)
    }
    // And a shard is still one for the next of its own.
    let build = try one.build(fields, in: works[0], shard: try #require(Shard("1/2")))
    #expect(build.standing(of: input) != .different && printed.receipt("index")?["shard"] == nil)
  }

  @Test func `a tombstone is in the shard of the last group that was named, of the id where none was`() throws
  {
    let place = try Place()
    let fields = try Fields.parse(Array("id id\ng group\nt text".utf8), name: "test")
    #expect(["a", "b", "c", "d", "w", "x", "y", "z"].map(shardOfFour) == [4, 2, 4, 1, 3, 4, 2, 4])
    let objects = [
      try place.object("0", #"{"id":"x","g":"a","t":"1"}"#, #"{"id":"y","g":"a"}"#, #"{"id":"w","g":"c"}"#),
      try place.object("1", #"{"id":"x","g":"b"}"#, #"{"id":"x","_delete":true}"#, minute: 1),
      try place.object("2", #"{"id":"y","g":"d","_delete":true}"#, #"{"id":"z","_delete":true}"#, minute: 2),
      try place.object("3", #"{"g":"c","_delete":true}"#, minute: 3),
    ]
    let works = try (0..<4).map { _ in try Place() }
    // x moved to b; y's delete names no group; z is known by its delete alone; w went with its group, which has a tombstone, too.
    #expect(try tombstones(fields, objects, in: works) == [0, 1, 0, 4])
    // What named a group has left the window.
    #expect(try tombstones(fields, Array(objects[2...]), in: works) == [0, 1, 0, 2])
    #expect(try tombstones(fields, Array(objects[1...]), in: works) == [0, 2, 0, 2])
  }

  private func shardOfFour(_ name: String) -> Int {
    Array(name.utf8).withUnsafeBytes { Shard.number(of: $0, count: 4) }
  }

  private func tombstones(_ fields: Fields, _ objects: [ObjectLine], in works: [Place]) throws -> [Int?] {
    try built(fields, one.input(objects, generation: 1), in: works).map {
      $0.receipt("index")?["tombstones"].flatMap { Int($0) }
    }
  }
}
