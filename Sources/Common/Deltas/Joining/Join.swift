package import Failures
internal import Bytes
package import Lines
internal import Segments

/// Makes one index of the shards of one slice, each built in a directory of its own, or all in one store (StoredJoin).
///
/// No group is in two shards, no document in two groups, and a tombstone is in one shard: so the segments of all, each with its
/// live file, are the whole, and nothing is decoded or folded.
package struct Join {
  /// By their numbers, whatever the order they came in.
  let shards: [BuiltShard]
  let manifest: IndexManifest
  private let touched: Int

  /// 65 unless they are the shards of one slice and one fields file, each of them once.
  package init(_ found: [BuiltShard]) throws(Failure) {
    shards = found.sorted { $0.shard.number < $1.shard.number }
    guard let first = shards.first else { throw Failure(.badData, "cannot join the shards: there are none") }
    for other in found {
      if let difference = Self.difference(first, other) {
        throw BuiltShard.refusal(other.name, "it is of \(difference) than \(first.name)")
      }
    }
    try Self.checkNumbers(shards, of: first.shard.count)
    manifest = try Self.manifest(shards, like: first.manifest)
    touched = try Self.sum(shards.map(\.touched))
  }

  private static func difference(_ one: BuiltShard, _ other: BuiltShard) -> String? {
    let (a, b) = (one.manifest, other.manifest)
    func slices(_ shard: BuiltShard) -> [Receipt] { shard.receipts.filter { $0.word == "slice" } }
    if a.slice != b.slice || slices(one) != slices(other) { return "another slice" }
    if a.position != b.position || a.from != b.from { return "another window" }
    if a.fields != b.fields { return "other fields" }
    if one.format != other.format { return "records read in another way" }
    return one.shard.count == other.shard.count ? nil : "another number of shards"
  }

  /// The one that is missing, or there twice, is named. `shards` are in order.
  private static func checkNumbers(_ shards: [BuiltShard], of count: Int) throws(Failure) {
    for (one, next) in zip(shards, shards.dropFirst()) where one.shard == next.shard {
      throw BuiltShard.refusal(next.name, "shard \(next.shard) is in \(one.name), too")
    }
    let missing = zip(shards, 1...).first { $0.shard.number != $1 }?.1 ?? shards.count + 1
    if missing <= count {
      throw Failure(.badData, "cannot join the shards: shard \(missing)/\(count) is missing")
    }
  }

  private static func manifest(_ shards: [BuiltShard], like first: IndexManifest) throws(Failure)
    -> IndexManifest
  {
    var whole = first
    whole.shard = nil
    whole.documents = try sum(shards.map(\.manifest.documents))
    whole.tombstones = try sum(shards.map(\.manifest.tombstones))
    whole.groups = try sum(shards.map(\.manifest.groups))
    whole.segments = shards.flatMap(\.manifest.segments)
    guard Set(whole.segments.map(\.name)).count == whole.segments.count else {
      throw Failure(.badData, "cannot join the shards: two of them have a segment in common")
    }
    return whole
  }

  private static func sum(_ counts: [Int]) throws(Failure) -> Int {
    var sum = 0
    for count in counts {
      let (next, overflow) = sum.addingReportingOverflow(count)
      if overflow { throw Failure(.badData, "cannot join the shards: they count more than there can be") }
      sum = next
    }
    return sum
  }

  // MARK: - Joining

  /// Whether it was joined there before, and is what was published at the watermark that the slice began with.
  package func isPublished(in work: WorkDirectory) throws(Failure) -> Bool {
    guard let word = work.published(manifest.id) else { return false }
    return try input.isAfter(word)
  }

  var input: BuildInput {
    get throws(Failure) { try BuildInput(Batch(receipts: receipts)) ?? BuildInput() }
  }

  private var receipts: [Receipt] { shards.first?.receipts ?? [] }

  /// Each shard read every record of the slice, so a malformed one is counted in each, and counts once; and so does a late object.
  private var bad: Int { shards.map(\.bad).max() ?? 0 }
  private var late: Int? { shards.compactMap(\.late).max() }
  private var format: String { shards.first?.format ?? "" }

  /// As one build would have printed it, with the index at that place: the first shard's receipts, and the `#index` of the whole.
  func batch(at location: Location, _ head: StateHead) -> Batch {
    Batch(receipts: receipts + [manifest.receipt(head, at: location)])
  }

  func head(_ input: BuildInput) -> StateHead {
    StateHead(
      build: manifest.id, generation: input.generation, touched: touched, bad: bad, late: late, shard: nil,
      format: format)
  }

  /// Installs the index in the directory, and gives the batch.
  package func run(in work: WorkDirectory) throws(Failure) -> Batch {
    if let shard = work.last?.state.head.shard, shard != .whole {
      throw Failure(
        .usage, "--work names the directory of shard \(shard), and the joined index needs one of its own")
    }
    let head = try head(input)
    for shard in shards {
      let directory = try shard.segments()
      for segment in shard.manifest.segments { try work.take(segment, from: directory) }
    }
    try work.install(.init(manifest: manifest, head: head, runs: [], keys: []))
    return batch(at: work.location(of: manifest.id), head)
  }
}
