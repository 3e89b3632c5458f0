package import Bytes
internal import Failures
internal import Glibc
package import Lines
package import Publishing

/// What is offered to a target: a generation that was published, or a build, which the target numbers itself.
package struct TargetOffer: Sendable {
  /// Its .json, from wherever it is opened.
  package let location: Location
  /// Nil for a build.
  package let published: Generation?
  package let position: String
  /// What a build has to follow.
  package var parent: Parent
  /// Of the batch that it was made from.
  package let receipts: [Receipt]

  package init(_ generation: Generation, at destination: Location, receipts: [Receipt]) {
    location = generation.manifest(at: destination).absolute
    published = generation
    position = generation.position
    parent = .current
    self.receipts = receipts
  }

  package init(_ built: BuiltIndex, after parent: Parent, receipts: [Receipt]) {
    location = built.location.absolute
    published = nil
    position = built.manifest.position
    self.parent = parent
    self.receipts = receipts
  }
}

/// How an offer stands to what a target has.
///
///     a generation n, of the target's lineage         a build, made after the watermark's generation n
///     taken < n, nothing newer begun    follows       taken = n    follows; the very build: unchanged
///     taken = n, nothing older begun    there         taken > n    superseded; by the very build: there
///     taken > n                         superseded    taken < n    refused: the target was reset, or restored
///     taking > n                        refused       the target has what a destination published: refused
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
    guard let state else { return .follows }
    if !state.lineage.isEmpty, state.lineage != generation.lineage {
      return .refused(Self.otherLineage(state.lineage, generation.lineage), .badData)
    }
    if state.taken.generation >= generation.number {
      if state.taken.generation > generation.number { return .superseded }
      // What an overtaken publisher has sent may have come last.
      return state.taking.map { $0.generation <= generation.number } ?? false ? .follows : .there
    }
    if let taking = state.taking, taking.generation > generation.number {
      return .refused(
        "generation \(taking.generation) was begun there: its publisher, or that one's next run, ends it",
        .tryAgain)
    }
    return .follows
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
      // Again, under the next number: what an overtaken publisher has sent may have come last.
      let isLatest = state.taking.map { $0.generation <= taken.generation } ?? false
      return isLatest && taken.index.last == location.description ? .follows : .superseded
    }
    if taken.generation >= generation { return isThis && generation > 0 ? .unchanged : .follows }
    return .refused(
      "it is at generation \(taken.generation), and the watermark at \(generation): it was reset or restored",
      .badData)
  }

  private static func otherLineage(_ theirs: String, _ ours: String) -> String {
    "its lineage is \(theirs), and the index's is \(ours): it has another index"
  }
}

extension Location {
  /// The same from every directory.
  package var absolute: Location {
    guard case .local(let path) = self, path.first != UInt8(ascii: "/"), let here = getcwd(nil, 0) else {
      return self
    }
    defer { free(here) }
    return Location.local(path: Array(String(cString: here).utf8)).appending(path)
  }
}

extension TargetOffer {
  /// Whether a receipt's location is a target, or the change that was printed, and so no place to read an index from.
  package static func isTarget(_ location: String) -> Bool {
    if location == "-" { return true }
    return (try? TargetAddress(location)) != nil
  }
}

extension TargetOffer {
  /// The same, made after another.
  package func following(_ parent: Parent) -> TargetOffer {
    var offer = self
    offer.parent = parent
    return offer
  }
}
