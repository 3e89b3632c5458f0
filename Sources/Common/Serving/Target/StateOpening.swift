internal import Bytes
internal import Changes
internal import Failures
internal import Objects

/// Opens the states of an index that a target was told of.
struct StateOpening {
  private let target: String
  private let stores: Stores
  private let note: @Sendable (String) -> Void

  init(_ target: String, _ stores: Stores, _ note: @escaping @Sendable (String) -> Void) {
    (self.target, self.stores, self.note) = (target, stores, note)
  }

  /// What the target may have any mixture of.
  struct Old {
    var states: [IndexState] = []
    /// False where one of them can't be read any more; then there are none, and what the target has it must be asked.
    var isWhole = true

    var documents: Int {
      get throws(Failure) {
        var sum = 0
        for state in states { sum += try state.documents }
        return sum
      }
    }
  }

  func open(new step: TargetStep) throws(Failure) -> IndexState {
    do throws(Failure) { return try open(step.next, sharing: []) } catch {
      guard step.next.index.count > 1, Self.isGone(error) else { throw error }
      throw Failure(
        error.exit, cannot: "publish to", target,
        because: "the base that it was told before can't be read, or the build: \(error.message) (see --base)"
      )
    }
  }

  func open(old state: TargetState, sharing new: IndexState) throws(Failure) -> Old {
    var old = Old()
    guard !state.isLost else {
      note("\(target) is compared with the whole index: what it was told before does not say what it has")
      return Old(isWhole: false)
    }
    for taken in [state.taken] + state.begun {
      do throws(Failure) { old.states.append(try open(taken, sharing: [new] + old.states)) } catch {
        guard Self.isGone(error) else { throw error }
        note("\(target) is compared with the whole index: \(error.message)")
        return Old(isWhole: false)
      }
    }
    return old
  }

  private func open(_ taken: TargetState.Taken, sharing others: [IndexState]) throws(Failure) -> IndexState {
    guard let name = taken.index.first else { return IndexState() }
    let first = try location(name)
    var state =
      try taken.index.count > 1
      ? IndexState(try location(taken.index[1]), over: first, stores: stores, sharing: others)
      : IndexState(first, stores: stores, asBase: taken.base != nil, sharing: others)
    if let position = taken.base { state.place(base: position) }
    return state
  }

  private func location(_ name: String) throws(Failure) -> Location {
    guard let location = Location(name) else {
      throw Failure(.badData, cannot: "open", name, because: "it is no location")
    }
    return location
  }

  /// Collected, or its work directory cleaned, or damaged, or another account's: not a store that does not answer just now.
  static func isGone(_ failure: Failure) -> Bool {
    failure.exit == .noInput || failure.exit == .badData || failure.exit == .permission
  }
}
