internal import Bytes
internal import Failures
internal import JSON
internal import Objects
internal import Threads

/// The log of a table: what it holds is found by one listing, and read from a checkpoint on.
struct TableLog {
  let store: any ObjectStore
  let location: Location
  /// The key of `_delta_log` in the store, with a slash behind it.
  let prefix: [UInt8]
  /// How many requests are under way at once.
  let jobs: Int
  /// Takes a line for a person.
  let note: @Sendable (String) -> Void
  let pageSize: Int

  init(
    _ store: any ObjectStore, at location: Location, key: Key, jobs: Int,
    note: @escaping @Sendable (String) -> Void
  ) {
    self.store = store
    self.location = location
    prefix = key.bytes.asDirectory + Array("_delta_log/".utf8)
    self.jobs = jobs
    self.note = note
    // S3 gives no more than 1000 at a time; a directory is read whole for each page.
    pageSize = if case .local = location { 1 << 16 } else { 1000 }
  }

  func files(from start: Int64) throws(Failure) -> LogFiles {
    do throws(StoreError) {
      return try LogFiles(store, below: prefix, from: start, pageSize: pageSize)
    } catch { throw error.failure(cannot: "list", location) }
  }

  /// The version of a checkpoint, as `_last_checkpoint` has it: a hint, which may be missing, malformed, old, or of a
  /// checkpoint that is gone. 0 where it says nothing.
  func hint() throws(Failure) -> Int64 {
    do throws(StoreError) {
      let key = Key(prefix + Array("_last_checkpoint".utf8))
      guard let found = try store.read(key, limit: 1 << 26),
        let version = (try? JSONValue.parse(found.bytes))?["version"]?.integer
      else { return 0 }
      return Int64(max(version, 0))
    } catch {
      if case .invalid = error { return 0 }
      throw error.failure(cannot: "list", location)
    }
  }

  /// How many bytes of commits are in memory at once; more, where one alone has more.
  static let budget: Int64 = 64 << 20

  /// Gives the commits, in their order; up to `jobs` are asked for at once.
  func read(
    _ commits: [LogFiles.Commit],
    _ take: (LogFiles.Commit, UnsafeRawBufferPointer) throws(ActionError) -> Void
  ) throws(Failure) {
    var rest = commits[...]
    while !rest.isEmpty {
      let batch = rest.prefix(batchCount(rest))
      rest = rest.dropFirst(batch.count)
      let contents = try parallelMap(count: batch.count, threads: jobs) { index throws(Failure) in
        try content(of: batch[batch.startIndex + index])
      }
      for (commit, content) in zip(batch, contents) {
        do throws(ActionError) {
          try content.withUnsafeBufferPointer { (bytes) throws(ActionError) in
            try take(commit, UnsafeRawBufferPointer(bytes))
          }
        } catch { throw damaged("version \(commit.version)", error.reason) }
      }
    }
  }

  /// How many commits are read beside each other: by the sizes that the listing has, within the budget; at least one.
  func batchCount(_ commits: ArraySlice<LogFiles.Commit>) -> Int {
    var bytes: Int64 = 0
    let fitting = commits.prefix(jobs).prefix { commit in
      bytes = bytes.addingReportingOverflow(commit.bytes).partialValue
      return bytes >= 0 && bytes <= Self.budget
    }
    return max(fitting.count, 1)
  }

  private func content(of commit: LogFiles.Commit) throws(Failure) -> [UInt8] {
    do throws(StoreError) {
      if let found = try store.read(commit.key) { return found.bytes }
    } catch { throw error.failure(cannot: "read", "version \(commit.version) of \(location)") }
    throw Failure(
      .tryAgain, cannot: "read", "version \(commit.version) of \(location)",
      because: "it was there, and is not any more: its log is being cleaned up")
  }

  /// Reads commits into a replay.
  func apply(_ commits: [LogFiles.Commit], to replay: inout Replay) throws(Failure) {
    try read(commits) { (commit, text) throws(ActionError) in
      try replay.apply(
        commit: text, modified: commit.modified.multipliedReportingOverflow(by: 1000).partialValue)
    }
  }

  var isNoTable: Failure {
    Failure(
      .noInput, cannot: "list", location.description,
      because: "it is no Delta table: there is no version in its _delta_log")
  }

  func gap(at missing: Int64, _ newest: Int64) -> Failure {
    Failure(
      .badData, cannot: "list", location.description,
      because:
        "version \(missing) is missing from its log, whose newest is \(newest), and no checkpoint stands for it"
    )
  }

  /// Something of the log that can't be read.
  func damaged(_ what: String, _ reason: String) -> Failure {
    Failure(.badData, cannot: "read", "\(what) of \(location)", because: reason)
  }
}

extension Failure {
  /// Whether another form of the same content may do: what was asked for came, or is not there, and can't be read.
  var isOfContent: Bool { exit == .badData || exit == .noInput }
}

extension [UInt8] {
  /// With a slash at its end, where it is not empty.
  var asDirectory: [UInt8] { isEmpty || last == UInt8(ascii: "/") ? self : self + [UInt8(ascii: "/")] }
}
