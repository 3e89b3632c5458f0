package import Failures
package import Lines
internal import Objects
internal import Runs
internal import Segments
internal import Threads

/// What a driver of several builds is to know ahead of them: which states they go on from, and what is new since.
///
///     #last   id=<id of the last joined build, or none>
///     #shard  number=1  state=<hash, or none>
///     ...
///     <object lines that the last build had not, in slice order>
///     #end    lines=n
package struct StoredBeginning {
  private let store: StateStore
  private let reading: SliceReading
  private let shards: Int
  private let jobs: Int

  /// Of so many shards, whose objects are read like that.
  package init(_ store: StateStore, _ reading: SliceReading, shards: Int, jobs: Int) {
    (self.store, self.reading, self.shards, self.jobs) = (store, reading, shards, jobs)
  }

  /// Nil where the slice was joined before, and is what was published at the watermark that it began with.
  ///
  /// A last build of other fields, another format or another number of shards is no beginning, and neither is one of which something
  /// is missing or damaged: then all states are `none`, and all objects are new.
  package func run(_ input: BuildInput) throws(Failure) -> Batch? {
    let last = try store.lastJoin()
    guard let last, let (joined, manifest) = try usable(last.id), let state = try state(of: joined) else {
      return batch(last?.id, Array(repeating: "none", count: shards), input.objects)
    }
    if try isPublished(joined, manifest, input) { return nil }
    return batch(last.id, joined.states, new(in: input, since: state))
  }

  /// The objects of which the last build had no run.
  private func new(in input: BuildInput, since state: StoredState) -> [ObjectLine] {
    let (runs, decoding) = (state.runs, reading.identity)
    if state.isFed {
      let known = Set(runs.map(\.high))
      return input.objects.filter { !known.contains(FedObjects.object($0, decoding: decoding)) }
    }
    let known = Set(runs)
    return input.objects.filter { !known.contains(SliceRuns.identity(of: $0, decoding: decoding)) }
  }

  private func usable(_ id: String) throws(Failure) -> (JoinedShards, IndexManifest)? {
    guard let joined = try store.joined(id), joined.states.count == shards, joined.format == reading.format,
      let manifest = try store.present({ () throws(Failure) in try store.manifest(id) }),
      manifest.fields == reading.fields.canonicalText, !manifest.slice.isEmpty
    else { return nil }
    return (joined, manifest)
  }

  /// Of the first shard: all shards have runs of the same objects. Nil where that of any shard is missing.
  private func state(of joined: JoinedShards) throws(Failure) -> StoredState? {
    let (store, states) = (store, joined.states)
    let areThere = try parallelMap(count: states.count, threads: jobs) { (index) throws(Failure) in
      try store.has(StateStore.state(states[index]))
    }
    guard areThere.allSatisfy(\.self), let first = states.first else { return nil }
    return try store.present { () throws(Failure) in try store.state(first) }
  }

  private func isPublished(
    _ joined: JoinedShards, _ manifest: IndexManifest, _ input: BuildInput
  ) throws(Failure) -> Bool {
    guard joined.bad <= reading.skipBad, joined.generation <= input.generation,
      manifest.slice == input.hash, manifest.position == input.position, manifest.from == input.from,
      let word = try store.published(joined.build)
    else { return false }
    return input.isAfter(word)
  }

  private func batch(_ id: String?, _ states: [String], _ new: [ObjectLine]) -> Batch {
    var receipts = [Receipt("last", ["id": id ?? "none"])]
    for (number, state) in zip(1..., states) {
      var shard = Receipt("shard")
      shard.append("number", number)
      shard.append("state", state)
      receipts.append(shard)
    }
    return Batch(receipts: receipts, objects: new)
  }
}
