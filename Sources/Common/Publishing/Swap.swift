internal import Failures
internal import Objects

/// The commit: CURRENT is replaced, from exactly what was read.
///
/// A reply that is lost, and a condition that failed, say nothing yet: the earlier request of one's own may have been
/// carried out. So the pointer is read again:
///
///     own commit id in it, or in its history   committed
///     still what was read                      the same bytes again
///     anything else                            overtaken
///
/// Killed in here: the request may still be carried out, by compare-and-swap or not at all. The next run of the pipe
/// finds the destination past its generation, and prints the receipt of what is there.
struct Swap {
  let destination: Destination
  let from: StoredPointer?
  let to: Pointer
  /// How long a store may leave us without a clear answer.
  let patience: Duration

  enum Outcome { case committed, overtaken }

  func run() throws(Failure) -> Outcome {
    var insistence = Insistence(for: patience)
    var tag = from?.tag
    var answer = StoreError.conditionFailed
    repeat {
      let place = destination.place.within(insistence)
      guard let doubt = try place.write(Destination.current, to.bytes, if: condition(tag)) else {
        return .committed
      }
      answer = doubt
      let now = try ask(insistence)
      if let now, let commit = to.commits.last, now.pointer.contains(commit) {
        // A rename is visible before it is durable.
        try place.settle(Destination.current)
        return .committed
      }
      guard now?.pointer == from?.pointer else { return try overtaken(by: now) }
      tag = now?.tag
    } while insistence.pause()
    throw unclear(answer.reason)
  }

  private func condition(_ tag: String?) -> WriteCondition {
    if to.writers == .one { return .always }
    return tag.map { .matches($0) } ?? .absent
  }

  /// `insistence` goes on where it stands.
  private func ask(_ insistence: Insistence) throws(Failure) -> StoredPointer? {
    var insistence = insistence
    while true {
      do throws(Failure) { return try Destination(destination.place.within(insistence)).pointer() } catch {
        guard error.exit == .tryAgain else { throw error }
        guard insistence.pause() else { throw unclear(error.reason) }
      }
    }
  }

  /// A pointer that has gone was deleted by somebody; nothing may be begun in its place.
  private func overtaken(by now: StoredPointer?) throws(Failure) -> Outcome {
    guard now == nil, let from else { return .overtaken }
    throw Failure(
      .badData, cannot: "publish to", destination.location.description,
      because: "CURRENT was deleted while generation \(from.pointer.generation + 1) was published")
  }

  private func unclear(_ answer: String) -> Failure {
    Failure(
      .tryAgain, cannot: "publish to", destination.location.description,
      because: "the store did not say in time whether CURRENT was replaced, and in the end that \(answer);"
        + " the next run will find out")
  }
}
