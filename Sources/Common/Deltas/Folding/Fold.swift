internal import Fields
internal import Runs

/// Makes documents of records: the core of every build, and a function of the records and the fields alone.
///
/// A document is the fold of its records in slice order, wherever they lie; it belongs to the group of the last one. What
/// is of group scope is folded from all records of that group, and given to each of its documents. A delete forgets
/// what came before it, and leaves a tombstone unless later records bring back what it deleted.
struct Fold: ~Copyable {
  private let fields: Fields
  private let scopes: [Field.Scope]
  private let window: Window
  private let rows: Rows
  private let order: DocumentOrder
  /// Records with values of group scope, sorted.
  private let groupMentions: Pile<Keyed>
  private let deletes: GroupDeletes

  init(
    _ rows: consuming Rows, groupMentions: consuming Pile<Keyed>, deletes: consuming GroupDeletes,
    fields: Fields, window: Window, threads: Int = 1
  ) {
    self.fields = fields
    scopes = fields.all.map(\.scope)
    self.window = window
    self.rows = rows.inSliceOrder()
    order = DocumentOrder(self.rows, in: window, threads: threads)
    self.groupMentions = groupMentions
    self.deletes = deletes
  }

  var documents: Int { order.count }

  // MARK: - Documents

  /// Cuts the documents into so many ranges of about one size; no group is cut.
  func ranges(_ count: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    for index in 1...max(count, 1) {
      var end = max(order.count * index / max(count, 1), start)
      while end > start, end < order.count, ByteOrder.areEqual(group(at: end - 1), group(at: end)) {
        end += 1
      }
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }

  private func group(at index: Int) -> UnsafeRawBufferPointer {
    window.group(rows.row(at: order[index]).last)
  }

  /// Hands over a range of the documents, sorted by group and id. Ranges can be written by several threads at once.
  /// `step` is called after each, with its row.
  func write(
    _ range: Range<Int>, into sink: inout some DocumentSink & ~Copyable, step: (Rows.Row) -> Void = { _ in }
  ) {
    var composer = DocumentComposer(fields: fields)
    var own = FoldedValues(fields: fields)
    var shared = FoldedValues(fields: fields)
    let hasShared = scopes.contains(.group)
    var last: UnsafeRawBufferPointer?
    for index in range {
      let row = rows.row(at: order[index])
      let newest = window.record(row.last)
      let (id, group) = (newest?.id ?? Window.nothing, newest?.group ?? Window.nothing)
      if hasShared, last.map({ !ByteOrder.areEqual($0, group) }) ?? true { foldGroup(group, into: &shared) }
      last = group
      own.reset()
      for place in row.places.dropLast() {
        apply(window.record(Place(packed: place)), scope: .document, to: &own)
      }
      apply(newest, scope: .document, to: &own)
      own.finish()
      _ = composer.write(id: id, group: group, own: own, shared: shared, to: &sink)
      step(row)
    }
  }

  private func foldGroup(_ group: UnsafeRawBufferPointer, into shared: inout FoldedValues) {
    shared.reset()
    let deleted = deletes.last(of: group)
    let elements = groupMentions.elements
    for index in Selection.range(of: KeyHash.hash(.group, group), in: elements) {
      let place = Place(packed: elements[index].value)
      guard ByteOrder.areEqual(window.group(place), group) else { continue }
      if deleted.map({ $0 < place }) ?? true {
        apply(window.record(place), scope: .group, to: &shared)
      }
    }
    shared.finish()
  }

  private func apply(_ record: RunRecord?, scope: Field.Scope, to values: inout FoldedValues) {
    guard let record else { return }
    for (field, content) in record.values where field < scopes.count && scopes[field] == scope {
      values.apply(content, to: field)
    }
  }

  // MARK: - Tombstones

  /// Hands over the ids that are gone, and the groups that were deleted and have no document.
  func writeTombstones(
    into sink: inout some DocumentSink & ~Copyable,
    where isWanted: (UnsafeRawBufferPointer) -> Bool = { _ in true }
  ) {
    rows.forEach { _, row in
      if row.isGone { sink.add(idTombstone: window.id(row.first)) }
    }
    for place in deletes.groups {
      let group = window.group(place)
      if isWanted(group), !hasDocuments(group) { sink.add(groupTombstone: group) }
    }
  }

  private func hasDocuments(_ wanted: UnsafeRawBufferPointer) -> Bool {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if ByteOrder.compare(group(at: middle), wanted) < 0 { low = middle + 1 } else { high = middle }
    }
    return low < order.count && ByteOrder.areEqual(group(at: low), wanted)
  }
}
