import Fields
import Seeded
import Testing

@testable import Segments

/// A segment is a function of its documents and tombstones: not of lanes, threads, spills or memory.
///
/// Not tested: a disk that fills up while a lane spills.
struct LaneTests {
  static let fields = testFields + [Field("maker", .group), Field("kept", .stored)]

  /// How the same documents are brought in.
  struct Way: CustomStringConvertible, Sendable {
    let lanes: Int
    let memory: Int
    let threads: Int
    var description: String { "\(lanes) lanes, \(memory) bytes, \(threads) threads" }
  }

  static let ways = [
    Way(lanes: 1, memory: 1 << 16, threads: 1), Way(lanes: 1, memory: 1 << 30, threads: 3),
    Way(lanes: 2, memory: 1 << 30, threads: 2), Way(lanes: 7, memory: 1 << 18, threads: 3),
    Way(lanes: 2, memory: 1 << 17, threads: 2), Way(lanes: 40, memory: 1 << 15, threads: 1),
  ]

  /// The documents cut at random places, also within groups; some lanes are empty.
  static func build(_ documents: [TestDocument], _ way: Way, fields: [Field], seed: UInt64) throws -> [UInt8]
  {
    let fields = try Fields(all: fields)
    var random = SeededRandom(seed)
    let cuts = (1..<way.lanes).map { _ in Int.random(in: 0...documents.count, using: &random) }.sorted()
    var lanes: [SegmentLane] = []
    for (start, end) in zip([0] + cuts, cuts + [documents.count]) {
      let lane = SegmentLane(fields: fields, scratch: try scratch(), memory: way.memory / way.lanes)
      add(documents[start..<end], fields: fields, to: lane)
      lanes.append(lane)
    }
    for name in ["gone", "", "lost"].shuffled(using: &random) {
      withBytes(name) { lanes.randomElement(using: &random)?.add(groupTombstone: $0) }
    }
    for name in ["x", "a", "x"] {
      withBytes(name) { lanes.randomElement(using: &random)?.add(idTombstone: $0) }
    }
    return try finish(lanes, fields: fields, memory: way.memory, threads: way.threads)
  }

  @Test(arguments: ways)
  func `the way in makes no difference`(way: Way) throws {
    let large = Sample.rounds(quick: 300, full: 3000, long: 50_000)
    for (count, groups) in [(0, true), (1, false), (40, true), (large / 3, true), (large, false)] {
      let documents = inOrder(randomDocuments(count, groups: groups, vocabulary: 700, seed: UInt64(count)))
      let fields = groups ? Self.fields : testFields
      let whole = try buildWhole(documents, fields)
      #expect(try Self.build(documents, way, fields: fields, seed: UInt64(count)) == whole)
      #expect(try open(whole).verify() == [])
    }
  }

  private func buildWhole(_ documents: [TestDocument], _ fields: [Field]) throws -> [UInt8] {
    try SegmentsTests.build(
      documents, fields: fields, groupTombstones: ["", "gone", "lost"], idTombstones: ["a", "x"])
  }
}
