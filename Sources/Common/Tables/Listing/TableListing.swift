package import Bytes
package import Failures
package import Objects
package import Partitions

/// What a partition's time is taken from, in a table.
package enum TableTimes: Sendable {
  /// The partition columns' values, as the layout spells them: `dt=%Y-%m-%d/hour=%H`, whatever the columns' order is.
  case layout(Layout)
  /// The greatest value of a column of dates or timestamps, as the log's statistics have it.
  case column(String)
  /// The commit that has added the file.
  case commit
}

/// A table whose files are listed by its log.
package struct TableListing: Sendable {
  package let location: Location
  let store: any ObjectStore
  let key: Key
  let times: TableTimes
  let range: TimeRange
  /// Seconds from one partition to the next.
  package let every: Int64
  /// Only what was added behind this version.
  let after: Int64?
  let jobs: Int
  let note: @Sendable (String) -> Void

  package init(
    _ store: any ObjectStore, at location: Location, key: Key, times: TableTimes, range: TimeRange = .init(),
    every: Int64, after: Int64? = nil, jobs: Int = 8, note: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.store = store
    self.location = location
    self.key = key
    self.times = times
    self.range = range
    self.every = every
    self.after = after
    self.jobs = jobs
    self.note = note
  }

  /// Reads the log. 66 where there is none; 65 where it is damaged, lacks versions, or needs what is not known here.
  package func run() throws(Failure) -> TableFiles {
    let log = TableLog(store, at: location, key: key, jobs: jobs, note: note)
    let hint = try log.hint()
    if let after { return try tail(TailReading(log: log, timing: timing, after: after), hint) }
    return try snapshot(log, hint, isSkipped: false)
  }

  /// How many requests were sent so far; 0 for a local directory.
  package var requests: Int { store.requests }

  private func snapshot(_ log: TableLog, _ hint: Int64, isSkipped: Bool) throws(Failure) -> TableFiles {
    let since: Int64? = if case .commit = times { range.since?.seconds } else { nil }
    let replay = try SnapshotReading(log: log, timing: timing, since: since).read(from: hint)
    return try TableFiles(of: self, replay, isSkipped: isSkipped)
  }

  private func tail(_ reading: TailReading, _ hint: Int64) throws(Failure) -> TableFiles {
    let files = try reading.files(hint)
    if let missing = reading.cleanedUp(files) {
      let all = try snapshot(reading.log, hint, isSkipped: true)
      note(
        "version \(missing) of \(location) was cleaned up: all of its files are listed, and not only what is new"
      )
      return all
    }
    return try TableFiles(of: self, try reading.read(files), isSkipped: false)
  }

  /// As a person has asked for it.
  var timesText: String {
    switch times {
    case .layout(let layout): "the layout '\(layout)'"
    case .column(let name): "the column '\(name)'"
    case .commit: "their commits"
    }
  }

  private var timing: Replay.Timing {
    switch times {
    case .layout: .partition
    case .column(let name): .column(name)
    case .commit: .commit
    }
  }
}
