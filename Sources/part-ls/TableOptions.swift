internal import Bytes
internal import Failures
internal import Lines
internal import Objects
internal import Partitions
internal import Tables

/// What is asked for of a table.
struct TableOptions {
  /// `--table`; without it a table's place is refused.
  private enum Choice: String { case none, auto, delta }

  private let choice: Choice?
  private let location: Location
  private let column: String?
  private let isByCommit: Bool
  /// The version behind which files are wanted.
  let after: Int64?

  init(_ tool: PartLs, _ location: Location) throws(Failure) {
    self.location = location
    choice = try tool.table.map { (text) throws(Failure) in
      guard let choice = Choice(rawValue: text) else {
        throw Failure(.usage, cannot: "read", "--table '\(text)'", because: "it is none, auto or delta")
      }
      return choice
    }
    column = tool.timeColumn
    isByCommit = tool.commitTime
    after = try Self.version(tool.afterVersion ?? "")
    if choice == nil || choice == Choice.none { try refuseForPlain() }
  }

  /// Nil for none, as of a command that has seen nothing yet.
  private static func version(_ text: String) throws(Failure) -> Int64? {
    if text.isEmpty { return nil }
    guard let version = Int64(text), version >= 0 else {
      throw Failure(.usage, cannot: "read", "--after-version '\(text)'", because: "it is a number, from 0")
    }
    return version
  }

  /// Whether the place is to be listed as a table. 1 for a table that nobody has asked for, and one that can't be listed.
  func isTable(_ stores: Stores) throws(Failure) -> Bool {
    if let choice, choice != .auto { return choice == .delta }
    let (store, key) = try stores.store(for: location)
    let kind: TableKind
    do throws(StoreError) { kind = try TableKind.find(store, key) } catch {
      throw error.failure(cannot: "list", location)
    }
    switch kind {
    case .plain: return false
    case .iceberg:
      throw refusal(
        "it is an Iceberg table, of which only its catalog knows what belongs to it; let an engine list its files and give the lines to part-pick"
      )
    case .delta:
      if choice == .auto { return true }
      throw refusal(
        "it is a Delta table, and files that no longer belong to it still lie there; list it with --table delta"
      )
    }
  }

  private func refusal(_ reason: String) -> Failure {
    Failure(
      .refused, cannot: "list", location.description,
      because: "\(reason), or all that lies there with --table none")
  }

  /// 64 for what only a table has.
  func refuseForPlain() throws(Failure) {
    for (option, isGiven) in [
      ("--time-column", column != nil), ("--commit-time", isByCommit), ("--after-version", after != nil),
    ] where isGiven {
      throw Failure(
        .usage, cannot: "list", location.description,
        because: choice == .auto
          ? "it is no table, and \(option) is for tables" : "\(option) needs --table delta")
    }
  }

  /// 64 unless there is exactly one.
  func times(_ layout: Layout?) throws(Failure) -> TableTimes {
    let given =
      [layout.map { TableTimes.layout($0) }, column.map { TableTimes.column($0) }].compactMap { $0 }
      + (isByCommit ? [.commit] : [])
    guard given.count == 1 else {
      throw Failure(
        .usage, cannot: "list", location.description,
        because: (given.isEmpty ? "where is its time? " : "its time is in one place: ")
          + "give -l column=pattern/..., or --time-column and --every, or --commit-time and --every")
    }
    return given[0]
  }

  /// The keys that `#list` has of a table.
  func append(to receipt: inout Receipt, _ files: TableFiles) {
    if let column { receipt.append("time-column", column) }
    if isByCommit { receipt.append("commit-time", "true") }
    receipt.append("table", "delta")
    receipt.append("version", files.version)
    if let after { receipt.append("after-version", after) }
    if let removed = files.removed { receipt.append("removed", removed) }
    if files.isSkipped { receipt.append("skipped-to", files.version) }
    if files.untimed > 0 { receipt.append("untimed", files.untimed) }
  }
}
