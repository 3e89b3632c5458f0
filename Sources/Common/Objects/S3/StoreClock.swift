internal import Synchronization

/// The clock that requests are signed by: this machine's, until a store says that it is wrong; then the store's, once.
final class StoreClock: Sendable {
  private struct State {
    /// Seconds by which the store's clock is ahead.
    var offset: Int64 = 0
    var isCorrected = false
  }

  private let state = Mutex(State())

  var offset: Int64 { state.withLock { $0.offset } }

  enum Verdict: Equatable {
    /// The store's time is taken over from now on.
    case corrected
    /// Another thread has done so since the request was signed.
    case known
    /// It was signed by the store's own time already.
    case hopeless
  }

  /// What comes of a request that was refused for its time, which was signed with `used`.
  func learn(_ offset: Int64, insteadOf used: Int64) -> Verdict {
    state.withLock { state in
      if state.offset != used { return .known }
      if state.isCorrected { return .hopeless }
      state = State(offset: offset, isCorrected: true)
      return .corrected
    }
  }

  /// `21 minutes behind the store's`
  static func text(_ offset: Int64) -> String {
    let distance = offset.magnitude
    let (number, unit) =
      distance >= 172_800
      ? (distance / 86_400, "days") : distance >= 120 ? (distance / 60, "minutes") : (distance, "seconds")
    return "\(number) \(unit) \(offset > 0 ? "behind" : "ahead of") the store's"
  }
}
