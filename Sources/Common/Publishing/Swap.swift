internal import Failures
internal import Glibc
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
    let deadline = ContinuousClock.now + patience
    var tag = from?.tag
    for attempt in 0... {
      if try write(condition(tag)) { return .committed }
      let now = try ask(until: deadline)
      if let now, let commit = to.commits.last, now.pointer.contains(commit) {
        try destination.settlePointer()
        return .committed
      }
      guard now?.pointer == from?.pointer else { return try overtaken(by: now) }
      tag = now?.tag
      try Self.pause(attempt, until: deadline, or: unclear)
    }
    return .overtaken
  }

  private func condition(_ tag: String?) -> WriteCondition {
    if to.writers == .one { return .always }
    return tag.map { .matches($0) } ?? .absent
  }

  /// False where it is not clear what has happened.
  private func write(_ condition: WriteCondition) throws(Failure) -> Bool {
    do throws(StoreError) {
      _ = try destination.store.write(destination.key(Destination.current), .bytes(to.bytes), if: condition)
      return true
    } catch {
      switch error {
      case .conditionFailed, .unavailable, .notFound(.object): return false
      default: throw error.failure(cannot: "write", destination.name(Destination.current))
      }
    }
  }

  private func ask(until deadline: ContinuousClock.Instant) throws(Failure) -> StoredPointer? {
    for attempt in 0... {
      do throws(Failure) { return try destination.pointer() } catch {
        guard error.exit == .tryAgain else { throw error }
        try Self.pause(attempt, until: deadline, or: unclear)
      }
    }
    return nil
  }

  /// A pointer that has gone was deleted by somebody; nothing may be begun in its place.
  private func overtaken(by now: StoredPointer?) throws(Failure) -> Outcome {
    guard now == nil, let from else { return .overtaken }
    throw Failure(
      .badData, cannot: "publish to", destination.location.description,
      because: "CURRENT was deleted while generation \(from.pointer.generation + 1) was published")
  }

  private var unclear: Failure {
    Failure(
      .tryAgain, cannot: "publish to", destination.location.description,
      because: "the store did not say in time whether CURRENT was replaced; the next run will find out")
  }

  /// Sleeps for a random time that doubles its bound, up to 2 s.
  private static func pause(
    _ attempt: Int, until deadline: ContinuousClock.Instant, or failure: Failure
  ) throws(Failure) {
    guard ContinuousClock.now < deadline else { throw failure }
    usleep(UInt32.random(in: 0...(25_000 << UInt32(min(attempt, 6)))))
  }
}
