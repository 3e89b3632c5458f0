internal import Bytes
package import Failures
package import Lines
internal import Objects

/// Publishes one change of an index. The order of its steps, and what a kill after each leaves behind:
///
///  1. the pointer and its generation are read: nothing
///  2. guards, and a look at the files that go over from that generation: nothing
///  3. segments and live files are sent, each durable: garbage that the collector can tell
///  4. the generation's manifest is written, durable: the same
///  5. the gate: the same
///  6. the pointer is swapped, from exactly what was read in 1: the new generation, or the old one whole
///  7. the outcome is returned, only now: the watermark is one behind. The next run of the pipe finds the destination
///     past its generation, and hands on the receipt of what is there, so that the watermark catches up
///
/// Whoever else publishes meanwhile, exactly one of those that follow the same generation gets through 6.
package struct Publisher: Sendable {
  package struct Order: Sendable {
    package var parent: Parent
    package var guards = Guards()
    package var gate: Gate?
    /// Overrides what is refused, and says so in the generation.
    package var force = false
    package var dryRun = false
    /// The user's word that nobody else writes, for a store that does not keep its conditions.
    package var unsafeSingleWriter = false
    /// Of the lease that it is published under.
    package var token: Fences.Token?
    /// How long a store may leave the swap, or the probe, without a clear answer.
    package var patience: Duration = .seconds(60)

    package init(after parent: Parent) { self.parent = parent }
  }

  package enum Outcome: Equatable, Sendable {
    case published(Generation, uploaded: Int)
    /// Somebody was faster; the generation is theirs, and durable. `own` is what our batch had begun with.
    case superseded(Generation, own: [Receipt])
    /// It is what is published, and the watermark stands there.
    case unchanged(Generation)
    case rehearsed
  }

  let destination: Destination
  /// Takes one line for a person.
  let note: @Sendable (String) -> Void

  package init(_ destination: Destination, note: @escaping @Sendable (String) -> Void) {
    self.destination = destination
    self.note = note
  }

  /// How often a publish that may follow any generation is repeated when another was faster.
  private static let attempts = 16

  /// `receipts` are of the batch that it was built from. 1 where a guard refuses, 65 where the destination is not the
  /// one that the batch began with, 75 where the store did not answer.
  package func publish(
    _ change: Change, from files: IndexFiles, receipts: [Receipt], _ order: Order
  ) throws(Failure) -> Outcome {
    var progress = Progress()
    for _ in 0..<Self.attempts {
      if let outcome = try attempt(change, files, receipts, order, &progress) { return outcome }
    }
    throw Failure(
      .tryAgain, cannot: "publish to", destination.location.description,
      because: "others were faster \(Self.attempts) times")
  }

  /// What one attempt leaves to the next.
  private struct Progress {
    /// The number at the head of the names of the files that were sent; -1: none yet.
    var stamp = -1
    var uploaded = 0
  }

  /// Nil when another publisher was faster, and the swap did not happen.
  private func attempt(
    _ change: Change, _ files: IndexFiles, _ receipts: [Receipt], _ order: Order, _ progress: inout Progress
  ) throws(Failure) -> Outcome? {
    let current = try destination.current()
    let published = current?.generation
    var objections = Objections(destination, order, note)
    switch order.parent.standing(after: published) {
    case .follows: break
    case .superseded:
      if let published {
        return try order.dryRun
          ? .superseded(published, own: receipts) : superseded(by: published, receipts)
      }
    case .refused(let reason): try objections.raise(reason, .badData)
    }
    var fences = published?.fences ?? Fences()
    if let token = order.token {
      if let objection = fences.objection(to: token) { try objections.raise(objection, .refused) }
      fences.add(token)
    }
    if let current, !order.force, current.generation.holds(change, receipts, after: order.parent) {
      let files = current.generation.indexes.flatMap(\.files)
      let isWhole = try damaged(files, of: current, isBuiltOn: false, &objections)?.isEmpty == true
      return isWhole ? .unchanged(current.generation) : nil
    }
    let writers = try writers(after: current, order)
    let draft = Draft(change, after: published, guards: order.guards)
    for objection in draft.objections { try objections.raise(objection, .refused) }
    let number = published?.number ?? 0
    if progress.stamp < number { progress.stamp = number + order.parent.room }
    var upload = Upload(
      destination: destination, source: files, published: published?.indexes.flatMap(\.files) ?? [],
      stamp: progress.stamp, isRepeated: progress.uploaded > 0)
    if let current, try !isWhole(what: draft, &upload, takesOverFrom: current, &objections) { return nil }
    if order.dryRun { return rehearse(draft, upload, after: current) }
    var (next, sent) = try send(draft, upload, after: current)
    progress.uploaded += sent
    next.receipts = receipts
    next.forced = objections.overridden
    (next.fences, next.lease) = (fences, order.token.map { $0.lease ?? "" })
    let isCommitted = try commit(next, after: current, writers, order)
    return isCommitted ? .published(next, uploaded: progress.uploaded) : nil
  }

  /// Nothing is built on what is damaged; with `--force` the build's own files are sent once more. False where it is another
  /// publisher's collector that has taken them meanwhile.
  private func isWhole(
    what draft: Draft, _ upload: inout Upload, takesOverFrom current: Current, _ objections: inout Objections
  ) throws(Failure) -> Bool {
    let files = draft.indexes.flatMap { upload.plan($0).index.files }.filter(upload.published.contains)
    guard let damaged = try damaged(files, of: current, isBuiltOn: true, &objections) else { return false }
    upload.published.removeAll { damaged.contains($0) }
    return true
  }

  /// Which of them are, with `--force`; nil where they are no longer those of the current generation.
  private func damaged(
    _ files: [IndexFile], of current: Current, isBuiltOn: Bool, _ objections: inout Objections
  ) throws(Failure) -> [IndexFile]? {
    let carried = Carried(destination: destination, current: current, files: files, isBuiltOn: isBuiltOn)
    let damaged = try carried.damaged()
    guard let file = damaged.first else { return [] }
    guard try destination.pointer() == current.stored else { return nil }
    try objections.raise(
      "\(destination.place.name(Destination.segments + file.name)), which generation \(current.generation.number) needs,"
        + " is missing or damaged (--force sends anew what the build has)", .badData)
    return damaged
  }

  private func commit(
    _ next: Generation, after current: Current?, _ writers: Pointer.Writers, _ order: Order
  ) throws(Failure) -> Bool {
    let manifest = try write(next)
    try pass(order.gate, manifest)
    let pointer = Pointer.next(
      after: current?.stored.pointer, generation: next.number, lineage: next.lineage, manifest: manifest,
      writers: writers)
    let swap = Swap(destination: destination, from: current?.stored, to: pointer, patience: order.patience)
    return try swap.run() == .committed
  }
}

