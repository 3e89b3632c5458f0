internal import Runs

/// What became of the documents: their records one after the other, and the deletes of their groups between them.
///
///     a record of the document      it is there, in the record's group; the record counts
///     a delete by its id            it is gone, and what counted until then is forgotten
///     a delete of the group that    the same
///     it is in at that place
struct Timelines: ~Copyable {
  let window: Window
  private var deletes: GroupDeletes
  private let hasDeletes: Bool

  /// `hasDeletes`: whether there is a delete among the records; to look at each of them takes long.
  init(window: Window, deletes: consuming GroupDeletes, hasDeletes: Bool = true) {
    self.window = window
    self.hasDeletes = hasDeletes
    self.deletes = deletes
  }

  consuming func takeDeletes() -> GroupDeletes { deletes }

  /// Takes the records with an id, sorted, and hands over each document: the places of the records that it is folded from, of
  /// which the last names its group; or, where it is gone, one place and true: that of the last record that names a group for
  /// it, or of a delete where none does.
  func run(
    _ mentions: UnsafeBufferPointer<Keyed>,
    _ body: (_ places: UnsafeBufferPointer<Keyed>, _ isGone: Bool) -> Void
  ) {
    Selection.forEachHash(mentions) { range in
      let same = UnsafeBufferPointer(rebasing: mentions[range])
      if isOneDocument(same) { document(same, body) } else { several(same, body) }
    }
  }

  private func isOneDocument(_ same: UnsafeBufferPointer<Keyed>) -> Bool {
    if same.count == 1 { return true }
    let id = window.id(Place(packed: same[0].value))
    return same.dropFirst().allSatisfy { ByteOrder.areEqual(window.id(Place(packed: $0.value)), id) }
  }

  /// Ids that have one hash, which is next to impossible unless somebody made them so.
  private func several(
    _ same: UnsafeBufferPointer<Keyed>, _ body: (UnsafeBufferPointer<Keyed>, Bool) -> Void
  ) {
    let sorted = same.sorted { a, b in
      let order = ByteOrder.compare(window.id(Place(packed: a.value)), window.id(Place(packed: b.value)))
      return order == 0 ? a.value < b.value : order < 0
    }
    sorted.withUnsafeBufferPointer { sorted in
      var start = 0
      while start < sorted.count {
        let id = window.id(Place(packed: sorted[start].value))
        var end = start + 1
        while end < sorted.count, ByteOrder.areEqual(window.id(Place(packed: sorted[end].value)), id) {
          end += 1
        }
        document(UnsafeBufferPointer(rebasing: sorted[start..<end]), body)
        start = end
      }
    }
  }

  /// What the records of one document leave.
  private func document(
    _ records: UnsafeBufferPointer<Keyed>, _ body: (UnsafeBufferPointer<Keyed>, Bool) -> Void
  ) {
    // Whether the document is there, the first record that still counts, and the last that names its group.
    var isThere = false
    var (first, named) = (0, 0)
    for index in records.indices {
      let place = Place(packed: records[index].value)
      if hasDeletes, window.isDelete(place) {
        isThere = false
        continue
      }
      if !isThere { first = index }
      isThere = true
      named = index
      if deletes.isEmpty { continue }
      let next = index + 1 < records.count ? Place(packed: records[index + 1].value) : .end
      if deletes.contains(window.group(place), after: place, before: next) { isThere = false }
    }
    body(UnsafeBufferPointer(rebasing: isThere ? records[first...] : records[named...named]), !isThere)
  }
}
