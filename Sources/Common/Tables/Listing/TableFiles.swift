internal import Bytes
internal import Failures
package import Lines
internal import Partitions

/// The files of a table, or of its newest commits, as object lines: by time, then location.
package struct TableFiles: Sendable {
  /// The table's version that this is the state of.
  package let version: Int64
  /// All files, where only those behind a version were asked for: the next one's commit was cleaned up.
  package let isSkipped: Bool
  /// How many files with data were removed behind that version; nil where it was not asked.
  package let removed: Int?
  /// How many files were left out since they have no time: a partition value is null, or no row has a time.
  package private(set) var untimed = 0

  private struct Item {
    let time: Int64
    let entry: Int
  }

  private let table: Location
  private let files: LiveFiles
  private var items: [Item] = []
  /// By the number of the partition values.
  private var known: [PartitionTimes.Known?] = []
  /// The JSON of deletion vectors, by their number.
  private var deleted: [Int32: String] = [:]

  package var isEmpty: Bool { items.isEmpty }

  init(of listing: TableListing, _ replay: consuming Replay, isSkipped: Bool) throws(Failure) {
    version = replay.version
    self.isSkipped = isSkipped
    table = listing.location
    files = replay.files
    let isTail = replay.isTail
    removed = isTail ? files.entries.reduce(0) { $0 + ($1.isGone && !$1.isLive ? 1 : 0) } : nil
    let wanted = files.entries.indices.filter {
      files.entries[$0].isLive && (!isTail || files.entries[$0].isNew)
    }
    // Nothing was read: nothing is new.
    if isTail && listing.after == version { return }
    let times = try Self.times(listing, replay.state, version)
    known = Array(repeating: nil, count: files.partitions.count)
    do throws(ActionError) { try find(wanted, listing, times) } catch {
      throw Failure(.badData, cannot: "list", "version \(version) of \(table)", because: error.reason)
    }
    try explain(wanted, listing)
    sort()
  }

  /// 65 where the table needs what is not known here.
  private static func times(
    _ listing: TableListing, _ state: TableState, _ version: Int64
  ) throws(Failure) -> PartitionTimes {
    func refuse(_ reason: String) -> Failure {
      Failure(.badData, cannot: "list", "version \(version) of \(listing.location)", because: reason)
    }
    guard let metadata = state.metadata, let `protocol` = state.protocol else {
      throw refuse("its log has no \(state.metadata == nil ? "metaData" : "protocol")")
    }
    if let complaint = ReaderFeatures.complaint(`protocol`, metadata["configuration"]) {
      throw refuse(complaint)
    }
    let columns: PartitionColumns
    do throws(ActionError) { columns = try PartitionColumns(metadata) } catch { throw refuse(error.reason) }
    if case .column(let name) = listing.times {
      try TimeColumn.check(name, TableSchema(metadata), of: "version \(version) of \(listing.location)")
    }
    return try PartitionTimes(columns, listing.times, listing.location)
  }

  private mutating func find(
    _ wanted: [Int], _ listing: TableListing, _ times: PartitionTimes
  ) throws(ActionError) {
    let range = listing.range.seconds
    let every = if case .layout = listing.times { Int64(1) } else { listing.every }
    for index in wanted {
      let entry = files.entries[index]
      let partition = try known(entry, times)
      let time = times.isElsewhere ? entry.time : partition.time
      guard time != LiveFiles.Entry.none else {
        untimed += 1
        continue
      }
      guard time != LiveFiles.Entry.unknown else {
        if case .layout = listing.times { untimed += 1 } else { throw noTime(entry, listing) }
        continue
      }
      let start = Instant(seconds: time).floored(to: every).seconds
      guard range.contains(start) else { continue }
      if entry.vector >= 0 {
        deleted[entry.vector] = try files.vectors[Int(entry.vector)].deleted(in: table).json.text
      }
      items.append(Item(time: start, entry: index))
    }
  }

  private mutating func known(
    _ entry: LiveFiles.Entry, _ times: PartitionTimes
  ) throws(ActionError) -> PartitionTimes.Known {
    let number = Int(entry.partition)
    if let found = known[number] { return found }
    do throws(ActionError) {
      let found = try times.known(files.partitions[number])
      known[number] = found
      return found
    } catch { throw ActionError("the file \(fileName(entry)): \(error.reason)") }
  }

  private func fileName(_ entry: LiveFiles.Entry) -> String {
    files.withPath(entry) { PercentEncoding.encodeForLine($0) }
  }

  private func noTime(_ entry: LiveFiles.Entry, _ listing: TableListing) -> ActionError {
    let name = if case .column(let name) = listing.times { name } else { "" }
    return ActionError(
      "its log has no greatest '\(name)' of the file \(fileName(entry)); take another column, or -l or --commit-time"
    )
  }

  /// Not one file that is spelled as the layout says: that is a mistake, and no empty table.
  private func explain(_ wanted: [Int], _ listing: TableListing) throws(Failure) {
    guard untimed > 0 else { return }
    guard case .layout(let layout) = listing.times, untimed == wanted.count, let first = wanted.first,
      known.contains(where: { $0?.time == LiveFiles.Entry.unknown })
    else {
      return listing.note(
        "\(untimed) of \(wanted.count) files of \(table) are left out: they have no time by \(listing.timesText)"
      )
    }
    let values = known[Int(files.entries[first].partition)]?.columns ?? "{}"
    throw Failure(
      .noInput, cannot: "match the layout '\(layout)'", "in \(table)", because: "found e.g. '\(values)'")
  }

  private mutating func sort() {
    let root = table.rootBytes
    files.withPaths { bytes in
      func precedes(_ a: Item, _ b: Item) -> Bool {
        if a.time != b.time { return a.time < b.time }
        let (first, second) = (files.entries[a.entry], files.entries[b.entry])
        let (path, other) = (first.path(in: bytes), second.path(in: bytes))
        if first.isAbsolute == second.isAbsolute {
          return first.isPlain && second.isPlain ? path.order(to: other) < 0 : path.precedesInLines(other)
        }
        let (whole, otherWhole) = (
          first.isAbsolute ? Array(path) : root + path, second.isAbsolute ? Array(other) : root + other
        )
        return whole.withUnsafeBufferPointer { whole in
          otherWhole.withUnsafeBufferPointer { whole.precedesInLines($0) }
        }
      }
      items.sort(by: precedes)
    }
  }
}

