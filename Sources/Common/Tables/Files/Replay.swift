internal import Bytes
internal import JSON

/// The state of a table while its log is replayed, from the earliest to the newest.
struct Replay: ~Copyable {
  private(set) var files = LiveFiles()
  private(set) var state = TableState()
  private(set) var sidecars: [String] = []
  /// Of which it is the state when all is applied.
  let version: Int64
  /// What a checkpoint knows came no later than this, in seconds since 1970.
  var latest = Int64.max
  private let table: Location
  /// How files of the table may be named.
  private let roots: [[UInt8]]
  private let timing: Timing
  /// Only what the commits bring is of interest, not what was there before.
  let isTail: Bool
  private var reader: ActionReader

  /// Where a file's time comes from.
  enum Timing {
    /// Its partition values, which are looked at in the end.
    case partition
    /// The greatest value of this column.
    case column(String)
    case commit
  }

  init(of table: Location, to version: Int64, _ timing: Timing, isTail: Bool) {
    self.table = table
    roots = table.roots
    self.version = version
    self.timing = timing
    self.isTail = isTail
    if case .column(let name) = timing {
      reader = ActionReader(timeColumn: name)
    } else {
      reader = ActionReader(timeColumn: nil)
    }
  }

  /// Some lines of a checkpoint, of which so many came before; how many there are.
  mutating func apply(checkpoint text: UnsafeRawBufferPointer, from row: Int) throws(ActionError) -> Int {
    try eachAction(of: text, "row", from: row) { (replay, action) throws(ActionError) in
      switch action {
      case .add: try replay.add(commit: nil)
      case .sidecar(let path): replay.sidecars.append(path)
      default: replay.state.apply(action)
      }
    }
  }

  /// A commit. `modified` is that of its file, in milliseconds.
  mutating func apply(commit text: UnsafeRawBufferPointer, modified: Int64) throws(ActionError) {
    let needsOverview = if case .commit = timing { true } else { isTail }
    let commit = needsOverview ? try overview(text, modified: modified) : CommitOverview(modified: modified)
    try eachAction(of: text) { (replay, action) throws(ActionError) in
      switch action {
      case .add: try replay.add(commit: commit)
      case .remove: try replay.remove()
      default: replay.state.apply(action)
      }
    }
  }

  /// What a commit says of the table, and nothing of its files.
  mutating func apply(stateOf text: UnsafeRawBufferPointer) throws(ActionError) {
    try eachAction(of: text) { (replay, action) throws(ActionError) in replay.state.apply(action) }
  }

  /// What the actions of a commit say of each other: they stand in no order.
  private mutating func overview(
    _ text: UnsafeRawBufferPointer, modified: Int64
  ) throws(ActionError) -> CommitOverview {
    var commit = CommitOverview(modified: modified)
    try eachAction(of: text) { (replay, action) throws(ActionError) in
      switch action {
      case .commitInfo(let time?): commit.time = time
      case .remove: try replay.addRemoval(to: &commit)
      default: break
      }
    }
    return commit
  }

  private func addRemoval(to commit: inout CommitOverview) throws(ActionError) {
    let path = try path()
    guard let index = files.find(path, reader.file.vector) else { return }
    let entry = files.entries[index]
    if entry.time != LiveFiles.Entry.unknown {
      commit.newestRemoved = max(commit.newestRemoved ?? .min, entry.time)
      if entry.isLive, case .commit = timing {
        commit.removed[path] = .init(time: entry.time, deleted: reader.file.vector?.rows ?? 0)
      }
    }
    // What is new stays new where it is rearranged before anybody has seen it.
    if entry.isNew && !reader.file.isDataChange { commit.rearrangesNew = true }
  }

  /// Gives the actions that matter, one after the other; `reader.file` is an action's file. How many lines there are: so many
  /// came before, as an error counts them.
  @discardableResult
  private mutating func eachAction(
    of text: UnsafeRawBufferPointer, _ unit: String = "line", from first: Int = 0,
    _ take: (inout Replay, Action) throws(ActionError) -> Void
  ) throws(ActionError) -> Int {
    var lines = TextLines(text)
    while let line = lines.next() {
      do throws(ActionError) { if let action = try reader.read(line) { try take(&self, action) } } catch {
        throw ActionError("\(unit) \(first + lines.number): \(error.reason)")
      }
    }
    return lines.number
  }

