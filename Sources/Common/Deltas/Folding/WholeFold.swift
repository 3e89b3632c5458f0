internal import Failures
internal import Fields
internal import Files
internal import Runs
internal import Segments

/// Folds all records of a window into one segment.
///
/// What takes more memory than there is goes in passes: the documents are found for a share of the ids at a time, and put
/// aside by a hash of their group; then they are written for a share of the groups at a time, and the segments of
/// the passes merged.
struct WholeFold {
  let window: Window
  let fields: Fields
  let shard: Shard
  let limits: Limits
  let scratch: Directory
  /// Whether nobody else reads the window.
  var closesWindow = false

  /// What a record takes while it is sorted, about.
  private static let bytesARecord = 128

  func segment() throws(Failure) -> FinishedSegment {
    try window.openAll()
    let passes = window.records * Self.bytesARecord / (limits.memory / 2) + 1
    if passes == 1 {
      return try inOnePass { (fold) throws(Failure) in try write(fold, isLast: closesWindow) { _ in true } }
    }
    let spools = try spools(passes)
    for pass in 0..<passes { try find(pass, of: passes, into: spools) }
    var parts: [(reader: SegmentReader, live: LiveSet?)] = []
    for pass in 0..<passes {
      let segment = try fold(pass, of: passes, spools[pass])
      if segment.documents + segment.tombstones == 0 { continue }
      parts.append((try SegmentReader(try segment.mapped(), name: "pass \(pass)"), nil))
    }
    return try SegmentMerge.run(
      parts, fields: fields, into: scratch, memory: limits.memory / 2, threads: limits.threads)
  }

  /// All documents and tombstones at once.
  func inOnePass<Result: ~Copyable>(
    _ body: (consuming Fold) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try window.openAll()
    var selection = Selection()
    select(&selection, idsOf: { _ in true }, groupsOf: { _ in true })
    var rows = Rows()
    let deletes = documents(&selection) { places, isGone in rows.append(places, isGone: isGone) }
    return try body(fold(inShard(rows), selection, deletes))
  }

  // MARK: - Selecting

  /// All deletes of groups, and those of the other records whose id or group is wanted by its hash.
  private func select(
    _ selection: inout Selection, idsOf isWantedID: (UInt64) -> Bool, groupsOf isWantedGroup: (UInt64) -> Bool
  ) {
    let (ids, groups, deletes) = (PileBox(), PileBox(), PileBox())
    var hasDeletes = false
    window.forEachMention { place, mention in
      let (hash, keyed) = (mention.hash, Keyed(key: mention.hash, value: place.packed))
      switch mention.kind {
      case .id:
        if mention.isDelete { hasDeletes = true }
        if isWantedID(hash) { ids.pile.append(keyed) }
      case .group: if isWantedGroup(hash) { groups.pile.append(keyed) }
      case .groupDelete: deletes.pile.append(keyed)
      }
    }
    selection.hasDeletes = hasDeletes
    swap(&selection.ids, &ids.pile)
    swap(&selection.groups, &groups.pile)
    swap(&selection.groupDeletes, &deletes.pile)
    selection.sort()
  }

  /// Hands over the documents of the selected ids, and gives the deletes.
  private func documents(
    _ selection: inout Selection, _ body: (UnsafeBufferPointer<Keyed>, Bool) -> Void
  ) -> GroupDeletes {
    var mentions = Pile<Keyed>()
    swap(&mentions, &selection.groupDeletes)
    let timelines = Timelines(
      window: window, deletes: GroupDeletes(mentions, in: window), hasDeletes: selection.hasDeletes)
    timelines.run(selection.ids.elements, body)
    selection.ids = Pile<Keyed>()
    return timelines.takeDeletes()
  }

  /// Those that belong to the shard.
  private func inShard(_ rows: consuming Rows) -> Rows {
    if shard == .whole { return rows }
    var ours = Rows()
    let pages = PagesRead(of: window)
    rows.inSliceOrder().forEach { _, row in
      if shard.contains(window.owner(row.last)) { ours.append(row) }
      pages.count(row)
    }
    return ours
  }

  private func fold(
    _ rows: consuming Rows, _ selection: consuming Selection, _ deletes: consuming GroupDeletes
  ) -> Fold {
    Fold(
      rows, groupMentions: selection.takeGroups(), deletes: deletes, fields: fields, window: window,
      threads: limits.threads)
  }

  private func write(
    _ fold: consuming Fold, isLast: Bool = false, groupsOf isWanted: (UInt64) -> Bool
  ) throws(Failure) -> FinishedSegment {
    try fold.segment(fields: fields, window: window, into: scratch, limits: limits, isLast: isLast) { group in
      shard.contains(group) && isWanted(KeyHash.hash(.group, group))
    }
  }

  // MARK: - Passes

  private func spools(_ count: Int) throws(Failure) -> [RowSpool] {
    var spools: [RowSpool] = []
    for _ in 0..<count { spools.append(try RowSpool(in: scratch)) }
    return spools
  }

  private static func pass(of hash: UInt64, _ passes: Int) -> Int { KeyHash.share(hash, of: passes) }

  /// Finds the documents of a share of the ids.
  private func find(_ pass: Int, of passes: Int, into spools: [RowSpool]) throws(Failure) {
    var selection = Selection()
    select(&selection, idsOf: { Self.pass(of: $0, passes) == pass }, groupsOf: { _ in false })
    var found = Rows()
    _ = documents(&selection) { places, isGone in found.append(places, isGone: isGone) }
    // In slice order, so that the runs are read from front to back.
    let rows = inShard(found).inSliceOrder()
    let pages = PagesRead(of: window)
    var failure: Failure?
    rows.forEach { _, row in
      guard failure == nil else { return }
      let group = KeyHash.hash(.group, window.group(row.last))
      let target = row.isGone ? pass : Self.pass(of: group, passes)
      do throws(Failure) { try spools[target].append(row) } catch { failure = error }
      pages.count(row)
    }
    if let failure { throw failure }
    window.release()
  }

  /// Writes the documents of a share of the groups.
  private func fold(_ pass: Int, of passes: Int, _ spool: RowSpool) throws(Failure) -> FinishedSegment {
    let isWanted: (UInt64) -> Bool = { Self.pass(of: $0, passes) == pass }
    var selection = Selection()
    select(&selection, idsOf: { _ in false }, groupsOf: isWanted)
    let deletes = documents(&selection) { _, _ in }
    defer { window.release() }
    return try write(self.fold(try spool.rows(), selection, deletes), groupsOf: isWanted)
  }
}

/// A pile that a closure can append to.
private final class PileBox {
  @exclusivity(unchecked) var pile = Pile<Keyed>()
}
