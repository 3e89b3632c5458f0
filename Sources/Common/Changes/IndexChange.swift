package import Failures
internal import Segments

/// What changed between states of an index.
///
/// Of a target that was told to take one state after the other and may have half of the last, all of them are old: a
/// document is deleted where any of them has it and the new one has not, and sent where it is another one than in any.
package struct IndexChange {
  package let adds: Int
  package let deletes: Int
  private let new: IndexState
  private let old: [IndexState]
  /// What is sent, by the new state's segments; what is deleted, by those of each old state.
  private let added: [ChosenDocuments]
  private let deleted: [[ChosenDocuments]]
  /// Id tombstones of the new state, by its segments, that are handed on as they are.
  private let tombstones: [[UInt32]]

  /// No old state: all documents are new. With `keepExpired` what merely left the window is not deleted: what no tombstone
  /// names, and whose group has left, too. Ids that the new state deletes, and an old one did not, are then deleted although no
  /// old state shows them: they may be of what was kept.
  package init(
    from old: [IndexState], to new: IndexState, keepExpired: Bool = false
  ) throws(Failure) {
    (self.old, self.new) = (old, new)
    guard !old.isEmpty else {
      var all: [ChosenDocuments] = []
      for number in new.view.segments.indices { all.append(.set(try new.view.visible(inSegment: number))) }
      (added, deleted, tombstones) = (all, [], [])
      (adds, deletes) = (Self.count(all), 0)
      return
    }
    var added = [[UInt32]](repeating: [], count: new.view.segments.count)
    var deleted: [[ChosenDocuments]] = []
    let expiry = keepExpired ? Expiry(new) : nil
    var told: Set<[UInt8]> = []
    for state in old {
      let change = try StateChange(from: state, to: new)
      for (segment, documents) in change.adds.enumerated() { added[segment] += documents }
      let isPlain = old.count == 1 && expiry == nil
      let kept = try isPlain ? change.deletes : Self.kept(change.deletes, of: state, but: &told, expiry)
      deleted.append(kept.map { .list($0) })
    }
    self.added = added.map { .list($0.sortedAndUnique()) }
    self.deleted = deleted
    tombstones = try expiry?.tombstones(since: old) ?? []
    adds = Self.count(self.added)
    deletes = deleted.reduce(0) { $0 + Self.count($1) } + tombstones.reduce(0) { $0 + $1.count }
  }

  private static func count(_ chosen: [ChosenDocuments]) -> Int { chosen.reduce(0) { $0 + $1.count } }

  /// Those of which no earlier state has told, and that did not expire: what is of another group in another state may have
  /// expired there alone.
  private static func kept(
    _ deletes: [[UInt32]], of state: IndexState, but told: inout Set<[UInt8]>, _ expiry: Expiry?
  ) throws(Failure) -> [[UInt32]] {
    var expiry = expiry
    var kept: [[UInt32]] = []
    for (segment, documents) in zip(state.view.segments, deletes) {
      var walk = try ChosenWalk(.list(documents), of: segment.reader)
      var own: [UInt32] = []
      while let document = walk.number {
        let isExpired = try expiry?.isExpired(id: walk.id, group: walk.group) ?? false
        if !isExpired, told.insert(Array(walk.id)).inserted { own.append(UInt32(document)) }
        try walk.advance()
      }
      kept.append(own)
    }
    return kept
  }

  /// In the order of the groups' bytes, each once; memory is in proportion to what changed, without the documents.
  package func forEachGroup(_ body: (GroupChange) throws(Failure) -> Void) throws(Failure) {
    var stored = new.stored
    var merge = DocumentMerge(try walks())
    var group: GroupChange?
    while let first = merge.first, let number = merge.walks[first].number {
      let walk = merge.walks[first]
      let document = first < stored.count ? Array(try stored[first].document(number)) : nil
      let change = DocumentChange(id: Array(walk.id), document: document)
      if let open = group, open.group.elementsEqual(walk.group) {
        group?.documents.append(change)
      } else {
        if let group { try body(group) }
        group = GroupChange(group: Array(walk.group), documents: [change])
      }
      try merge.advance()
    }
    if let group { try body(group) }
  }

  /// First those of the new state's segments.
  private func walks() throws(Failure) -> [ChosenWalk] {
    var walks = try new.merge(of: added).walks
    for (state, documents) in zip(old, deleted) { walks += try state.merge(of: documents).walks }
    for (segment, numbers) in zip(new.view.segments, tombstones) {
      walks.append(try ChosenWalk(idTombstones: numbers, of: segment.reader))
    }
    return walks
  }
}