  private func path() throws(ActionError) -> DataPath {
    try DataPath(
      UnsafeRawBufferPointer(rebasing: reader.text.bytes[reader.file.path]), of: table, roots: roots)
  }

  private mutating func slot(_ path: DataPath) throws(ActionError) -> Int {
    guard let index = files.entry(path, reader.file.vector) else {
      throw ActionError("there are more files, or longer paths, than can be kept")
    }
    return index
  }

  /// With no commit, from a checkpoint.
  private mutating func add(commit: CommitOverview?) throws(ActionError) {
    let path = try path()
    let index = try slot(path)
    let file = reader.file
    let values = UnsafeRawBufferPointer(rebasing: reader.text.bytes[file.partitionValues])
    let partition = files.partition(values)
    let known = files.entries[index]
    let time = time(of: file, path, known, commit)
    files.entries[index].partition = partition
    files.entries[index].size = file.size
    files.entries[index].modified = file.modified
    files.entries[index].time = time
    files.entries[index].isLive = true
    if let commit, isTail, file.isDataChange || commit.rearrangesNew { files.entries[index].isNew = true }
  }

  private func time(
    of file: FileAction, _ path: DataPath, _ known: LiveFiles.Entry, _ commit: CommitOverview?
  ) -> Int64 {
    switch timing {
    case .partition: return LiveFiles.Entry.unknown
    case .column:
      return switch file.greatest {
      case .unknown: LiveFiles.Entry.unknown
      case .none: LiveFiles.Entry.none
      case .time(let seconds): seconds
      }
    case .commit:
      guard let commit else { return min(seconds(file.modified), latest) }
      // Of its rows only some went: none came anew.
      if let vector = file.vector, let removed = commit.removed[path], vector.rows >= removed.deleted {
        return removed.time
      }
      if file.isDataChange { return seconds(commit.time) }
      if known.isLive { return known.time }
      return commit.newestRemoved ?? seconds(commit.time)
    }
  }

  private mutating func remove() throws(ActionError) {
    guard isTail else {
      if let index = files.find(try path(), reader.file.vector) { files.entries[index].isLive = false }
      return
    }
    let index = try slot(try path())
    if reader.file.isDataChange && !files.entries[index].isNew { files.entries[index].isGone = true }
    files.entries[index].isLive = false
  }
}

/// What the actions of a commit have in common.
struct CommitOverview {
  /// When it was made, in milliseconds since 1970.
  var time: Int64
  /// The greatest time of the files that it removes, in seconds.
  var newestRemoved: Int64?
  /// The files that it removes, whatever their deletion vectors are; only where times are those of commits.
  var removed: [DataPath: Removed] = [:]
  /// Whether it removes, without a change of data, what commits of the same tail have added.
  var rearrangesNew = false

  struct Removed {
    let time: Int64
    /// How many of its rows were deleted already.
    let deleted: Int
  }

  init(modified: Int64) { time = modified }
}

/// Milliseconds as whole seconds, rounded down.
func seconds(_ milliseconds: Int64) -> Int64 {
  let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
  return remainder < 0 ? quotient - 1 : quotient
}

/// The lines of a text that are not empty, one after the other.
private struct TextLines {
  private let text: UnsafeRawBufferPointer
  private var position = 0
  /// Of the last line, from 1.
  private(set) var number = 0

  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  mutating func next() -> UnsafeRawBufferPointer? {
    while position < text.count {
      let rest = UnsafeRawBufferPointer(rebasing: text[position...])
      let count = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
      position += count + 1
      number += 1
      let isReturn = count > 0 && rest[count - 1] == UInt8(ascii: "\r")
      if count > (isReturn ? 1 : 0) {
        return UnsafeRawBufferPointer(rebasing: rest[..<(isReturn ? count - 1 : count)])
      }
    }
    return nil
  }
}
