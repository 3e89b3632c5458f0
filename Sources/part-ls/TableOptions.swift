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
  /// Nor may one lie where the layout leads, whatever the time.
  func isTable(_ stores: Stores, _ layout: Layout?) throws(Failure) -> Bool {
    if let choice, choice != .auto { return choice == .delta }
    let start = layout?.start ?? []
    let places = start.isEmpty ? [[]] : [[], start]
    for (place, kind) in zip(places, try kinds(below: places, stores)) where kind != .plain {
      if kind == .delta, choice == .auto, place.isEmpty { return true }
      throw refusal(of: place.isEmpty ? location : location.appending(place), kind)
    }
    return false
  }

  private func kinds(below places: [[UInt8]], _ stores: Stores) throws(Failure) -> [TableKind] {
    let (store, key) = try stores.store(for: location)
    do throws(StoreError) { return try TableKind.find(store, key, below: places) } catch {
      guard case .denied(let reason) = error else { throw error.failure(cannot: "list", location) }
      throw Failure(
        error.exit, cannot: "list", location.description,
        because: "\(reason): whether it is a table can't be seen; --table none lists all that lies there")
    }
  }

  private func refusal(of place: Location, _ kind: TableKind) -> Failure {
    let reason =
      kind == .iceberg
      ? "it is an Iceberg table, of which only its catalog knows what belongs to it; where it has no delete files, let an engine list its files and give the lines to part-pick"
      : "it is a Delta table, and files that no longer belong to it still lie there; list it with --table delta"
    return Failure(
      .refused, cannot: "list", place.description,
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

extension Layout {
  /// The directories that all of its paths begin with.
  fileprivate var start: [UInt8] {
    let names = components.map { component in
      component.reduce([UInt8]?.some([])) { text, piece in
        guard let text, case .literal(let more) = piece else { return nil }
        return text + more
      }
    }
    return Array(names.prefix { $0 != nil }.compactMap { $0 }.joined(separator: [UInt8(ascii: "/")]))
  }
}
