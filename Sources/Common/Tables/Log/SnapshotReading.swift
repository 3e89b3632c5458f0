internal import Failures
internal import Objects

/// Reads the state of a table at its newest version: by the newest checkpoint that can be read, and the commits behind it.
struct SnapshotReading {
  let log: TableLog
  let timing: Replay.Timing

  /// `hint` is the version of a checkpoint, if there is one; where the log from there on does not do, all of it is listed.
  func read(from hint: Int64) throws(Failure) -> Replay {
    var files = try log.files(from: hint)
    var faults: [Key: Failure] = [:]
    while true {
      if let newest = files.newest, let replay = try replay(files, newest, &faults) { return replay }
      guard files.start > 0 else { break }
      files = try log.files(from: 0)
    }
    guard let newest = files.newest else { throw log.isNoTable }
    throw faults.values.max { $0.message < $1.message }
      ?? log.gap(at: files.missing(from: 0, through: newest) ?? newest, newest)
  }

  /// Nil where neither a checkpoint nor the commits from the first one on are among the files.
  private func replay(_ files: LogFiles, _ newest: Int64, _ faults: inout [Key: Failure]) throws(Failure)
    -> Replay?
  {
    for checkpoint in files.checkpoints where faults[checkpoint.keys[0]] == nil {
      if let missing = files.missing(from: checkpoint.version + 1, through: newest) {
        throw log.gap(at: missing, newest)
      }
      var replay = Replay(of: log.location, to: newest, timing, isTail: false)
      let columns = CheckpointReading.state + CheckpointReading.files(timing)
      do throws(Failure) {
        try CheckpointReading(log: log, checkpoint: checkpoint, columns: columns).read(into: &replay)
      } catch {
        guard error.isOfContent else { throw error }
        log.note("\(error.message); an earlier one is looked for")
        faults[checkpoint.keys[0]] = error
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
