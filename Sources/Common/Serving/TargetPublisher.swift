internal import Bytes
internal import Changes
package import Failures
package import Objects
package import Publishing

/// Brings a target to a state of an index. The order of its steps, and what a kill after each leaves behind:
///
///  1. its state is read, the old states and the new one are opened and compared, guards are asked: nothing
///  2. the new state is written down as begun: what was there, and the word that it may be more
///  3. groups are sent, each whole in a request: any part of the new state among the old one
///  4. what was sent is made visible: the new state, and the word that it may be less
///  5. the new state is written down as taken; the outcome is returned, only now
///
/// The next run, of this state or a later one, compares with what was taken and all that was begun since: what any of them has,
/// and the new one has not, is deleted, and what differs from any of them is sent. So it ends what was begun, whatever part of
/// it was done.
///
/// A base goes into a collection beside the one that is read, whose state says that it was begun; its own says that it was taken,
/// before the name is swapped. Where the state stays with the name, and not with the collection, both readings are right.
package struct TargetPublisher: Sendable {
  package struct Order: Sendable {
    package var guards = Guards()
    /// Overrides what is refused.
    package var force = false
    package var dryRun = false
    /// A full index, into a collection beside that takes the other's place.
    package var asBase = false
    package var keepExpired = false
    /// So many documents may be refused by the target.
    package var skipBad = 0
    /// Bytes of documents in a request, unless one group alone has more.
    package var largestRequest = 5 << 20
    /// Requests at once.
    package var jobs = 2

    package init() {}
  }

  let target: any ServingTarget
  let stores: Stores
  let order: Order
  /// Takes one line for a person.
  let note: @Sendable (String) -> Void

  package init(
    _ target: any ServingTarget, stores: Stores, _ order: Order, note: @escaping @Sendable (String) -> Void
  ) {
    (self.target, self.stores, self.order, self.note) = (target, stores, order, note)
  }

  /// 1 where a guard refuses, or the target refused documents; 65 where the target has another index; 75 where another
  /// publisher is at work on it, or it did not answer.
  package func publish(_ offer: TargetOffer) throws(Failure) -> TargetOutcome {
    var objections = TargetObjections(target.name, force: order.force, note)
    let state = try readState()
    switch offer.standing(to: state) {
    case .follows: break
    case .refused(let reason, let exit): try objections.raise(reason, exit)
    case .there:
      if let state, !order.asBase, !order.force {
        return order.dryRun ? rehearse(nothing: state) : .there(state)
      }
    case .superseded:
      if let state { return order.dryRun ? rehearse(nothing: state) : .superseded(state) }
    case .unchanged: if !order.asBase, !order.force { return order.dryRun ? .rehearsed : .unchanged }
    }
    let step = TargetStep(offer, after: state, asBase: order.asBase, isForced: objections.isForced)
    return try order.asBase
      ? replace(step, offer, after: state, &objections) : change(step, after: state, &objections)
  }

  /// Where a base is to be the first of its name, there is nothing yet.
  private func readState() throws(Failure) -> TargetState? {
    do throws(Failure) { return try target.state() } catch {
      guard order.asBase, error.exit == .noInput else { throw error }
      return nil
    }
  }

  private func rehearse(nothing state: TargetState) -> TargetOutcome {
    note("would publish nothing to \(target.name): generation \(state.taken.generation) is there")
    return .rehearsed
  }

  func rehearse(_ step: TargetStep, adds: Int, deletes: Int) -> TargetOutcome {
    note(
      "would publish generation \(step.next.generation) to \(target.name): \(adds) documents to send, \(deletes) to delete,"
        + " position: \(step.position.isEmpty ? "none" : step.position)")
    return .rehearsed
  }
}

// MARK: - A change

extension TargetPublisher {
  /// What is to be sent, and from which state on.
  private struct Plan {
    let change: IndexChange
    /// Ids that the target has, and the index has not.
    let unknown: [[UInt8]]
    let state: TargetState

    var deletes: Int { change.deletes + unknown.count }
  }

  private func change(
    _ step: TargetStep, after state: TargetState?, _ objections: inout TargetObjections
  ) throws(Failure) -> TargetOutcome {
    let plan = try plan(step, after: state, &objections)
    if order.dryRun { return rehearse(step, adds: plan.change.adds, deletes: plan.deletes) }
    let begun = step.begin(plan.state)
    try target.set(begun)
    let taken = step.end(begun)
    let rejected: Int
    do throws(Failure) {
      rejected = try send(plan, as: begun)
      guard try target.state() == begun else { throw overtaken }
      try target.set(taken)
    } catch {
      say(sent: step, as: begun)
      throw error
    }
    return .published(
      taken,
      .init(
        adds: plan.change.adds, deletes: plan.deletes, rejected: rejected, isForced: objections.isForced))
  }

