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
  private static let mostInverted = 4 << 20
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
    guard let first = lanes.first?.content else { return try writeNothing(into: directory) }
    let prepared = try prepare()
    var parts = try first.pointee.store.finish()
    var meta = meta
    for field in meta.columns.indices {
      if meta.columns[field].hasTerms {
        try writeTerms(field, prepared.sources[field], counts: &meta.columns[field], to: &parts)
      }
      if meta.columns[field].kind == .number {
        try writeNumbers(field, counts: &meta.columns[field], to: &parts)
      }
    }
    meta.groups = try writeNames(prepared.orders, to: &parts)
    meta.groupTombstones = try write(.groupTombstones, to: &parts) { $0.groupTombstones.table.strings.view }
    meta.idTombstones = try write(.idTombstones, to: &parts) { $0.idTombstones.table.strings.view }
    return try parts.finish(meta, for: directory)
  }

  private func writeNothing(into directory: Directory) throws(Failure) -> FinishedSegment {
    let parts = PartsWriter(in: directory)
    return try parts.finish(meta, for: directory)
  }

  // MARK: - Fields

  /// What is done before anything is written: of each column with terms those of each lane, sorted and counted; and each lane's
  /// ids in byte order.
  private struct Prepared {
    var sources: [[Inversion.Source]]
    var orders: [[UInt32]] = []
  }

  private enum Job {
    case stores
    case terms(field: Int, lane: Int)
    case ids(lane: Int)
  }

  private enum Done: Sendable {
    case stores
    case terms(field: Int, Inversion.Source)
    case ids([UInt32])
  }

  /// Puts the stored documents together, and sorts what is to be sorted, beside each other.
  private func prepare() throws(Failure) -> Prepared {
    let fields = meta.columns.indices.filter { meta.columns[$0].hasTerms }
    var jobs = [Job.stores]
    for field in fields { for lane in lanes.indices { jobs.append(.terms(field: field, lane: lane)) } }
    for lane in lanes.indices { jobs.append(.ids(lane: lane)) }
    let ready = jobs
    let done = try parallelMap(count: jobs.count, threads: threads) { (job) throws(Failure) in
      try run(ready[job])
    }
    var prepared = Prepared(sources: Array(repeating: [], count: meta.columns.count))
    for job in done {
      switch job {
      case .stores: break
      case .terms(let field, let source): prepared.sources[field].append(source)
      case .ids(let order): prepared.orders.append(order)
      }
    }
    return prepared
  }

  private func run(_ job: Job) throws(Failure) -> Done {
    switch job {
    case .stores:
      try joinStores()
      return .stores
    case .terms(let field, let lane):
      return .terms(
        field: field,
        try Inversion.source(
          lanes[lane].termField(field), firstDocument: UInt32(firsts[lane]),
          documents: firsts[lane + 1] - firsts[lane]))
    case .ids(let lane): return .ids(lanes[lane].content.pointee.ids.view.sorted())
    }
  }

  private func joinStores() throws(Failure) {
    guard let first = lanes.first?.content else { return }
    for lane in lanes.dropFirst() {
      try first.pointee.store.append(&lane.content.pointee.store, ids: lane.content.pointee.ids.view)
    }
  }

  private func writeTerms(
    _ field: Int, _ sources: [Inversion.Source], counts: inout SegmentMeta.Column,
    to parts: inout PartsWriter
  ) throws(Failure) {
    defer { for lane in lanes { lane.forgetTerms(of: field) } }
    let inversion = Inversion(sources, limit: occurrences, threads: threads)
    var inverted = InvertedField(limit: inverted, in: parts.directory)
    try inversion.run { inverted.append($0) }
    counts.documents = inversion.documents
    counts.terms = inversion.terms
    counts.postings = inverted.postings
    counts.sumOfLengths = inversion.isText ? inversion.sumOfLengths : counts.postings
    try inverted.write(field, to: &parts)
    try parts.add(.norms, field: field, inversion.norms.bytes)
  }

  private func writeNumbers(
    _ field: Int, counts: inout SegmentMeta.Column, to parts: inout PartsWriter
  ) throws(Failure) {
    var column = NumberColumnWriter()
    for (lane, first) in zip(lanes, firsts) { lane.addNumbers(field, to: &column, from: first) }
    counts.documents = column.documents
    try column.write(documents: meta.documents, field: field, to: &parts)
  }

  // MARK: - Documents, names, tombstones

  /// The ids, their order and the groups; gives the number of groups.
  private func writeNames(_ orders: [[UInt32]], to parts: inout PartsWriter) throws(Failure) -> Int {
    var names = SegmentNames(hasGroups: meta.hasGroups)
    for (lane, order) in zip(lanes, orders) {
      try names.add(
        lane.content.pointee.ids.view, order: order, groups: lane.content.pointee.groups.view,
        starts: lane.content.pointee.groupStarts.elements(UInt32.self))
    }
    return try names.write(to: &parts)
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
