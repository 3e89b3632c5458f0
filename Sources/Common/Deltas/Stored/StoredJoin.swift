package import Failures
package import Lines
internal import Objects
internal import Threads

extension Join {
  /// Whether it was joined there before, and is what was published at the watermark that the slice began with.
  package func isPublished(in store: StateStore) throws(Failure) -> Bool {
    guard let word = try store.published(manifest.id) else { return false }
    return try input.isAfter(word)
  }

  /// Makes the index the last one of the store, from the one that `last` names (nil: none), and gives the batch. Of the shards the
  /// descriptions are read, and no more. 75 where another join was faster, or its cleaning.
  ///
  /// A crash behind
  /// - the manifest, or the list of the states, leaves what nobody names;
  /// - the swap leaves a joined build whose receipt was not printed: the next run of the pipe joins it once more.
  package func run(
    in store: StateStore, after last: String?, patience: Duration, jobs: Int
  ) throws(Failure) -> Batch {
    let head = try head(input)
    let states = try checkStates(in: store, jobs: jobs)
    let joined = JoinedShards(
      build: head.build, generation: head.generation, bad: head.bad, format: head.format, states: states)
    let name = StateStore.manifest(manifest.id)
    try store.place.write(name, .bytes(manifest.fileBytes))
    try store.place.write(StateStore.shards(manifest.id), .bytes(joined.bytes))
    _ = try store.swapLast(from: last, to: manifest.id, patience: patience)
    return batch(at: store.place.location.appending(name), head)
  }

  /// What the receipts name is there, and is what they say; the states' hashes, by the shards' numbers.
  private func checkStates(in store: StateStore, jobs: Int) throws(Failure) -> [String] {
    let shards = shards
    return try parallelMap(count: shards.count, threads: jobs) { (index) throws(Failure) in
      let shard = shards[index]
      let hash = shard.state ?? ""
      let state = try store.justBuilt { () throws(Failure) in try store.state(hash) }
      guard state.head.build == shard.manifest.id, state.head.shard == shard.shard else {
        throw BuiltShard.refusal(shard.name, "its state= is of another build")
      }
      return hash
    }
  }
}
