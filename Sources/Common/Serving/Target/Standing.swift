internal import Failures
internal import Publishing

/// How an offer stands to what a target has.
///
///     a generation n, of the target's lineage         a build, made after the watermark's generation n
///     taken < n, nothing newer begun    follows       taken = n    follows; the very build: unchanged
///     taken = n, nothing older begun    there         taken > n    superseded; by the very build: there
///     taken = another one of that n     refused       taken < n    refused: the target was reset, or restored
///     taken > n                         superseded    the target has what a destination published: refused
///     taking > n                        refused
///     another lineage                   refused
enum Standing: Equatable {
  case follows
  /// It was taken before.
  case there
  /// The same build again, with no watermark that could be behind.
  case unchanged
  case superseded
  /// Goes on only with `--force`.
  case refused(String, Exit)
}

extension TargetOffer {
  func standing(to state: TargetState?) -> Standing {
    published.map { standing(of: $0, to: state) } ?? standing(ofBuild: state)
  }

  private func standing(of generation: Generation, to state: TargetState?) -> Standing {
    if let lineage = state?.lineage, !lineage.isEmpty, lineage != generation.lineage {
      return .refused(Self.otherLineage(lineage, generation.lineage), .badData)
    }
    if let state, state.taken.generation >= generation.number {
      if state.taken.generation > generation.number { return .superseded }
      guard state.taken.fileName == location.description.split(separator: "/").last else {
        return Self.isOfThePast(state.taken)
      }
      return state.isDoubtful ? .follows : .there
    }
    if let taking = state?.taking, taking.generation > generation.number {
      return .refused(
        "generation \(taking.generation) was begun there: its publisher, or that one's next run, ends it",
        .tryAgain)
    }
    guard case .exactly(let after, _) = parent else { return .follows }
    if state?.batch ?? 0 > after { return .superseded }
    let number = state?.taken.generation ?? 0
    return number < after ? Self.isBehind(number, after) : .follows
  }

  private func standing(ofBuild state: TargetState?) -> Standing {
    let taken = state?.taken ?? .nothing
    if taken.isPublished {
      return .refused("it follows what is published as \(taken.index[0]): publish there first", .badData)
    }
    let isThis = taken.index.last == location.description && state?.taking == nil
    guard case .exactly(let generation, let lineage) = parent else { return isThis ? .unchanged : .follows }
    if let lineage, let other = state?.lineage, !other.isEmpty, other != lineage {
      return .refused(Self.otherLineage(other, lineage), .badData)
    }
    if let state, state.batch > generation {
      if isThis { return .there }
      return state.isDoubtful && taken.index.last == location.description ? .follows : .superseded
    }
    if taken.generation >= generation { return isThis && generation > 0 ? .unchanged : .follows }
    return Self.isBehind(taken.generation, generation)
  }

  private static func isBehind(_ number: Int, _ watermark: Int) -> Standing {
    .refused(
      "it is at generation \(number), and the watermark at \(watermark): it was reset or restored", .badData)
  }

  /// A destination that is restored from a copy numbers anew what follows: so what is there now is told of by nothing but its name.
  static func isOfThePast(_ taken: TargetState.Taken) -> Standing {
    .refused(
      "it has \(taken.fileName), of which the destination knows nothing: that was restored from before",
      .badData)
  }

  private static func otherLineage(_ theirs: String, _ ours: String) -> String {
    "its lineage is \(theirs), and the index's is \(ours): it has another index"
  }
}