  /// How many documents were refused.
  private func send(_ plan: Plan, as begun: TargetState) throws(Failure) -> Int {
    var sending = GroupSending(target, version: begun.version, order, note)
    try plan.change.forEachGroup { (group) throws(Failure) in try sending.send(group) }
    for id in plan.unknown {
      try sending.send(GroupChange(group: id, documents: [DocumentChange(id: id, document: nil)]))
    }
    try sending.finish()
    try target.commit()
    try pass(sending.rejected)
    return sending.rejected
  }

  /// What we have sent may have come behind what another publisher, who has the target by now, has sent: its state says so, and
  /// the next run puts it right.
  private func say(sent step: TargetStep, as begun: TargetState) {
    // Theirs is as it was read, or it is read again.
    for _ in 0..<Self.mostWords {
      guard case .some(.some(var theirs)) = try? target.state(), theirs != begun, theirs.taken != step.next
      else { return }
      var sent = step.next
      if theirs.lineage != begun.lineage { sent.generation = 0 }
      guard theirs.add(sent: sent) else { return }
      do throws(Failure) { return try target.set(theirs) } catch { continue }
    }
  }

  private static let mostWords = 5

  private func plan(
    _ step: TargetStep, after state: TargetState?, _ objections: inout TargetObjections
  ) throws(Failure) -> Plan {
    let states = TargetStates(target.name, stores, note)
    let new = try states.open(new: step)
    for objection in step.objections(to: new) { try objections.raise(objection, .refused) }
    let isRepair = order.force && state?.taken == step.next
    let old = try state.map { (state) throws(Failure) in
      isRepair ? states.distrusted : try states.open(old: state, sharing: new)
    }
    let isWhole = old?.isWhole ?? true
    if !isWhole, let state, state.shared {
      try objections.raise(
        "what it was told before is gone, and others have documents there: what the index no longer has would stay",
        .refused)
    }
    let change = try IndexChange(from: old?.states ?? [], to: new, keepExpired: order.keepExpired)
    // How many documents a target has is asked where something depends on it. What it may have of states that were begun is
    // as good as there.
    var has = state == nil || change.deletes > 0 || !isWhole ? try target.documents() : 0
    if let old, state?.taking != nil, change.deletes > 0 { has = max(has, try old.documents) }
    var begun = state ?? TargetState(taken: .nothing)
    if state == nil { begun.shared = has > 0 }
    let plan = Plan(
      change: change, unknown: isWhole ? [] : try unknownIDs(to: new, begun), state: begun)
    let left = order.guards.minDocuments > 0 ? try new.documents : .max
    for objection in order.guards.objections(toDeleting: plan.deletes, of: has, leaving: left) {
      try objections.raise(objection, .refused)
    }
    return plan
  }

  /// What the target has and the index has not, where nothing else can tell.
  private func unknownIDs(to new: IndexState, _ state: TargetState) throws(Failure) -> [[UInt8]] {
    guard !state.shared, !order.keepExpired else {
      note(
        "\(target.name): documents that the index does not have are left alone:"
          + (state.shared ? " some may be of others" : " they may have left the window"))
      return []
    }
    var names = new.names
    var unknown: [[UInt8]] = []
    try target.forEachID { (id) throws(Failure) in
      if try !names.contains(id: id) { unknown.append(id) }
    }
    return unknown
  }

  private func pass(_ rejected: Int) throws(Failure) {
    guard rejected > order.skipBad else { return }
    throw Failure(
      .refused, cannot: "publish to", target.name,
      because:
        "it refused \(rejected == 1 ? "1 document" : "\(rejected) documents"), and --skip-bad is \(order.skipBad)"
    )
  }

  private var overtaken: Failure {
    Failure(
      .tryAgain, cannot: "publish to", target.name, because: "another publisher has begun there meanwhile")
  }
}

// MARK: - A base

