internal import Failures

/// Reads what the commits behind a version have added and removed. What it costs follows from how many they are, and from
/// how far the last checkpoint is; not from how large the table is.
struct TailReading {
  let log: TableLog
  let timing: Replay.Timing
  /// The version that is known.
  let after: Int64

  /// The log, from the version or the last checkpoint on. 65 where the version is not there yet.
  func files(_ hint: Int64) throws(Failure) -> LogFiles {
    var files = try log.files(from: min(hint, after))
    // The hint is of a checkpoint that is gone, or ahead of all there is.
    if files.start > 0, files.checkpoints.isEmpty { files = try log.files(from: 0) }
    guard let newest = files.newest else { throw log.isNoTable }
    guard after <= newest else {
      throw Failure(
        .badData, cannot: "list", log.location.description,
        because: "there is no version \(after), its newest is \(newest); was it made anew?")
    }
    return files
  }

  /// The version behind the known one, where that was cleaned up: its commit is not there, and the table has gone on.
  func cleanedUp(_ files: LogFiles) -> Int64? {
    guard let newest = files.newest, after < newest else { return nil }
    return files.commits(from: after + 1, through: after + 1).isEmpty ? after + 1 : nil
  }

  func read(_ files: LogFiles) throws(Failure) -> Replay {
    let newest = files.newest ?? after
    var replay = Replay(of: log.location, to: newest, timing, isTail: true)
    if after == newest { return replay }
    if let missing = files.missing(from: after + 1, through: newest) { throw log.gap(at: missing, newest) }
    let known = try readState(files, newest, into: &replay)
    try log.read(files.commits(from: known + 1, through: after)) { (_, text) throws(ActionError) in
      try replay.apply(stateOf: text)
    }
    try log.apply(files.commits(from: after + 1, through: newest), to: &replay)
    return replay
  }

  /// What the newest checkpoint that can be read says of the table as a whole; its version, or -1 for none.
  private func readState(
    _ files: LogFiles, _ newest: Int64, into replay: inout Replay
  ) throws(Failure) -> Int64 {
    var fault: Failure?
    for checkpoint in files.checkpoints {
      guard files.missing(from: checkpoint.version + 1, through: after) == nil else { break }
      do throws(Failure) {
        try CheckpointReading(log: log, checkpoint: checkpoint, columns: CheckpointReading.state)
          .readState(into: &replay)
        return checkpoint.version
      } catch {
        guard error.isOfContent else { throw error }
        log.note("\(error.message); an earlier one is looked for")
        fault = fault ?? error
      }
    }
    if let missing = files.missing(from: 0, through: after) { throw fault ?? log.gap(at: missing, newest) }
    return -1
  }
}