extension TableFiles {
  /// What the lines of the files say, one after the other.
  package func eachLine<E: Error>(_ body: (ObjectLineText.Fields) throws(E) -> Void) throws(E) {
    let root = Array(table.appending([]).description.utf8)
    try files.withPaths { (bytes) throws(E) in
      for item in items {
        let entry = files.entries[item.entry]
        let tag = Array(tag(of: entry).utf8)
        try tag.withUnsafeBufferPointer { (tag) throws(E) in
          try body(
            ObjectLineText.Fields(
              time: Instant(seconds: item.time), modified: entry.modifiedInstant, bytes: entry.size, tag: tag,
              root: entry.isAbsolute ? [] : root, path: entry.path(in: bytes)))
        }
      }
    }
  }

  package var lines: [ObjectLine] {
    files.withPaths { bytes in
      items.compactMap { item in
        let entry = files.entries[item.entry]
        let path = DataPath(entry.path(in: bytes), isAbsolute: entry.isAbsolute)
        // Each absolute path was a location before it was kept.
        return path.location(in: table).map {
          ObjectLine(
            time: Instant(seconds: item.time), modified: entry.modifiedInstant, bytes: entry.size,
            tag: tag(of: entry), location: $0)
        }
      }
    }
  }

  private func tag(of entry: LiveFiles.Entry) -> String {
    TableTag.text(
      modified: entry.modified, columns: known[Int(entry.partition)]?.columns, deleted: deleted[entry.vector])
  }
}

extension LiveFiles.Entry {
  fileprivate var modifiedInstant: Instant { Instant(seconds: seconds(modified)) }
}
