internal import Failures
internal import Fields
internal import Files
internal import Runs
internal import Segments

/// Folds the groups that the objects which came and went touch, and no others, and hides them in the last build's index.
///
/// Touched are
/// - the ids that a changed record names, and those that any record brings into a group which a changed record deletes;
/// - the groups that a changed record names, and those that a touched id was in, or is in now.
///
/// All documents of the touched groups are folded again, from the records of the whole window. Every other document is what
/// it was: its own records are the same, and so are those of its group.
///
/// Sets are of hashes. Two keys of one hash are touched together, which does no harm.
final class TouchedFold {
  private let window: Window
  /// The runs that came, by their places in the window; and those that went, as a window of their own.
  private let came: [Int]
  private let went: Window
  private let keys: KeyIndex
  private let fields: Fields
  private let shard: Shard
  private(set) var index: OldIndex
  private var ids = Hashes()
  private var groups = Hashes()

  init(
    window: Window, came: [Int], went: Window, keys: KeyIndex, index: OldIndex, fields: Fields, shard: Shard
  ) {
    self.window = window
    self.came = came
    self.went = went
    self.keys = keys
    self.index = index
    self.fields = fields
    self.shard = shard
  }

  private var hasGroups: Bool { fields.group != nil }

  /// How many groups were touched.
  var touched: Int { hasGroups ? groups.count : ids.count }

  /// The new segment, of no documents and tombstones where nothing is left of what was touched.
  func segment(into directory: Directory, limits: Limits) throws(Failure) -> FinishedSegment {
    try findIDs()
    var selection = Selection()
    let old = try hideIDs(&selection)
    selectCame(&selection)
    try selectDeletes(of: selection.ids.elements, into: &selection.groupDeletes)
    selection.sort()
    var rows = Rows()
    try takeDocuments(&selection, into: &rows)
    guard hasGroups else {
      for (document, segment) in old { index.hide(documentOfItsOwn: document, of: segment) }
      return try fold(rows, selection, into: directory, limits)
    }
    var members = Hashes()
    try hideGroups(old, &selection, &members)
    try takeMembers(members, &selection, into: &rows)
    return try fold(rows, selection, into: directory, limits)
  }

  // MARK: - The ids

  private func findIDs() throws(Failure) {
    for run in came { _ = try window.run(run) }
    try went.openAll()
    var deleted = Hashes()
    for run in came { window.forEachRecord(of: run) { _, record in touch(record, &deleted) } }
    went.forEachRecord { _, record in touch(record, &deleted) }
    deleted.seal()
    let members = try records(.group, deleted)
    for member in members.elements {
      if let id = window.record(Place(packed: member.value))?.id { ids.insert(KeyHash.hash(.id, id)) }
    }
    ids.seal()
  }

  private func touch(_ record: RunRecord, _ deleted: inout Hashes) {
    if let id = record.id, hasGroups || shard.contains(id) { ids.insert(KeyHash.hash(.id, id)) }
    guard hasGroups, let group = record.group, !(record.isDelete && record.id != nil) else { return }
    let hash = KeyHash.hash(.group, group)
    if shard.contains(group) { groups.insert(hash) }
    if record.isDelete { deleted.insert(hash) }
  }

  /// The records that the files of keys name under those hashes, gathered; `take` gets the entries of segments.
  private func records(
    _ kind: KeyKind, _ hashes: borrowing Hashes,
    entries take: (_ segment: Int, _ number: Int) throws(Failure) -> Void = { _, _ in }
  ) throws(Failure) -> Pile<Keyed> {
    var found = Pile<Keyed>()
    try keys.forEach(kind, hashes) { (hash, mention) throws(Failure) in
      switch mention {
      case .entry(let segment, let number): try take(segment, number)
      case .record(let run, let number):
        found.append(Keyed(key: hash, value: Place(run: run, number: number).packed))
      }
    }
    try window.gather(found)
    return found
  }

  /// Selects the records of the touched ids in the runs that stayed, hides their tombstones in the last index, and gives where
  /// their documents lie.
  private func hideIDs(_ selection: inout Selection) throws(Failure) -> [(document: Int, segment: Int)] {
    var documents: [(document: Int, segment: Int)] = []
    let found = try records(.id, ids) { segment, number in
      if number >= index.segments[segment].documents {
        index.hide(idTombstone: number, of: segment)
      } else if index.isLive(document: number, of: segment) {
        documents.append((number, segment))
      }
    }
    selection.ids.append(found)
    return documents
  }

  // MARK: - Their records

