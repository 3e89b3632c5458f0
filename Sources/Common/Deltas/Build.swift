package import Bytes
package import Failures
package import Lines
internal import Fields
internal import Runs
package import Segments

/// One build: from a slice to an index in the work directory.
package struct Build {
  let reading: SliceReading
  let work: WorkDirectory
  let shard: Shard
  let limits: Limits

  package init(
    _ reading: SliceReading, in work: WorkDirectory, shard: Shard = .whole, limits: Limits
  ) {
    self.reading = reading
    self.work = work
    self.shard = shard
    self.limits = limits
  }

  var fields: Fields { reading.fields }

  /// What the last build has to do with a slice.
  package enum Standing: Equatable, Sendable {
    /// It was another one, or is not whole any more: the slice is to be built.
    case different
    /// It was made of the same: a retry, as far as is known. This is its receipt.
    case built(Receipt)
    /// It was made of the same, and is what was published at the watermark that the slice began with.
    case published
  }

  /// The same is: the same fields and shard, the same objects, the same window.
  package func standing(of input: BuildInput) -> Standing {
    guard !input.hash.isEmpty, let last = usable(work.last), last.state.head.bad <= reading.skipBad,
      last.manifest.slice == input.hash, last.manifest.position == input.position,
      last.manifest.from == input.from, last.state.head.generation <= input.generation
    else { return .different }
    if let word = work.published(last.manifest.id), input.isAfter(word) { return .published }
    return .built(work.receipt(of: last.manifest, last.state.head))
  }

  /// A build of other fields, of another format, of another shard or of loose records is no beginning for this one.
  func usable(_ last: LastBuild?) -> LastBuild? {
    guard let last, last.manifest.fields == fields.canonicalText, last.state.head.shard == shard,
      last.state.head.format == reading.format, !last.manifest.slice.isEmpty
    else { return nil }
    return last
  }

  // MARK: - Building

  /// Builds the slice, and gives the receipt. `passedOver` is told of each malformed record that is new.
  ///
  /// `fed`: the runs, where they are not read from the objects.
  package func run(
    _ input: BuildInput, fed: FedRuns? = nil, passedOver: (String) -> Void = { _ in }
  ) throws(Failure) -> Receipt {
    guard input.objects.count < Place.mostObjects else {
      throw Failure(.badData, cannot: "read", "the slice", because: "it has \(input.objects.count) objects")
    }
    let last = usable(work.last)
    do throws(Failure) {
      var slice = SliceRuns(input, fed: fed, last: last, build: self)
      try slice.readMissing(passedOver: passedOver)
      if let last, slice.isWorthPatching { return try patch(last, slice, input) }
      return try whole(slice, input)
    } catch {
      // Where it isn't the objects, something of the work directory is damaged, whatever its stamps say: what was built on
      // it can't be trusted, and only what its checksums vouch for is taken once more.
      guard last != nil, error.exit == .badData || error.exit == .software else { throw error }
      work.distrust()
      var slice = SliceRuns(input, fed: fed, last: nil, build: self)
      try slice.readMissing(passedOver: { _ in })
      return try whole(slice, input)
    }
  }

  /// Builds an index of records that have no slice; nothing is kept for a next time.
  package func run(
    records source: any ByteSource, name: String, passedOver: (String) -> Void = { _ in }
  ) throws(Failure) -> Receipt {
    let (window, bad) = try window(of: source, name: name, passedOver)
    var fold = fold(window)
    fold.closesWindow = true
    let segment = try fold.segment()
    let (count, groups) = (segment.documents + segment.tombstones, segment.groups)
    let entry = try keep(segment, generation: 0)
    let totals = Totals(documents: entry.documents, tombstones: count - entry.documents, groups: groups)
    let manifest = manifest(BuildInput(), count > 0 ? [entry] : [], totals)
    return try install(manifest, BuildInput(), touched: groups, bad: bad, late: nil, runs: [], keys: [])
  }

  /// The records, and how many malformed ones there are.
  private func window(
    of source: any ByteSource, name: String, _ passedOver: (String) -> Void
  ) throws(Failure) -> (Window, bad: Int) {
    let read = try reading.read(source, name: name, memory: limits.memory / 16, into: work.runs)
    var bad = PassedOver(skipBad: reading.skipBad)
    try bad.take(read.bad, of: name)
    if let failure = read.failure { throw failure }
    for record in read.bad { passedOver("\(name): \(record.text)") }
    return (Window(read.run.map { [$0] } ?? []), bad.count)
  }

  private func fold(_ window: Window) -> WholeFold {
    WholeFold(window: window, fields: fields, shard: shard, limits: limits, scratch: work.segments)
  }

  /// Builds the slice from nothing but its runs.
  private func whole(_ slice: borrowing SliceRuns, _ input: BuildInput) throws(Failure) -> Receipt {
    let window = slice.window
    let segment = try fold(window).segment()
    let totals = Totals(documents: segment.documents, tombstones: segment.tombstones, groups: segment.groups)
    var entries: [IndexManifest.Segment] = []
    if segment.documents + segment.tombstones > 0 {
      entries = [try keep(segment, generation: input.generation)]
    }
    let keys = try KeyDirectory(work, fields: fields, limits: limits).update(
      runs: slice.identities.indices.map { $0 }, of: slice, segments: entries, new: entries)
    return try install(
      manifest(input, entries, totals), input, touched: totals.groups, bad: slice.bad, late: slice.late,
      runs: slice.accounts, keys: keys)
  }

  /// Builds the slice from the last build and what has changed since.
  private func patch(_ last: LastBuild, _ slice: borrowing SliceRuns, _ input: BuildInput) throws(Failure)
    -> Receipt
  {
    let directory = KeyDirectory(work, fields: fields, limits: limits)
    let files = try directory.open(last.keys)
    let old = try OldIndex(last.manifest, in: work)
    let window = slice.window
    let fold = TouchedFold(
      window: window, came: slice.came, went: try slice.went(in: work),
      keys: KeyIndex(files.map(\.file), runs: slice.stayed, segments: old.places), index: old, fields: fields,
      shard: shard)
    let segment = try fold.segment(into: work.segments, limits: limits)
    var merging = SegmentTiers(
      fold.index, work: work, fields: fields, limits: limits, generation: input.generation)
    let groups = last.manifest.groups - fold.index.hiddenGroups + segment.groups
    try merging.add(segment)
    try merging.merge()
    let outcome = try merging.finish()
    let keys = try directory.update(
      files, runs: slice.came, of: slice, segments: outcome.entries, new: outcome.new)
    let totals = Totals(documents: outcome.documents, tombstones: outcome.tombstones, groups: groups)
    return try install(
      manifest(input, outcome.entries, totals), input, touched: fold.touched, bad: slice.bad,
      late: slice.late,
      runs: slice.accounts, keys: keys)
  }

  // MARK: - What comes of it

  private struct Totals {
    let documents: Int
    let tombstones: Int
    let groups: Int
  }

  private func keep(_ segment: consuming FinishedSegment, generation: Int) throws(Failure)
    -> IndexManifest.Segment
  {
    let entry = IndexManifest.Segment(
      generation: generation, sha256: segment.sha256, bytes: segment.bytes, documents: segment.documents)
    if segment.documents + segment.tombstones > 0 { try segment.keep(as: entry.name) }
    return entry
  }

  private func manifest(_ input: BuildInput, _ segments: [IndexManifest.Segment], _ totals: Totals)
    -> IndexManifest
  {
    IndexManifest(
      position: input.position, from: input.from, slice: input.hash, fields: fields.canonicalText,
      shard: shard == .whole ? nil : shard, documents: totals.documents, tombstones: totals.tombstones,
      groups: totals.groups, segments: segments)
  }

  private func install(
    _ manifest: IndexManifest, _ input: BuildInput, touched: Int, bad: Int, late: Int?,
    runs: [(identity: RunIdentity, bad: Int)], keys: [String]
  ) throws(Failure) -> Receipt {
    let head = StateHead(
      build: manifest.id, generation: input.generation, touched: touched, bad: bad, late: late, shard: shard,
      format: reading.format)
    try work.install(.init(manifest: manifest, head: head, runs: runs, keys: keys))
    return work.receipt(of: manifest, head)
  }
}