extension TargetPublisher {
  private func replace(
    _ step: TargetStep, _ offer: TargetOffer, after state: TargetState?, _ objections: inout TargetObjections
  ) throws(Failure) -> TargetOutcome {
    var step = step
    var new = try open(base: &step, &objections)
    let change = try IndexChange(from: [], to: new)
    let has = try documentsThere()
    for objection in order.guards.objections(
      toDeleting: max((has ?? 0) - change.adds, 0), of: has ?? 0, leaving: change.adds)
    { try objections.raise(objection, .refused) }
    if let has, has > 0, state?.shared ?? true {
      let others = max(has - (try ours(state, sharing: new)), 0)
      try objections.raise("\(others) of its \(has) documents are of others, and would be gone", .refused)
    }
    if order.dryRun { return rehearse(step, adds: change.adds, deletes: 0) }
    var begun = state ?? TargetState(taken: .nothing)
    if state == nil { begun.shared = has ?? 0 > 0 }
    begun = step.begin(begun)
    let fresh = try target.beside(generation: step.next.generation)
    var sent = TargetOutcome.Sent()
    try fill(fresh, with: change, begun.version, &sent)
    try count(fresh, expecting: change.adds - sent.rejected)
    // Batches may have been published to the one that is read meanwhile. To follow them takes less time each time.
    var seen = state
    while has != nil, let now = try target.state(), now != seen {
      let version = max(begun.version, now.version) + 1
      if now.taken != seen?.taken {
        step = try follow(now, offer, objections: &objections)
        let newer = try open(base: &step, &objections)
        try fill(fresh, with: IndexChange(from: [new], to: newer), version, &sent)
        new = newer
      }
      begun = step.begin(now)
      begun.version = max(begun.version, version)
      seen = now
    }
    var taken = step.end(begun)
    taken.shared = false
    try fresh.set(taken)
    if has != nil { try target.set(begun) }
    try target.swap(to: fresh)
    if try target.state() != taken { try target.set(taken) }
    sent.isForced = objections.isForced
    return .published(taken, sent)
  }

  private func fill(
    _ fresh: any ServingTarget, with change: IndexChange, _ version: Int, _ sent: inout TargetOutcome.Sent
  ) throws(Failure) {
    var sending = GroupSending(fresh, version: version, order, note)
    try change.forEachGroup { (group) throws(Failure) in try sending.send(group) }
    try sending.finish()
    try fresh.commit()
    sent.adds += change.adds
    sent.deletes += change.deletes
    sent.rejected += sending.rejected
    try pass(sent.rejected)
  }

  /// From a base that was filled to what was published meanwhile: that generation, or the base's build below that delta.
  private func follow(
    _ now: TargetState, _ offer: TargetOffer, objections: inout TargetObjections
  ) throws(Failure) -> TargetStep {
    switch offer.standing(to: now) {
    case .refused(let reason, let exit): try objections.raise(reason, exit)
    case .superseded where offer.published != nil: return TargetStep(again: now)
    default: break
    }
    return TargetStep(offer, after: now, asBase: true, isForced: objections.isForced)
  }

  /// A base's build stays below the delta that the target has, as in a destination: its window reaches further.
  private func open(
    base step: inout TargetStep, _ objections: inout TargetObjections
  ) throws(Failure) -> IndexState {
    let states = TargetStates(target.name, stores, note)
    var new = IndexState()
    do throws(Failure) { new = try states.open(new: step) } catch {
      guard step.next.index.count > 1, TargetStates.isGone(error) else { throw error }
      try objections.raise("the delta that it has can't be laid over this base: \(error.message)", .refused)
      step.dropDelta()
      new = try states.open(new: step)
    }
    guard new.published == nil else { return new }
    if let base = new.base, let delta = new.delta, case let coverage = Coverage(of: delta, over: base),
      coverage != .laidOver
    {
      if coverage == .gap {
        try objections.raise(
          "the base ends at \(base.position), and the delta that it has begins after \(delta.from):"
            + " what lies between would be in neither", .refused)
      }
      step.dropDelta()
      new = try states.open(new: step)
    }
    for objection in step.objections(to: new) { try objections.raise(objection, .refused) }
    return new
  }

  /// How many documents it was told of.
  private func ours(_ state: TargetState?, sharing new: IndexState) throws(Failure) -> Int {
    guard let state else { return 0 }
    return try TargetStates(target.name, stores, note).open(old: state, sharing: new).documents
  }

  /// Nil where there is no such collection yet.
  private func documentsThere() throws(Failure) -> Int? {
    do throws(Failure) { return try target.documents() } catch {
      guard error.exit == .noInput else { throw error }
      return nil
    }
  }

  private func count(_ fresh: any ServingTarget, expecting expected: Int) throws(Failure) {
    let count = try fresh.documents()
    guard count != expected else { return }
    throw Failure(
      .badData, cannot: "publish to", fresh.name,
      because: "it has \(count) documents, and \(expected) were sent: it does not take \(target.name)'s place"
    )
  }
}
