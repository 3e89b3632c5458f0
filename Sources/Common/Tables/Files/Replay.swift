internal import Bytes
internal import JSON

/// The state of a table while its log is replayed, from the earliest to the newest.
struct Replay: ~Copyable {
  private(set) var files = LiveFiles()
  private(set) var state = TableState()
  private(set) var sidecars: [String] = []
  /// The newest version that was applied.
  let version: Int64
  private let table: Location
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
    var lines = TextLines(text)
    while let line = lines.next() {
      do throws(ActionError) {
        guard let action = try reader.read(line) else { continue }
        switch action {
        case .add: try add(commit: nil)
        case .sidecar(let path): sidecars.append(path)
        default: state.apply(action)
        }
      } catch { throw ActionError("row \(row + lines.number): \(error.reason)") }
    }
    return lines.number
  }

  /// A commit. `modified` is that of its file, in milliseconds.
  mutating func apply(commit text: UnsafeRawBufferPointer, modified: Int64) throws(ActionError) {
    let needsOverview = if case .commit = timing { true } else { isTail }
    let commit = needsOverview ? try overview(text, modified: modified) : CommitOverview(modified: modified)
    var lines = TextLines(text)
    while let line = lines.next() {
      do throws(ActionError) {
        guard let action = try reader.read(line) else { continue }
        switch action {
        case .add: try add(commit: commit)
        case .remove: try remove()
        default: state.apply(action)
        }
      } catch { throw ActionError("line \(lines.number): \(error.reason)") }
    }
  }

  /// What a commit says of the table, and nothing of its files.
  mutating func apply(stateOf text: UnsafeRawBufferPointer) throws(ActionError) {
    var lines = TextLines(text)
    while let line = lines.next() {
      do throws(ActionError) { if let action = try reader.read(line) { state.apply(action) } } catch {
        throw ActionError("line \(lines.number): \(error.reason)")
      }
    }
  }

  /// What the actions of a commit say of each other: they stand in no order.
  private mutating func overview(
    _ text: UnsafeRawBufferPointer, modified: Int64
  ) throws(ActionError) -> CommitOverview {
    var commit = CommitOverview(modified: modified)
    var lines = TextLines(text)
    while let line = lines.next() {
      do throws(ActionError) {
        switch try reader.read(line) {
        case .commitInfo(let time?): commit.time = time
        case .remove:
          guard let index = files.find(try path(), reader.file.vector) else { continue }
          let entry = files.entries[index]
          if entry.time != LiveFiles.Entry.unknown {
            commit.newestRemoved = max(commit.newestRemoved ?? .min, entry.time)
          }
          // What is new stays new where it is rearranged before anybody has seen it.
          if entry.isNew && !reader.file.isDataChange { commit.rearrangesNew = true }
        default: continue
        }
      } catch { throw ActionError("line \(lines.number): \(error.reason)") }
    }
    return commit
  }

  private func path() throws(ActionError) -> DataPath {
    try DataPath(UnsafeRawBufferPointer(rebasing: reader.text.bytes[reader.file.path]), of: table)
  }

  private mutating func slot() throws(ActionError) -> Int {
    guard let index = files.entry(try path(), reader.file.vector) else {
      throw ActionError("there are more files, or longer paths, than can be kept")
    }
    return index
  }

  /// With no commit, from a checkpoint.
  private mutating func add(commit: CommitOverview?) throws(ActionError) {
    let index = try slot()
    let file = reader.file
    let values = UnsafeRawBufferPointer(rebasing: reader.text.bytes[file.partitionValues])
    let partition = files.partition(values)
    let known = files.entries[index]
    let time = time(of: file, known, commit)
    files.entries[index].partition = partition
    files.entries[index].size = file.size
    files.entries[index].modified = file.modified
    files.entries[index].time = time
    files.entries[index].isLive = true
    if let commit, isTail, file.isDataChange || commit.rearrangesNew { files.entries[index].isNew = true }
  }

  private func time(
    of file: FileAction, _ known: LiveFiles.Entry, _ commit: CommitOverview?
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
      guard let commit else { return seconds(file.modified) }
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
    let index = try slot()
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
  /// Whether it removes, without a change of data, what commits of the same tail have added.
  var rearrangesNew = false

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
