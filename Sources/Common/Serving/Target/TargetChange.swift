internal import Changes
internal import Failures
internal import Publishing

extension TargetPublisher {
  /// What is to be sent, and from which state on.
  private struct Plan {
    let new: IndexState
    let change: IndexChange
    /// Nil where what the target has is known by its states; else the ids that it has, and the index has not.
    let unknown: [[UInt8]]?
    let state: TargetState

    var deletes: Int { change.deletes + (unknown?.count ?? 0) }
  }

  func change(
    _ step: TargetStep, after state: TargetState?, _ objections: inout TargetObjections
  ) throws(Failure) -> TargetOutcome {
    let plan = try plan(step, after: state, &objections)
    if order.dryRun { return rehearse(step, adds: plan.change.adds, deletes: plan.deletes) }
    let begun = step.begin(plan.state)
    try target.set(begun)
    // Once more, since until now another publisher could send.
    let unknown = try plan.unknown.map { (_) throws(Failure) in try unknownIDs(to: plan.new, begun) } ?? []
    let taken = step.end(begun)
    let rejected: Int
    do throws(Failure) {
      rejected = try send(plan.change, deleting: unknown, to: target, begun.version)
      try target.commit()
      try pass(rejected)
      try target.set(taken)
    } catch {
      say(sent: step, as: begun)
      throw error
    }
    return .published(
      taken,
      .init(
        adds: plan.change.adds, deletes: plan.change.deletes + unknown.count, rejected: rejected,
        isForced: objections.isForced))
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
    let has = try count(of: state, old, change)
    var begun = known ?? TargetState(taken: .nothing)
    if state == nil { begun.shared = has > 0 }
    if !isWhole, begun.shared || order.keepExpired {
      note("\(target.name): documents that the index does not have are left alone")
    }
    let plan = Plan(
      new: new, change: change, unknown: isWhole ? nil : try unknownIDs(to: new, begun), state: begun)
    let left = order.guards.minDocuments > 0 ? try new.documents : .max
    for objection in order.guards.objections(toDeleting: plan.deletes, of: has, leaving: left) {
      try objections.raise(objection, .refused)
    }
    return plan
  }

  /// How many documents the target has, where something depends on it. What it may have of states that were begun is as good as
  /// there, and what is of others is not ours to lose.
  private func count(
    of state: TargetState?, _ old: StateOpening.Old?, _ change: IndexChange
  ) throws(Failure) -> Int {
    guard let state, let old, old.isWhole else { return try target.documents() }
    if change.deletes == 0 { return 0 }
    if state.shared { return try old.documents }
    let has = try target.documents()
    return try state.taking == nil ? has : max(has, old.documents)
  }

  /// What the target has and the index has not, where nothing else can tell. Of what may merely have left the window, what a
  /// tombstone names.
  private func unknownIDs(to new: IndexState, _ state: TargetState) throws(Failure) -> [[UInt8]] {
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
