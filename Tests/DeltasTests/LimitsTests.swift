import Fields
import Files
import Runs
import Seeded
import Segments
import Testing

@testable import Deltas

/// What memory, threads and shards have to do with an index: nothing, nothing, and a share of it.
/// Not tested here: how much memory is taken (bench/).
@Suite struct LimitsTests {
  private func window(_ seed: UInt64, _ fields: Fields, _ place: Place, records: Int = 400) throws -> Window {
    var random = SeededRandom(seed)
    let objects = (0..<5).map { _ in
      (0..<records / 5).map { _ in randomRecord(fields, &random, ids: 120, groups: 40) }.joined(
        separator: "\n")
    }
    return Window(try decoded(objects, fields, place))
  }

  private func segment(
    _ window: Window, _ fields: Fields, _ place: Place, shard: Shard = .whole, threads: Int, memory: Int
  ) throws -> FinishedSegment {
    try WholeFold(
      window: window, fields: fields, shard: shard, limits: Limits(threads: threads, memory: memory),
      scratch: Directory.open(place.path)
    ).segment()
  }

  @Test(arguments: FoldPropertyTests.files) func `neither memory nor threads change a byte`(_ file: [String])
    throws
  {
    let fields = try Fields.parse(Array(file.joined(separator: "\n").utf8), name: "test")
    for seed in 0..<UInt64(Sample.rounds(quick: 1, full: 4, long: 200)) {
      let place = try Place()
      let window = try window(seed, fields, place)
      let expected = try segment(window, fields, place, threads: 1, memory: 1 << 26)
      #expect(expected.documents > 50)
      // The least has some fifty passes, in which lanes hold a few documents.
      for (threads, memory) in [(2, 1 << 26), (3, 1 << 26), (1, 1 << 14), (2, 1 << 12), (1, 1 << 10)] {
        let other = try segment(window, fields, place, threads: threads, memory: memory)
        #expect(other.sha256 == expected.sha256, "seed \(seed), \(threads) threads, \(memory) bytes")
      }
    }
  }

  @Test(arguments: FoldPropertyTests.files) func `shards are a whole, each group in one`(_ file: [String])
    throws
  {
    let fields = try Fields.parse(Array(file.joined(separator: "\n").utf8), name: "test")
    for count in [1, 2, 3, 7] {
      let place = try Place()
      let window = try window(UInt64(count), fields, place)
      let whole = try segment(window, fields, place, threads: 1, memory: 1 << 26)
      var parts: [(reader: SegmentReader, live: LiveSet?)] = []
      for number in 1...count {
        let shard = try #require(Shard("\(number)/\(count)"))
        let part = try segment(
          window, fields, place, shard: shard, threads: 1, memory: number == 1 ? 1 << 12 : 1 << 26)
        parts.append((try SegmentReader(try part.mapped(), name: "shard"), nil))
      }
      // A merge refuses an id that is in two of them.
      let merged = try SegmentMerge.run(
        parts, fields: fields, into: Directory.open(place.path), memory: 1 << 26, threads: 1)
      #expect(merged.sha256 == whole.sha256, "\(count) shards")
    }
  }

  @Test(arguments: ["", "1", "0/1", "2/1", "1/0", "01/2", "1/2/3", "-1/2", "1/ 2", "1/65537", "a/b"])
  func `what is no shard`(_ text: String) { #expect(Shard(text) == nil) }

  @Test func `a shard of a group is its CRC-32`() throws {
    let shard = try #require(Shard("2/3"))
    // zlib.crc32(b"g1") % 3 == 1
    let groups = (0..<9).map { "g\($0)" }.filter { group in
      var group = group
      return group.withUTF8 { shard.contains(UnsafeRawBufferPointer($0)) }
    }
    #expect(groups == ["g1", "g2", "g4"])
  }
}