extension Publisher {
  /// Theirs has to be durable before it is handed on: the watermark must never be ahead of it.
  private func superseded(by generation: Generation, _ own: [Receipt]) throws(Failure) -> Outcome {
    try destination.place.settle(Destination.current)
    return .superseded(generation, own: own)
  }

  /// Before the first publish a store other than a local directory is asked whether it keeps its conditions.
  private func writers(after current: Current?, _ order: Order) throws(Failure) -> Pointer.Writers {
    let place = destination.location.description
    if let writers = current?.stored.pointer.writers {
      guard writers == .many || order.unsafeSingleWriter else {
        throw Failure(
          .configuration, cannot: "publish to", place,
          because: "its store does not keep its conditions: it was begun with --unsafe-single-writer")
      }
      return writers
    }
    if order.unsafeSingleWriter { return .one }
    if order.dryRun { return .many }
    if case .local = destination.location { return .many }
    let rule: String?
    do throws(StoreError) {
      rule = try StoreProbe(
        destination.place.store, below: destination.place.prefix, patience: order.patience
      )
      .brokenRule()
    } catch {
      if case .unsupported(let reason) = error { throw unfit(reason) }
      throw error.failure(cannot: "probe the store of", place)
    }
    if let rule { throw unfit("its store breaks the rule that \(rule)") }
    return .many
  }

