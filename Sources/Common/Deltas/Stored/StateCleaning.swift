package import Failures
internal import Files
internal import Objects
internal import Threads

/// Removes from a store what neither the last joined build nor the one before it names, nor those that were printed.
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
    do throws(StoreError) {
      let oldest = try store.store.now() / 1000 - grace
      var found: [Key] = []
      for directory in Self.directories { found += try stale(in: directory, upTo: oldest, but: kept) }
      let (store, keys) = (store.store, found)
      _ = try parallelMap(count: keys.count, threads: jobs) { (index) throws(StoreError) in
        try store.remove(keys[index])
      }
      let oldestWrite = oldest + grace - max(grace, Self.slowestWrite)
      return keys.count + removeTemporary(upTo: oldestWrite) + abandonUploads(upTo: oldestWrite)
    } catch { throw error.failure(cannot: "clean", store.location) }
  }

  // MARK: - What is named

  private func kept(_ last: LastJoin) throws(Failure) -> Set<String>? {
    var kept = Set(try store.printed())
    for id in [last.id] + (last.previous.map { [$0] } ?? []) {
      kept.formUnion([StateStore.manifest(id), StateStore.shards(id), StateStore.published(id)])
      guard let joined = try store.joined(id), let files = try files(of: joined) else { return nil }
      kept.formUnion(files)
    }
    return kept
  }

  private func files(of joined: JoinedShards) throws(Failure) -> [String]? {
    let store = store
    do throws(Failure) {
      return try parallelMap(count: joined.states.count, threads: jobs) { (index) throws(Failure) in
        let hash = joined.states[index]
        let state = try store.state(hash)
        return [StateStore.state(hash), StateStore.manifest(state.build)] + state.files.map(\.object)
      }.flatMap(\.self)
    } catch {
      guard StateStore.isOfNoUse(error) else { throw error }
      return nil
    }
  }

  // MARK: - What is not

  private func stale(
    in directory: String, upTo oldest: Int64, but kept: Set<String>
  ) throws(StoreError) -> [Key] {
    var request = ListRequest(prefix: store.key(directory))
    var (stale, seen): ([Key], Set<String>) = ([], [])
    repeat {
      let page: ListPage
      do throws(StoreError) { page = try store.store.list(request) } catch {
        if case .notFound = error { return stale }
        throw error
      }
      guard page.next.map({ seen.insert($0).inserted }) ?? true else { throw .samePage }
      for object in page.objects where object.modified <= oldest {
        guard let name = store.relative(object.key), Self.isOurs(name), !kept.contains(name) else { continue }
        stale.append(object.key)
      }
      request.continuing = page.next
    } while request.continuing != nil
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
      for write in (try? store.store.unfinished(below: store.key(directory))) ?? []
      where write.begun <= oldest {
        if (try? store.store.abandon(write)) != nil { count += 1 }
      }
    }
    return count
  }

  /// A local store does not list its own temporary files.
  private func removeTemporary(upTo oldest: Int64) -> Int {
    guard case .local(let path) = store.location, let root = try? Directory.existing(path) else { return 0 }
    var count = 0
    for name in Self.directories {
      guard let directory = try? root.existing(String(name.dropLast())) else { continue }
      for entry in (try? directory.unsortedNames()) ?? [] where entry.hasPrefix(".tmp-") {
        guard let stamp = directory.stamp(entry), stamp.modified / 1_000_000_000 <= oldest else { continue }
        if (try? directory.remove(entry)) != nil { count += 1 }
      }
    }
    return count
  }
}
