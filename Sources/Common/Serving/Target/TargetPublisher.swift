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
    package var skipRefused = 0
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
  /// Is told, request by request, how many documents were sent or deleted, and of how many.
  package var progress: @Sendable (_ sent: Int, _ all: Int) -> Void = { _, _ in }

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
    switch try standing(of: offer, to: state) {
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

  /// A destination that has not got as far as the target, which was told of nothing else, was restored.
  private func standing(of offer: TargetOffer, to state: TargetState?) throws(Failure) -> Standing {
    let standing = offer.standing(to: state)
    guard standing == .superseded, offer.published != nil, let state else { return standing }
    let destination = try Destination(offer.location.directory.directory, stores: stores)
    let newest = try destination.current()?.generation.number ?? .max
    return newest < state.taken.generation ? TargetOffer.isOfThePast(state.taken) : standing
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

// MARK: - What a change and a base have in common

extension TargetPublisher {
  var states: StateOpening { StateOpening(target.name, stores, note) }

  /// How many documents were refused; nothing is visible yet.
  func send(
    _ change: IndexChange, deleting unknown: [[UInt8]] = [], to target: any ServingTarget, _ version: Int
  ) throws(Failure) -> Int {
    let all = change.adds + change.deletes + unknown.count
    let sending = GroupSending(
      target: target, version: version, order: order, note: note,
      progress: { [progress] in progress($0, all) })
    return try sending.run { (send) throws(Failure) in
      try change.forEachGroup(send)
      for id in unknown {
        try send(GroupChange(group: id, documents: [DocumentChange(id: id, document: nil)]))
      }
    }
  }

  func pass(_ rejected: Int) throws(Failure) {
    guard rejected > order.skipRefused else { return }
    throw Failure(
      .refused, cannot: "publish to", target.name,
      because:
        "it refused \(rejected.counted("document")), and --skip-refused is \(order.skipRefused)")
  }

  func rehearse(_ step: TargetStep, adds: Int, deletes: Int) -> TargetOutcome {
    note(
      "would publish generation \(step.next.generation) to \(target.name): \(adds.counted("document")) to send,"
        + " \(deletes) to delete, position: \(step.position.isEmpty ? "none" : step.position)")
    return .rehearsed
  }
}
