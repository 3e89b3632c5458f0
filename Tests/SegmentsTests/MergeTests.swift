import Failures
import Fields
import Seeded
import Testing

@testable import Segments

/// A merged segment has the bytes of one that was written with the same documents.
///
/// Not tested: an input that is cut short while it is read (only immutable files are mapped).
struct MergeTests {
  static let fields = LaneTests.fields

  /// Some segments, which of their documents and tombstones count, and the segment of just these.
  struct Case {
    var inputs: [(reader: SegmentReader, live: LiveSet?)] = []
    var whole: [UInt8] = []
  }

  /// Each document is in a segment of its own choosing; dead ones may be there in others too, with other words.
  static func make(_ count: Int, segments: Int, dead: Double, groups: Bool, seed: UInt64) throws -> Case {
    var random = SeededRandom(seed)
    let fields = groups ? Self.fields : testFields
    let documents = randomDocuments(count, groups: groups, vocabulary: 300, seed: seed)
    let others = randomDocuments(count, groups: groups, vocabulary: 500, seed: seed + 1)
    var parts = Array(repeating: [TestDocument](), count: segments)
    var live = Array(repeating: Set<String>(), count: segments)
    for (document, other) in zip(documents, others) {
      let home = Int.random(in: 0..<segments, using: &random)
      parts[home].append(document)
      live[home].insert(document.id)
      var stale = other
      stale.id = document.id
      for place in parts.indices where place != home && Double.random(in: 0..<1, using: &random) < dead {
        parts[place].append(stale)
      }
    }
    var result = Case()
    var tombstones: (groups: Set<String>, ids: Set<String>) = ([], [])
    for (part, ids) in zip(parts, live) {
      let names = (0..<3).map { _ in "t\(Int.random(in: 0..<9, using: &random))" }
      let reader = try open(
        try build(part, fields: fields, groupTombstones: names, idTombstones: names), name: "part.seg")
      var set = LiveSet(of: reader)
      for number in 0..<reader.documents
      where !ids.contains(String(decoding: try reader.id(of: number), as: UTF8.self)) {
        set.remove(document: number)
      }
      for number in 0..<reader.meta.groupTombstones {
        let name = String(decoding: try reader.groupTombstone(number), as: UTF8.self)
        if Bool.random(using: &random) {
          tombstones.groups.insert(name)
        } else {
          set.remove(groupTombstone: number)
        }
        if Bool.random(using: &random) {
          tombstones.ids.insert(name)
        } else {
          set.remove(idTombstone: number)
        }
      }
      result.inputs.append((reader, set.isFull ? nil : set))
    }
    result.whole = try build(
      documents, fields: fields, groupTombstones: Array(tombstones.groups),
      idTombstones: Array(tombstones.ids))
    return result
  }

  static func merge(
    _ inputs: [(reader: SegmentReader, live: LiveSet?)], fields: [Field], memory: Int = 1 << 26,
    threads: Int = 1
  ) throws -> [UInt8] {
    let segment = try SegmentMerge.run(
      inputs, fields: try Fields(all: fields), into: try scratch(), memory: memory, threads: threads)
    return try segment.content()
  }

  @Test(
    arguments: [
      (0, 2, 0), (1, 1, 0.5), (50, 3, 0.2), (900, 1, 0), (900, 2, 0.7),
      (Sample.rounds(quick: 300, full: 2500, long: 50_000), 6, 0.1),
    ],
    [true, false])
  func `merging is writing anew`(shape: (count: Int, segments: Int, dead: Double), groups: Bool) throws {
    let made = try Self.make(
      shape.count, segments: shape.segments, dead: shape.dead, groups: groups, seed: UInt64(shape.count) + 5)
    let fields = groups ? Self.fields : testFields
    for (memory, threads) in [(1 << 26, 1), (1 << 16, 3)] {
      #expect(try Self.merge(made.inputs, fields: fields, memory: memory, threads: threads) == made.whole)
    }
  }

  @Test func `nothing that counts leaves an empty segment`() throws {
    let made = try Self.make(60, segments: 1, dead: 0, groups: true, seed: 3)
    var live = LiveSet(of: made.inputs[0].reader)
    for number in 0..<60 { live.remove(document: number) }
    for number in 0..<made.inputs[0].reader.meta.groupTombstones { live.remove(groupTombstone: number) }
    for number in 0..<made.inputs[0].reader.meta.idTombstones { live.remove(idTombstone: number) }
    let merged = try Self.merge([(made.inputs[0].reader, live)], fields: Self.fields)
    #expect(try merged == build([], fields: Self.fields))
  }

  @Test func `an id that counts twice, and other fields, are refused`() throws {
    let reader = try open(try build(randomDocuments(20, groups: true, seed: 8), fields: Self.fields))
    for inputs in [[(reader, LiveSet?.none), (reader, nil)], [(try open(try build([])), nil)]] {
      do {
        _ = try Self.merge(inputs, fields: Self.fields)
        Issue.record("it was merged")
      } catch let failure as Failure { #expect(failure.exit == .badData) }
    }
  }

  @Test func `a wrong checksum is refused, and the part is named`() throws {
    var bytes = try build(randomDocuments(20, groups: true, seed: 8), fields: Self.fields)
    let entry = try #require(try open(bytes).parts.entries.first { $0.kind == PartKind.postings.rawValue })
    bytes[entry.range.lowerBound] ^= 0x10
    let reader = try open(bytes)
    do {
      _ = try Self.merge([(reader, nil)], fields: Self.fields)
      Issue.record("it was merged")
    } catch let failure as Failure {
      #expect(failure.message == "cannot read test.seg: postings of title: its checksum is wrong")
    }
  }

  /// Damage in one part at a time, under checksums made right again: a failure, or a segment of some kind.
  @Test(arguments: PartKind.allCases)
  func `damaged inputs never trap`(kind: PartKind) throws {
    let original = try CorruptionTests.whole()
    let other = try open(
      try build(randomDocuments(30, groups: true, seed: 4), fields: CorruptionTests.fields))
    let entries = try open(original).parts.entries.filter { $0.kind == kind.rawValue }
    var random = SeededRandom(UInt64(kind.rawValue) + 50)
    for _ in 0..<Sample.rounds(quick: 15, full: 120, long: 5000) {
      var bytes = original
      let entry = try #require(entries.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, in: entry.range, &random) }
      reseal(&bytes)
      let held = GuardedBytes(bytes)
      guard let reader = try? SegmentReader(UnsafeRawBufferPointer(held.buffer), owner: held, name: "x")
      else {
        continue
      }
      do {
        _ = try Self.merge([(reader, nil), (other, nil)], fields: CorruptionTests.fields, memory: 1 << 18)
      } catch let failure as Failure { #expect(failure.exit == .badData) }
    }
  }
}