  private func unfit(_ reason: String) -> Failure {
    Failure(
      .configuration, cannot: "publish to", destination.location.description,
      because: "\(reason), so two writers could undo each other (see --unsafe-single-writer)")
  }

  private func rehearse(_ draft: Draft, _ upload: Upload, after current: Current?) -> Outcome {
    let transfers = draft.indexes.flatMap { upload.plan($0).transfers }
    let bytes = transfers.reduce(0) { $0 &+ $1.file.bytes }
    func count(_ documents: Int?) -> String { documents?.counted("document") ?? "none" }
    note(
      "would publish generation \((current?.generation.number ?? 0) + 1) to \(destination.location):"
        + " base: \(count(draft.base?.index.documents)), delta: \(count(draft.delta?.index.documents)),"
        + " position: \(draft.position.isEmpty ? "none" : draft.position),"
        + " at most \(transfers.count.counted("file")) of \(bytes.counted("byte")) to send")
    return .rehearsed
  }

  /// Brings the files that are missing; the generation by the names that they have there.
  private func send(
    _ draft: Draft, _ upload: Upload, after current: Current?
  ) throws(Failure) -> (next: Generation, sent: Int) {
    var next = Generation(
      number: (current?.generation.number ?? 0) + 1,
      lineage: current?.generation.lineage ?? RandomID.draw(),
      parent: current?.stored.pointer.manifest.name, batch: draft.batch, position: draft.position,
      base: draft.base, delta: draft.delta, receipts: [], forced: nil, rollback: draft.rollback)
    var transfers: [Upload.Transfer] = []
    if let base = draft.base {
      let plan = upload.plan(base.index)
      next.base?.index = plan.index
      transfers += plan.transfers
    }
    if let delta = draft.delta {
      let plan = upload.plan(delta.index)
      next.delta?.index = plan.index
      transfers += plan.transfers
    }
    return (next, try upload.send(transfers))
  }

  private func write(_ next: Generation) throws(Failure) -> Pointer.Manifest {
    let bytes = next.bytes
    let sha256 = SHA256.hex(bytes)
    let manifest = Pointer.Manifest(
      name: Generation.fileName(next.number, sha256: sha256), bytes: bytes.count, sha256: sha256)
    let path = Destination.generations + manifest.name
    // What no reader would take would be in the way of all that comes after.
    _ = try Generation(bytes, reference: manifest, name: destination.place.name(path))
    guard bytes.count <= Generation.largest else {
      throw Failure(
        .badData, cannot: "write", destination.place.name(path), because: "it has \(bytes.count) bytes")
    }
    try destination.place.write(path, .bytes(bytes))
    return manifest
  }

  private func pass(_ gate: Gate?, _ manifest: Pointer.Manifest) throws(Failure) {
    guard let gate else { return }
    let index = destination.location.appending(Destination.generations + manifest.name)
    let code = try gate.run(index: index, destination: destination.location)
    guard code == 0 else {
      throw Failure(
        .refused, cannot: "publish to", destination.location.description,
        because: "the gate refused it (exit \(code))")
    }
  }
}

/// What speaks against a publish: the end of it, unless `--force` was given.
private struct Objections {
  private let destination: Destination
  private let force: Bool
  private let note: @Sendable (String) -> Void
  private var reasons: [String] = []

  init(_ destination: Destination, _ order: Publisher.Order, _ note: @escaping @Sendable (String) -> Void) {
    self.destination = destination
    force = order.force
    self.note = note
  }

  mutating func raise(_ reason: String, _ exit: Exit) throws(Failure) {
    guard force else {
      throw Failure(exit, cannot: "publish to", destination.location.description, because: reason)
    }
    note("forced, although \(reason)")
    reasons.append(reason)
  }

  /// For the generation; nil where nothing was overridden.
  var overridden: String? { reasons.isEmpty ? nil : reasons.joined(separator: "; ") }
}
