internal import Failures
internal import Fields
internal import Segments

/// The segments of the next index: those of the last, in which documents were hidden, the new one, and what is merged of them.
struct SegmentTiers {
  private struct Member {
    var entry: IndexManifest.Segment
    let reader: SegmentReader
    let live: LiveSet
    let isChanged: Bool
    let isNew: Bool

    var size: Tiers.Size { Tiers.Size(live: live.count, all: live.size) }
  }

  private var members: [Member] = []
  private let work: WorkDirectory
  private let fields: Fields
  private let limits: Limits
  private let generation: Int

  init(_ old: OldIndex, work: WorkDirectory, fields: Fields, limits: Limits, generation: Int) {
    self.work = work
    self.fields = fields
    self.limits = limits
    self.generation = generation
    for segment in old.segments where segment.live.count > 0 {
      members.append(
        Member(
          entry: segment.entry, reader: segment.reader, live: segment.live, isChanged: segment.isChanged,
          isNew: false))
    }
  }

  /// Takes in a new segment, unless it is empty.
  mutating func add(_ segment: consuming FinishedSegment) throws(Failure) {
    guard segment.documents + segment.tombstones > 0 else { return }
    let entry = IndexManifest.Segment(
      generation: generation, sha256: segment.sha256, bytes: segment.bytes, documents: segment.documents)
    let reader = try SegmentReader(try segment.mapped(), name: entry.name)
    try segment.keep(as: entry.name)
    members.append(
      Member(entry: entry, reader: reader, live: LiveSet(of: reader), isChanged: false, isNew: true))
  }

  mutating func merge() throws(Failure) {
    while true {
      let places = Tiers.merge(members.map(\.size))
      if places.isEmpty { return }
      let inputs = places.map { (reader: members[$0].reader, live: Optional(members[$0].live)) }
      let merged = try SegmentMerge.run(
        inputs, fields: fields, into: work.segments, memory: limits.memory / 2, threads: limits.threads)
      for place in places.reversed() { members.remove(at: place) }
      try add(merged)
    }
  }

  struct Outcome {
    let entries: [IndexManifest.Segment]
    /// Those among them that the last index did not have.
    let new: [IndexManifest.Segment]
    let documents: Int
    let tombstones: Int
  }

  /// Writes the live files that changed.
  mutating func finish() throws(Failure) -> Outcome {
    for index in members.indices where members[index].isChanged {
      let bits = members[index].live.encoded
      let live = IndexManifest.LiveFile(generation: generation, content: bits)
      try work.segments.write(live.name, bits)
      members[index].entry.live = live
    }
    return Outcome(
      entries: members.map(\.entry), new: members.filter(\.isNew).map(\.entry),
      documents: members.reduce(0) { $0 + $1.live.documentCount },
      tombstones: members.reduce(0) { $0 + $1.live.tombstoneCount })
  }
}
