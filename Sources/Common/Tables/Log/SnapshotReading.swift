internal import Failures
internal import Objects

/// Reads the state of a table at its newest version: by the newest checkpoint that can be read, and the commits behind it.
struct SnapshotReading {
  let log: TableLog
  let timing: Replay.Timing
  /// In seconds since 1970: what came since then must be known by its commit. Nil where commits say no times.
  let since: Int64?

  /// `hint` is the version of a checkpoint, if there is one; where the log from there on does not do, all of it is listed.
  func read(from hint: Int64) throws(Failure) -> Replay {
    var files = try log.files(from: since == nil ? hint : 0)
    var faults = Faults()
    if let since, let newest = files.newest {
      if let replay = try replay(files, newest, before: since, &faults) { return replay }
      if !files.checkpoints.isEmpty {
        log.note(
          "the log of \(log.location) was cleaned up within the range of time: files that only a checkpoint knows have their own times, and not those of their commits"
        )
      }
    }
    while true {
      if let newest = files.newest, let replay = try replay(files, newest, &faults) { return replay }
      guard files.start > 0 else { break }
      files = try log.files(from: 0)
    }
    guard let newest = files.newest else { throw log.isNoTable }
    throw faults.first ?? log.gap(at: files.missing(from: 0, through: newest) ?? newest, newest)
  }

  /// Of the checkpoints that can't be read.
  private struct Faults {
    var first: Failure?
    var keys: Set<Key> = []
  }

  /// With `before`, only by a checkpoint that was written before then: what it knows counts as no later than itself. Nil
  /// where neither such a checkpoint nor the commits from the first one on are among the files.
  private func replay(
    _ files: LogFiles, _ newest: Int64, before: Int64? = nil, _ faults: inout Faults
  ) throws(Failure) -> Replay? {
    for checkpoint in files.checkpoints where !faults.keys.contains(checkpoint.keys[0]) {
      if let before, checkpoint.modified >= before { continue }
      if let missing = files.missing(from: checkpoint.version + 1, through: newest) {
        if before != nil { return nil }
        throw log.gap(at: missing, newest)
      }
      var replay = Replay(of: log.location, to: newest, timing, isTail: false)
      if before != nil { replay.latest = checkpoint.modified }
      let columns = CheckpointReading.state + CheckpointReading.files(timing)
      do throws(Failure) {
        try CheckpointReading(log: log, checkpoint: checkpoint, columns: columns).read(into: &replay)
      } catch {
        guard error.isOfContent else { throw error }
        log.note("\(error.message); an earlier one is looked for")
        faults.first = faults.first ?? error
        faults.keys.insert(checkpoint.keys[0])
        continue
      }
      try log.apply(files.commits(from: checkpoint.version + 1, through: newest), to: &replay)
      return replay
    }
    guard files.start == 0, files.missing(from: 0, through: newest) == nil else { return nil }
    var replay = Replay(of: log.location, to: newest, timing, isTail: false)
    try log.apply(files.commits, to: &replay)
    return replay
  }
}