  /// All that the runs say which came: it is touched.
  private func selectCame(_ selection: inout Selection) {
    for run in came {
      window.forEachRecord(of: run) { place, record in
        if let id = record.id {
          selection.ids.append(Keyed(key: KeyHash.hash(.id, id), value: place.packed))
        }
        guard hasGroups, let group = record.group else { return }
        let hash = KeyHash.hash(.group, group)
        if record.speaksOfGroup { selection.groups.append(Keyed(key: hash, value: place.packed)) }
        if record.isDelete, record.id == nil {
          selection.groupDeletes.append(Keyed(key: KeyHash.deletes(ofGroup: hash), value: place.packed))
        }
      }
    }
  }

  /// Deletes, in the runs that stayed, of the groups that those records name.
  private func selectDeletes(
    of mentions: UnsafeBufferPointer<Keyed>, into pile: inout Pile<Keyed>
  ) throws(Failure) {
    guard hasGroups, keys.hasDeletes else { return }
    var named = Hashes()
    for mention in mentions {
      let place = Place(packed: mention.value)
      if !window.isDelete(place) { named.insert(KeyHash.hash(.groupDelete, window.group(place))) }
    }
    named.seal()
    try selectDeletes(named, into: &pile)
  }

  private func selectDeletes(_ named: borrowing Hashes, into pile: inout Pile<Keyed>) throws(Failure) {
    pile.append(try records(.groupDelete, named))
  }

  /// What is left of the touched ids; the groups that they are in now are touched.
  private func takeDocuments(_ selection: inout Selection, into rows: inout Rows) throws(Failure) {
    let timelines = Timelines(
      window: window, deletes: GroupDeletes(selection.groupDeletes.copy(), in: window))
    timelines.run(selection.ids.elements) { places, isGone in
      guard let last = places.last else { return }
      let place = Place(packed: last.value)
      guard shard.contains(window.owner(place)) else { return }
      rows.append(places, isGone: isGone)
      if hasGroups && !isGone { groups.insert(KeyHash.hash(.group, window.group(place))) }
    }
  }

  // MARK: - The groups

  /// Hides the touched groups, and gathers what else is known of them: the records of group scope, and the ids that the others
  /// name. The groups in which touched ids were are touched.
  private func hideGroups(
    _ old: [(document: Int, segment: Int)], _ selection: inout Selection, _ members: inout Hashes
  ) throws(Failure) {
    groups.seal()
    try hide(groups, &selection, &members)
    var left = Hashes()
    for (document, segment) in old where index.isLive(document: document, of: segment) {
      let group = try index.segments[segment].reader.group(of: document)
      left.insert(group.withUnsafeBytes { KeyHash.hash(.group, $0) })
    }
    left.seal()
    try hide(left, &selection, &members)
    groups.insert(left)
    groups.seal()
    members.seal()
  }

  private func hide(
    _ groups: borrowing Hashes, _ selection: inout Selection, _ members: inout Hashes
  ) throws(Failure) {
    var named = Hashes()
    let found = try records(.group, groups) { (segment, number) throws(Failure) in
      try index.hide(group: number, of: segment)
    }
    for mention in found.elements {
      guard let record = window.record(Place(packed: mention.value)) else { continue }
      if record.speaksOfGroup { selection.groups.append(mention) }
      guard let id = record.id else { continue }
      let hash = KeyHash.hash(.id, id)
      if !ids.contains(hash) { named.insert(hash) }
    }
    members.insert(named)
  }

  /// The other documents of the touched groups.
  private func takeMembers(
    _ members: borrowing Hashes, _ selection: inout Selection, into rows: inout Rows
  ) throws(Failure) {
    var more = Selection()
    more.ids.append(try records(.id, members))
    try selectDeletes(of: more.ids.elements, into: &selection.groupDeletes)
    var deletes = Hashes()
    for index in 0..<groups.count { deletes.insert(KeyHash.deletes(ofGroup: groups[index])) }
    deletes.seal()
    try selectDeletes(deletes, into: &selection.groupDeletes)
    selection.sort()
    Selection.sort(&more.ids)
    let timelines = Timelines(
      window: window, deletes: GroupDeletes(selection.groupDeletes.copy(), in: window))
    timelines.run(more.ids.elements) { places, isGone in
      guard let last = places.last, !isGone else { return }
      let group = window.group(Place(packed: last.value))
      if groups.contains(KeyHash.hash(.group, group)), shard.contains(group) {
        rows.append(places, isGone: false)
      }
    }
  }

  // MARK: - The documents

  private func fold(
    _ rows: consuming Rows, _ selection: consuming Selection, into directory: Directory, _ limits: Limits
  ) throws(Failure) -> FinishedSegment {
    let deletes = GroupDeletes(selection.groupDeletes.copy(), in: window)
    let fold = Fold(
      rows, groupMentions: selection.takeGroups(), deletes: deletes, fields: fields, window: window)
    return try fold.segment(fields: fields, window: window, into: directory, limits: limits) { group in
      groups.contains(KeyHash.hash(.group, group)) && shard.contains(group)
    }
  }
}
