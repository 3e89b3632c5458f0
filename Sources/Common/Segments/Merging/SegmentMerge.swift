package import Failures
package import Fields
package import Files
internal import Threads

/// Makes one segment of several.
package enum SegmentMerge {
  /// The documents and tombstones that count, by group and id; no id may be in two inputs. The bytes are those that
  /// SegmentWriter gives for the same documents; no text is taken apart again. Damaged inputs are failures (65).
  package static func run(
    _ inputs: [(reader: SegmentReader, live: LiveSet?)], fields: Fields, into directory: Directory,
    memory: Int,
    threads: Int
  ) throws(Failure) -> FinishedSegment {
    var meta = SegmentMeta(fields)
    for input in inputs { try check(input.reader, meta) }
    // Some spools a field, and those of the plan; what they hold in memory all together is half of what there is.
    let limit = memory / 2 / (6 * (meta.columns.count + 2))
    let plan = try MergePlan(inputs, hasGroups: meta.hasGroups, limit: limit, in: directory)
    let columns = meta.columns
    let pieces = try parallelMap(count: columns.count + 1, threads: threads) { (index) throws(Failure) in
      if index == 0 { return Piece.store(try MergedStore(plan, in: directory)) }
      return try piece(index - 1, columns[index - 1], plan, limit: limit, in: directory)
    }
    guard case .store(let store) = pieces[0] else {
      throw Failure(.software, "cannot merge segments: the documents are missing")
    }
    var parts = try store.finish()
    for (field, piece) in pieces.dropFirst().enumerated() {
      try piece.write(field, documents: plan.documents, counts: &meta.columns[field], to: &parts)
    }
    try plan.writeNames(to: &parts)
    (meta.documents, meta.groups) = (plan.documents, plan.groups)
    (meta.groupTombstones, meta.idTombstones) = try writeTombstones(inputs, to: &parts)
    return try parts.finish(meta, for: directory)
  }

  private static func check(_ reader: SegmentReader, _ meta: SegmentMeta) throws(Failure) {
    guard
      reader.meta.columns.elementsEqual(
        meta.columns,
        by: {
          ($0.name, $0.kind.rawValue) == ($1.name, $1.kind.rawValue) && $0.hasPositions == $1.hasPositions
        })
    else {
      throw Failure(.badData, cannot: "merge", reader.name, because: "its fields are others")
    }
    for entry in reader.parts.entries where !reader.parts.isIntact(entry) {
      throw Failure(
        .badData, cannot: "read", reader.name, because: "\(reader.label(entry)): its checksum is wrong")
    }
    reader.forget()
  }

  // MARK: - Fields

  private enum Piece: Sendable {
    case store(MergedStore)
    case terms(MergedTerms)
    case numbers(MergedNumbers)
    case nothing

    func write(
      _ field: Int, documents: Int, counts: inout SegmentMeta.Column, to parts: inout PartsWriter
    ) throws(Failure) {
      switch self {
      case .terms(let terms): try terms.write(counts: &counts, to: &parts)
      case .numbers(let numbers): try numbers.write(field, documents, counts: &counts, to: &parts)
      case .store, .nothing: return
      }
    }
  }

  private static func piece(
    _ field: Int, _ column: SegmentMeta.Column, _ plan: MergePlan, limit: Int, in directory: Directory
  ) throws(Failure) -> Piece {
    if column.hasTerms { return .terms(try MergedTerms(plan, field: field, limit: limit, in: directory)) }
    if column.kind == .number {
      return .numbers(try MergedNumbers(plan, field: field, limit: limit, in: directory))
    }
    return .nothing
  }

  // MARK: - Tombstones

  private static func writeTombstones(
    _ inputs: [(reader: SegmentReader, live: LiveSet?)], to parts: inout PartsWriter
  ) throws(Failure) -> (groups: Int, ids: Int) {
    var (groups, ids): ([TombstoneSource], [TombstoneSource]) = ([], [])
    for (reader, live) in inputs {
      groups.append(.init(table: reader.groupTombstones) { live?.contains(groupTombstone: $0) ?? true })
      ids.append(.init(table: reader.idTombstones) { live?.contains(idTombstone: $0) ?? true })
    }
    return (try write(.groupTombstones, groups, to: &parts), try write(.idTombstones, ids, to: &parts))
  }

  private struct TombstoneSource {
    let table: ByteTable
    let counts: (Int) -> Bool
  }

  /// In byte order, each once.
  private static func write(
    _ kind: PartKind, _ sources: [TombstoneSource], to parts: inout PartsWriter
  ) throws(Failure) -> Int {
    var lists: [ByteList.View] = []
    var held: [HeldList] = []
    for source in sources {
      let list = HeldList()
      try source.table.forEach { (number, string) throws(Failure) in
        if source.counts(number) { list.strings.append(string) }
      }
      lists.append(list.strings.view)
      held.append(list)
    }
    return try withExtendedLifetime(held) { () throws(Failure) in
      var merge = StringMerge(lists, orders: lists.map { $0.sorted() })
      var table = ByteTableWriter()
      while let (item, isNew) = merge.next() { if isNew { table.add(lists[item.list][item.number]) } }
      try table.write(kind, to: &parts)
      return table.count
    }
  }

  private final class HeldList { var strings = ByteList() }
}

/// A number field of some segments, in the new order of their documents.
final class MergedNumbers: @unchecked Sendable {
  private var column: NumberColumnWriter

  init(_ plan: MergePlan, field: Int, limit: Int, in directory: Directory) throws(Failure) {
    column = NumberColumnWriter(limit: limit, in: directory)
    var next = 0
    try plan.forEachRun { (run) throws(Failure) in
      let numbers = plan.inputs[run.input].reader.numberColumns[field]
      for document in run.documents {
        if let value = numbers?[document], value.isFinite { column.add(value, document: next) }
        next += 1
      }
    }
  }

  func write(
    _ field: Int, _ documents: Int, counts: inout SegmentMeta.Column, to parts: inout PartsWriter
  ) throws(Failure) {
    counts.documents = column.documents
    try column.write(documents: documents, field: field, to: &parts)
  }
}
