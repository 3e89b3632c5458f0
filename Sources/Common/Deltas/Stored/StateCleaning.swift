package import Failures
internal import Objects
internal import Threads

/// Removes from a store what neither the last joined build nor the one before it names, nor what the watermark stands at, nor what
/// was printed since.
///
/// What is younger than the grace stays: it may be another attempt's that is still sending, which names it at its end only. Whatever
/// a build does not find named by the state that it goes on from it sends anew, so what is old is nobody's who is at work, as long as
/// sending what is new takes less than the grace.
package struct StateCleaning {
  private let store: StateStore
  /// Seconds.
  private let grace: Int64
  private let jobs: Int

  package init(_ store: StateStore, grace: Int64, jobs: Int) {
    (self.store, self.grace, self.jobs) = (store, grace, jobs)
  }

  private static let directories = ["runs/", "keys/", "segments/", "states/", "builds/"]
  /// A temporary file that was not written to for that many seconds is nobody's any more.
  private static let slowestWrite: Int64 = 3600

  /// How many files were removed; none where it can't be told what is named: that is for another time.
  package func run() throws(Failure) -> Int {
    guard let last = try store.lastJoin(), let kept = try kept(last) else { return 0 }
    let (now, place) = (try now(), store.place)
    let stale = try stale(upTo: now - grace, but: kept)
    _ = try parallelMap(count: stale.count, threads: jobs) { (index) throws(Failure) in
      try place.remove(stale[index])
    }
    let oldestWrite = now - max(grace, Self.slowestWrite)
    return stale.count + removeTemporary(upTo: oldestWrite) + abandonUploads(upTo: oldestWrite)
  }

  private func now() throws(Failure) -> Int64 {
    do throws(StoreError) { return try store.place.store.now() / 1000 } catch {
      throw error.failure(cannot: "read the clock of", store.place.location)
    }
  }

  // MARK: - What is named

  private func kept(_ last: LastJoin) throws(Failure) -> Set<String>? {
    var kept = Set(try store.printed())
    for id in [last.id] + (last.previous.map { [$0] } ?? []) {
      kept.formUnion([StateStore.manifest(id), StateStore.shards(id), StateStore.published(id)])
      guard let joined = try store.joined(id), let files = try files(of: joined) else { return nil }
      kept.formUnion(files)
      if id == last.id { kept.formUnion(try published(as: joined.generation)) }
    }
    return kept
  }

  /// What was published as the generation after which the last build was made: whoever takes the change since then has need of it,
  /// however many builds did not arrive meanwhile.
  private func published(as generation: Int) throws(Failure) -> [String] {
    var (ids, kept): ([String], [String]) = ([], [])
    try store.place.forEach(below: "builds/") { name, _ in
      let id = String(name.dropFirst("builds/".utf8.count).dropLast(".published".utf8.count))
      if name == StateStore.published(id), StateHead.isID(id) { ids.append(id) }
    }
    for id in ids where try store.published(id)?["generation"] == String(generation) {
      guard let manifest = try store.present({ () throws(Failure) in try store.manifest(id) }) else {
        continue
      }
      kept += [StateStore.manifest(id), StateStore.published(id)]
      kept += manifest.segments.flatMap { [$0.name, $0.live?.name].compactMap(\.self) }.map {
        "segments/\($0)"
      }
    }
    return kept
  }

  private func files(of joined: JoinedShards) throws(Failure) -> [String]? {
    let store = store
    return try store.present { () throws(Failure) in
      try parallelMap(count: joined.states.count, threads: jobs) { (index) throws(Failure) in
        let hash = joined.states[index]
        let state = try store.state(hash)
        return [StateStore.state(hash), StateStore.manifest(state.head.build)] + state.files.map(\.object)
      }.flatMap(\.self)
    }
  }

  // MARK: - What is not

  private func stale(upTo oldest: Int64, but kept: Set<String>) throws(Failure) -> [String] {
    var stale: [String] = []
    for directory in Self.directories {
      try store.place.forEach(below: directory) { name, object in
        if object.modified <= oldest, Self.isOurs(name), !kept.contains(name) { stale.append(name) }
      }
    }
    return stale
  }

  private static func isOurs(_ name: String) -> Bool {
    let file = String(name.drop { $0 != "/" }.dropFirst())
    if name.hasPrefix("states/") { return WorkDirectory.isHex(file, 64, ".state") }
    if name.hasPrefix("builds/") {
      return [".json", ".shards", ".published"].contains { WorkDirectory.isHex(file, 64, $0) }
    }
    return WorkDirectory.isFile(name)
  }

  // MARK: - What killed writers leave

  /// A store that lists no such uploads, or does not let us see them, keeps them.
  private func abandonUploads(upTo oldest: Int64) -> Int {
    var count = 0
    for directory in Self.directories {
      for write in (try? store.place.store.unfinished(below: store.place.key(directory))) ?? []
      where write.begun <= oldest {
        if (try? store.place.store.abandon(write)) != nil { count += 1 }
      }
    }
    return count
  }

  private func removeTemporary(upTo oldest: Int64) -> Int {
    let names = (try? store.place.leftovers(in: Self.directories, upTo: oldest)) ?? []
    return names.count { (try? store.place.removeLeftover($0)) != nil }
  }
}
