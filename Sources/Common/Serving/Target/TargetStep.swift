internal import Bytes
internal import Changes
internal import Failures
internal import Publishing

/// The step of a target from the state that it has to the one that is offered.
struct TargetStep {
  private(set) var next: TargetState.Taken
  private(set) var position: String
  /// A base's own.
  private let ownPosition: String
  private let isBatch: Bool
  private let lineage: String
  private let isOfAnotherLineage: Bool
  private let olderPosition: String?
  /// Where another base is to take its place.
  private let olderBase: String?

  /// A build is laid over the base that the target has, or under the delta, and numbered after what it has.
  init(_ offer: TargetOffer, after state: TargetState?, asBase: Bool) {
    let taken = state?.taken ?? .nothing
    let name = offer.location.description
    let known = state.flatMap { $0.lineage.isEmpty ? nil : $0.lineage }
    ownPosition = offer.position.isEmpty ? state?.position ?? "" : offer.position
    var position = ownPosition
    isBatch = (!asBase && !offer.position.isEmpty) || offer.published != nil
    olderPosition = state?.position
    olderBase = asBase ? taken.base : nil
    if let published = offer.published {
      next = .init(generation: published.number, index: [name])
      lineage = published.lineage
    } else {
      let base = taken.base == nil ? [] : taken.index.prefix(1)
      let delta = taken.isPublished ? [] : taken.index.dropFirst(base.count)
      next = .init(
        generation: taken.generation + 1, index: asBase ? [name] + delta : base + [name],
        base: asBase ? offer.position : taken.base)
      if asBase, !delta.isEmpty { position = max(position, state?.position ?? "") }
      lineage = taken.isPublished ? RandomID.draw() : known ?? RandomID.draw()
    }
    self.position = position
    isOfAnotherLineage = known != nil && known != lineage
  }

  /// To what a target has.
  init(again state: TargetState) {
    (next, lineage) = (state.taken, state.lineage)
    (position, ownPosition) = (state.position, state.position)
    (isBatch, isOfAnotherLineage, olderPosition, olderBase) = (false, false, nil, nil)
  }

  /// Of a base: without the delta that the target has.
  mutating func dropDelta() {
    next.index.removeLast(next.index.count - 1)
    position = ownPosition
  }

  /// What speaks against a state beside its number.
  func objections(to new: IndexState) -> [String] {
    var objections: [String] = []
    if let base = new.base, let delta = new.delta, Coverage(of: delta, over: base) == .gap {
      objections.append(
        "the delta begins after \(delta.from), and its base ends at \(base.position):"
          + " what lies between would be in neither (widen --window, or publish a newer base)")
    }
    if isOfAnotherLineage || new.published != nil { return objections }
    if let olderPosition, position < olderPosition {
      objections.append("its position \(position) is older than the one that is there, \(olderPosition)")
    } else if let olderBase, let base = next.base, base < olderBase {
      objections.append(
        "its position \(base.isEmpty ? "(none)" : base) is older than that of the base that is there, \(olderBase)"
      )
    }
    return objections
  }

  /// The state from now on, until it is taken. What is sent once more, the same, has the same version.
  func begin(_ state: TargetState) -> TargetState {
    var begun = state
    if state.taking != next || state.lineage != lineage {
      begun.version = max(state.version + 1, next.generation)
    }
    // Its number says nothing among those of the new lineage.
    if isOfAnotherLineage { begun.taken.generation = 0 }
    begun.lineage = lineage
    begun.begin(next)
    return begun
  }

  func end(_ state: TargetState) -> TargetState {
    var taken = state
    taken.end()
    taken.position = position
    if isBatch { taken.batch = next.generation } else if isOfAnotherLineage { taken.batch = 0 }
    return taken
  }
}

/// What speaks against a publish: the end of it, unless `--force` was given.
struct TargetObjections {
  private let target: String
  private let force: Bool
  private let note: @Sendable (String) -> Void
  private(set) var isForced = false

  init(_ target: String, force: Bool, _ note: @escaping @Sendable (String) -> Void) {
    (self.target, self.force, self.note) = (target, force, note)
  }

  mutating func raise(_ reason: String, _ exit: Exit) throws(Failure) {
    guard force else {
      throw Failure(exit, cannot: "publish to", target, because: Self.naming("--force", in: reason))
    }
    note("forced, although \(reason)")
    isForced = true
  }

  /// Behind what the reason names in brackets itself.
  private static func naming(_ option: String, in reason: String) -> String {
    reason.hasSuffix(")") ? "\(reason.dropLast()); see \(option))" : "\(reason) (see \(option))"
  }
}
