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
/// before the name is swapped.
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
    case .superseded: if let state { return .superseded(try settled(state, &objections)) }
    case .unchanged: if !order.asBase, !order.force { return order.dryRun ? .rehearsed : .unchanged }
    }
    if order.asBase {
      var filling = BaseFilling(self, offer, after: state, objections)
      return try filling.publish()
    }
    var step = TargetStep(offer, after: state, asBase: false)
    // The same once more: an overtaken publisher may have sent something last, or somebody else has changed what is there.
    if let state, step.next.index == state.taken.index, order.force || state.isDoubtful {
      step = TargetStep(again: state)
    }
    return try change(step, after: state, &objections)
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

  /// What is there, once more: where an overtaken publisher may have sent something older behind it.
  private func settled(
    _ state: TargetState, _ objections: inout TargetObjections
  ) throws(Failure) -> TargetState {
    guard state.isDoubtful, !order.dryRun else { return state }
    do throws(Failure) {
      let outcome = try change(TargetStep(again: state), after: state, &objections)
      if case .published(let settled, _) = outcome { return settled }
    } catch {
      // Whoever was faster has it, and settles it by what comes next.
      guard StateOpening.isGone(error) else { throw error }
      note("\(target.name) may have something older until the next publish: \(error.message)")
    }
    return state
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

  func change(
    _ step: TargetStep, after state: TargetState?, _ objections: inout TargetObjections
  ) throws(Failure) -> TargetOutcome {
    let plan = try plan(step, after: state, &objections)
    if order.dryRun { return rehearse(step, adds: plan.change.adds, deletes: plan.deletes) }
    let begun = step.begin(plan.state)
    try target.set(begun)
    let taken = step.end(begun)
    let rejected: Int
    do throws(Failure) {
      rejected = try send(plan.change, deleting: plan.unknown, to: target, begun.version)
      try target.commit()
      try pass(rejected)
      guard try target.state() == begun else { throw .overtaken(at: target.name) }
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
    let new = try states.open(new: step)
    for objection in step.objections(to: new) { try objections.raise(objection, .refused) }
    var known = state
    if order.force, state?.taken == step.next { known?.distrust() }
    let old = try known.map { (state) throws(Failure) in try states.open(old: state, sharing: new) }
    let isWhole = old?.isWhole ?? true
    if !isWhole, let state, state.shared || order.keepExpired {
      let whose = state.shared ? "others have documents there" : "--keep-expired keeps what left the window"
      try objections.raise(
        "what it was told before is gone, and \(whose): what the index no longer has would stay", .refused)
    }
    let change = try IndexChange(from: old?.states ?? [], to: new, keepExpired: order.keepExpired)
    // How many documents a target has is asked where something depends on it. What it may have of states that were begun is
    // as good as there, and what is of others is not ours to lose.
    var has = state == nil || change.deletes > 0 || !isWhole ? try target.documents() : 0
    if let state, let old, isWhole, change.deletes > 0, state.shared || state.taking != nil {
      has = max(state.shared ? 0 : has, try old.documents)
    }
    var begun = known ?? TargetState(taken: .nothing)
    if state == nil { begun.shared = has > 0 }
    let plan = Plan(
      change: change, unknown: isWhole ? [] : try unknownIDs(to: new, begun), state: begun)
    let left = order.guards.minDocuments > 0 ? try new.documents : .max
    for objection in order.guards.objections(toDeleting: plan.deletes, of: has, leaving: left) {
      try objections.raise(objection, .refused)
    }
    return plan
  }

  /// What the target has and the index has not, where nothing else can tell. Of what may merely have left the window, what a
  /// tombstone names.
  private func unknownIDs(to new: IndexState, _ state: TargetState) throws(Failure) -> [[UInt8]] {
    if state.shared || order.keepExpired {
      note("\(target.name): documents that the index does not have are left alone")
    }
    if state.shared { return [] }
    var names = new.names
    var unknown: [[UInt8]] = []
    try target.forEachID { (id) throws(Failure) in
      let isGone = try id.withUnsafeBufferPointer { (bytes) throws(Failure) in
        let bytes = UnsafeRawBufferPointer(bytes)
        if try names.contains(id: bytes) { return false }
        return try order.keepExpired ? names.deletes(id: bytes) : true
      }
      if isGone { unknown.append(id) }
    }
    return unknown
  }
}

// MARK: - What a base needs, too

extension TargetPublisher {
  var states: StateOpening { StateOpening(target.name, stores, note) }

  /// How many documents were refused; nothing is visible yet.
  func send(
    _ change: IndexChange, deleting unknown: [[UInt8]] = [], to target: any ServingTarget, _ version: Int
  ) throws(Failure) -> Int {
    let sending = GroupSending(target: target, version: version, order: order, note: note)
    return try sending.run { (send) throws(Failure) in
      try change.forEachGroup(send)
      for id in unknown {
        try send(GroupChange(group: id, documents: [DocumentChange(id: id, document: nil)]))
      }
    }
  }

  func pass(_ rejected: Int) throws(Failure) {
    guard rejected > order.skipBad else { return }
    throw Failure(
      .refused, cannot: "publish to", target.name,
      because:
        "it refused \(rejected == 1 ? "1 document" : "\(rejected) documents"), and --skip-bad is \(order.skipBad)"
    )
  }

  func rehearse(_ step: TargetStep, adds: Int, deletes: Int) -> TargetOutcome {
    note(
      "would publish generation \(step.next.generation) to \(target.name): \(adds) documents to send, \(deletes) to delete,"
        + " position: \(step.position.isEmpty ? "none" : step.position)")
    return .rehearsed
  }
}
