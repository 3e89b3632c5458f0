internal import Failures
internal import Fields
internal import Files
internal import Threads

/// Makes one segment of what some lanes hold in memory. Its bytes are a function of the documents and tombstones alone.
struct SegmentAssembly {
  private let lanes: [SegmentLane]
  private let threads: Int
  /// Beyond this many another pass over a log costs less than the memory that it saves.
  private static let mostOccurrences = 8 << 20
  /// Occurrences that are sorted at a time, by a thread.
  private let occurrences: Int
  /// Of each part of a field so much is held in memory until it is written.
  private let inverted: Int
  private static let mostInverted = 1 << 20
  /// The number in the segment of each lane's first document, and then the number of all.
  private let firsts: [Int]
  private var meta: SegmentMeta

  init(_ lanes: [SegmentLane], fields: Fields, memory: Int = .max, threads: Int) throws(Failure) {
    self.lanes = lanes
    self.threads = threads
    occurrences = min(memory / 2 / max(threads, 1) / MemoryLayout<UInt64>.stride, Self.mostOccurrences)
    inverted = min(memory / 32, Self.mostInverted)
    var firsts = [0]
    for lane in lanes {
      try lane.content.pointee.check()
      firsts.append((firsts.last ?? 0) + lane.content.pointee.documents)
    }
    self.firsts = firsts
    meta = SegmentMeta(fields)
    meta.documents = firsts.last ?? 0
    guard meta.documents <= SegmentFormat.maxDocuments else {
      throw Failure(
        .badData, "cannot build a segment: it has more than \(SegmentFormat.maxDocuments) documents")
    }
  }

  func write(into directory: Directory) throws(Failure) -> FinishedSegment {
    guard let first = lanes.first else { return try writeNothing(into: directory) }
    let sources = prepare()
    var meta = meta
    let parts = PartsBehind(in: directory, threads: threads)
    try parts.make { () throws(Failure) in
      { (parts) throws(Failure) in
        try joinStores()
        parts = try first.content.pointee.store.finish()
      }
    }
    let steps = steps()
    for (number, step) in steps.enumerated() {
      try parts.make { () throws(Failure) in
        var made: [PartsBehind.Writing] = []
        for field in step {
          made.append(try make(field, sources[field], counts: &meta.columns[field], in: directory))
        }
        if number == steps.count - 1 { made.append(try makeNames(count: &meta.groups)) }
        let ready = made
        return { (parts) throws(Failure) in for write in ready { try write(&parts) } }
      }
    }
    var written = try parts.finish()
    meta.groupTombstones = try write(.groupTombstones, to: &written) { $0.groupTombstones.table.strings.view }
    meta.idTombstones = try write(.idTombstones, to: &written) { $0.idTombstones.table.strings.view }
    return try written.finish(meta, for: directory)
  }

  /// The columns, cut into what is made at a time: each text, which is long to write, by itself, so that something is to do
  /// meanwhile. The names are made with the last ones.
  private func steps() -> [[Int]] {
    var steps: [[Int]] = []
    var isOpen = false
    for (field, column) in meta.columns.enumerated() where column.hasTerms || column.kind == .number {
      let isText = column.kind == .text
      if isText || !isOpen { steps.append([]) }
      steps[steps.count - 1].append(field)
      isOpen = !isText
    }
    return isOpen ? steps : steps + [[]]
  }

  private func writeNothing(into directory: Directory) throws(Failure) -> FinishedSegment {
    let parts = PartsWriter(in: directory)
    return try parts.finish(meta, for: directory)
  }

  // MARK: - Fields

  /// Seals the lanes that are not; gives of each column with terms those of each lane.
  private func prepare() -> [[Inversion.Source]] {
    _ = parallelMap(count: lanes.count, threads: threads) { lanes[$0].seal() }
    return meta.columns.indices.map { field in
      if !meta.columns[field].hasTerms { return [] }
      return lanes.indices.compactMap { lane in
        Inversion.source(
          lanes[lane].termField(field), firstDocument: UInt32(firsts[lane]),
          documents: firsts[lane + 1] - firsts[lane])
      }
    }
  }

  private func joinStores() throws(Failure) {
    guard let first = lanes.first?.content else { return }
    for lane in lanes.dropFirst() {
      try first.pointee.store.append(&lane.content.pointee.store, ids: lane.content.pointee.ids.view)
    }
  }

  private func make(
    _ field: Int, _ sources: [Inversion.Source], counts: inout SegmentMeta.Column, in directory: Directory
  ) throws(Failure) -> PartsBehind.Writing {
    if !counts.hasTerms { return makeNumbers(field, counts: &counts) }
    return try makeTerms(field, sources, counts: &counts, in: directory)
  }

  private func makeTerms(
    _ field: Int, _ sources: [Inversion.Source], counts: inout SegmentMeta.Column, in directory: Directory
  ) throws(Failure) -> PartsBehind.Writing {
    defer { for lane in lanes { lane.forgetTerms(of: field) } }
    let inversion = Inversion(sources, limit: occurrences, threads: threads)
    let inverted = Made(InvertedField(limit: inverted, in: directory))
    try inversion.run { inverted.content.append($0) }
    counts.documents = inversion.documents
    counts.terms = inversion.terms
    counts.postings = inverted.content.postings
    counts.sumOfLengths = inversion.isText ? inversion.sumOfLengths : counts.postings
    return { (parts) throws(Failure) in
      try inverted.content.write(field, to: &parts)
      try parts.add(.norms, field: field, inversion.norms.bytes)
    }
  }

  private func makeNumbers(_ field: Int, counts: inout SegmentMeta.Column) -> PartsBehind.Writing {
    let column = Made(NumberColumnWriter())
    for (lane, first) in zip(lanes, firsts) { lane.addNumbers(field, to: &column.content, from: first) }
    counts.documents = column.content.documents
    let documents = meta.documents
    return { (parts) throws(Failure) in
      try column.content.write(documents: documents, field: field, to: &parts)
    }
  }

  // MARK: - Documents, names, tombstones

  /// The ids, their order and the groups, and the number of groups.
  private func makeNames(count: inout Int) throws(Failure) -> PartsBehind.Writing {
    let names = Made(SegmentNames(hasGroups: meta.hasGroups))
    for lane in lanes {
      try names.content.add(
        lane.content.pointee.ids.view, order: lane.content.pointee.idOrder ?? [],
        groups: lane.content.pointee.groups.view,
        starts: lane.content.pointee.groupStarts.elements(UInt32.self))
    }
    try names.content.sort()
    count = names.content.count
    return { (parts) throws(Failure) in try names.content.write(to: &parts) }
  }

  /// The tombstones of all lanes in byte order, each once; gives their number.
  private func write(
    _ kind: PartKind, to parts: inout PartsWriter, _ strings: (borrowing LaneContent) -> ByteList.View
  ) throws(Failure) -> Int {
    let all = lanes.map { strings($0.content.pointee) }
    var merge = StringMerge(all, orders: all.map { $0.sorted() })
    var table = ByteTableWriter()
    while let (item, isNew) = merge.next() { if isNew { table.add(all[item.list][item.number]) } }
    try table.write(kind, to: &parts)
    return table.count
  }
}

/// What is made by one thread, and written by another.
private final class Made<Content: ~Copyable>: @unchecked Sendable {
  @exclusivity(unchecked) var content: Content

  init(_ content: consuming Content) { self.content = content }
}
