internal import Changes
internal import Failures
internal import Publishing

/// A full index on its way into a collection beside the one that is read, which is then given the name.
struct BaseFilling {
  private let publisher: TargetPublisher
  private let offer: TargetOffer
  private var objections: TargetObjections
  private var step: TargetStep
  /// What the one that is read says of itself, as it was read last; nil: nothing yet.
  private var seen: TargetState?
  private var sent = TargetOutcome.Sent()

  private var target: any ServingTarget { publisher.target }

  init(
    _ publisher: TargetPublisher, _ offer: TargetOffer, after state: TargetState?,
    _ objections: TargetObjections
  ) {
    (self.publisher, self.offer, self.objections, seen) = (publisher, offer, objections, state)
    step = TargetStep(offer, after: state, asBase: true)
  }

  mutating func publish() throws(Failure) -> TargetOutcome {
    let new = try open()
    let change = try IndexChange(from: [], to: new)
    let has = try documentsThere()
    try guardReaders(has ?? 0, against: change, to: new)
    if publisher.order.dryRun { return publisher.rehearse(step, adds: change.adds, deletes: 0) }
    var begun = seen ?? TargetState(taken: .nothing)
    begun.shared = seen?.shared ?? (has ?? 0 > 0)
    begun = step.begin(begun)
    let fresh = try target.beside(generation: step.next.generation)
    do throws(Failure) {
      try send(change, to: fresh, begun.version)
      try count(fresh)
      if has != nil { try follow(from: new, in: fresh, &begun) }
      return try swap(to: fresh, begun, isFirst: has == nil)
    } catch {
      publisher.note("\(fresh.name) was made for this base and is left there (--gc, unless it is read)")
      throw error
    }
  }

  /// Nil where there is no such collection yet.
  private func documentsThere() throws(Failure) -> Int? {
    do throws(Failure) { return try target.documents() } catch {
      guard error.exit == .noInput else { throw error }
      return nil
    }
  }

  /// `has`: how many documents are there for readers.
  private mutating func guardReaders(
    _ has: Int, against change: IndexChange, to new: IndexState
  ) throws(Failure) {
    for objection in publisher.order.guards.objections(
      toDeleting: max(has - change.adds, 0), of: has, leaving: change.adds)
    { try objections.raise(objection, .refused) }
    guard has > 0, seen?.shared ?? true else { return }
    let ours = try seen.map { (state) throws(Failure) in
      try publisher.states.open(old: state, sharing: new).documents
    }
    try objections.raise(
      "\(max(has - (ours ?? 0), 0)) of its \(has.counted("document")) are of others, and would be gone",
      .refused)
  }

  private mutating func send(
    _ change: IndexChange, to fresh: any ServingTarget, _ version: Int
  ) throws(Failure) {
    sent.rejected += try there(fresh) { () throws(Failure) in
      let rejected = try publisher.send(change, to: fresh, version)
      try fresh.commit()
      return rejected
    }
    sent.adds += change.adds
    sent.deletes += change.deletes
    try publisher.pass(sent.rejected)
  }

  /// What is not there any more was removed.
  private func there<T>(
    _ fresh: any ServingTarget, _ body: () throws(Failure) -> T
  ) throws(Failure) -> T {
    do throws(Failure) { return try body() } catch {
      throw error.exit == .noInput ? .removed(fresh.name) : error
    }
  }

  private func count(_ fresh: any ServingTarget) throws(Failure) {
    let (count, expected) = (try there(fresh, fresh.documents), sent.adds - sent.rejected)
    guard count != expected else { return }
    throw Failure(
      .badData, cannot: "publish to", fresh.name,
      because: "it has \(count.counted("document")), and \(expected) were sent:"
        + " it does not take \(target.name)'s place"
    )
  }

  /// By then the fresh one says that it was taken, and the one that is read that it was begun: the next run ends it in any case.
  private mutating func swap(
    to fresh: any ServingTarget, _ begun: TargetState, isFirst: Bool
  ) throws(Failure) -> TargetOutcome {
    var taken = step.end(begun)
    taken.shared = false
    try there(fresh) { () throws(Failure) in try fresh.set(taken) }
    if !isFirst { try target.set(begun) }
    if let replaced = try target.swap(to: fresh), replaced.taken != begun.taken, try target.state() == taken {
      taken = try bring(replaced, after: taken)
    }
    sent.isForced = objections.isForced
    return .published(taken, sent)
  }

  /// What was published to the other one while the name was swapped.
  private mutating func bring(
    _ replaced: TargetState, after taken: TargetState
  ) throws(Failure) -> TargetState {
    step = try next(after: replaced)
    _ = try open()
    var state = taken
    state.batch = replaced.batch
    state.version = max(taken.version, replaced.version)
    guard case .published(let brought, let more) = try publisher.change(step, after: state, &objections)
    else { return taken }
    sent.adds += more.adds
    sent.deletes += more.deletes
    sent.rejected += more.rejected
    return brought
  }
}

// MARK: - What is published meanwhile

extension BaseFilling {
  /// So often what was published while the last part was sent is sent, too: each time it is less, or it never ends.
  private static let mostRounds = 10

  private mutating func follow(
    from filled: IndexState, in fresh: any ServingTarget, _ begun: inout TargetState
  ) throws(Failure) {
    var filled = filled
    for _ in 0..<Self.mostRounds {
      guard let now = try target.state(), now != seen else { return }
      let version = max(begun.version, now.version) + 1
      if now.taken != seen?.taken {
        step = try next(after: now)
        let newer = try open()
        try send(IndexChange(from: [filled], to: newer), to: fresh, version)
        filled = newer
      }
      begun = step.begin(now)
      begun.version = max(begun.version, version)
      seen = now
    }
    throw Failure(
      .tryAgain, cannot: "publish to", target.name,
      because: "batches are published there faster than \(fresh.name) can follow: let them pause, and publish"
        + " the base again")
  }

  /// To that generation, or to the base's build below that delta.
  private mutating func next(after now: TargetState) throws(Failure) -> TargetStep {
    switch offer.standing(to: now) {
    case .refused(let reason, let exit): try objections.raise(reason, exit)
    case .superseded where offer.published != nil: return TargetStep(again: now)
    default: break
    }
    return TargetStep(offer, after: now, asBase: true)
  }

  /// A base's build stays below the delta that the target has, as in a destination: its window reaches further.
  private mutating func open() throws(Failure) -> IndexState {
    var new: IndexState
    do throws(Failure) { new = try publisher.states.open(new: step) } catch {
      guard step.next.index.count > 1, StateOpening.isGone(error) else { throw error }
      try objections.raise("the delta that it has can't be laid over this base: \(error.message)", .refused)
      new = try openWithoutDelta()
    }
    guard new.published == nil else { return new }
    if let base = new.base, let delta = new.delta {
      switch Coverage(of: delta, over: base) {
      case .laidOver: break
      case .gap:
        try objections.raise(
          "the base ends at \(base.position), and the delta that it has begins after \(delta.from):"
            + " what lies between would be in neither", .refused)
        fallthrough
      default: new = try openWithoutDelta()
      }
    }
    for objection in step.objections(to: new) { try objections.raise(objection, .refused) }
    return new
  }

  private mutating func openWithoutDelta() throws(Failure) -> IndexState {
    step.dropDelta()
    return try publisher.states.open(new: step)
  }
}
