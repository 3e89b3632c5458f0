package import Failures

/// Why a store did not do what it was asked; each case is something that a caller decides on.
package enum StoreError: Error, Equatable, Sendable {
  package enum Thing: Sendable { case object, root }

  /// There is no such object, or no such directory or bucket.
  case notFound(Thing)
  /// The object is not, or no longer, what the condition asked for. Nothing was changed.
  case conditionFailed
  /// Keys, permissions. Asking again does not help.
  case denied(String)
  /// The store can't do this at all, such as a conditional write.
  case unsupported(String)
  /// Not now: time-outs, 5xx, throttling, after what retries there are. A write may or may not have happened.
  case unavailable(String)
  /// What came is not what was asked for: cut short, malformed, too large, a name that can't be.
  case invalid(String)
  /// The local file system failed.
  case io(Exit, String)

  package var exit: Exit {
    switch self {
    case .notFound: .noInput
    case .conditionFailed: .tryAgain
    case .denied: .permission
    case .unsupported: .configuration
    case .unavailable: .tryAgain
    case .invalid: .badData
    case .io(let exit, _): exit
    }
  }

  package var reason: String {
    switch self {
    case .notFound(.object): "no such object"
    case .notFound(.root): "no such directory or bucket"
    case .conditionFailed: "it was changed meanwhile"
    case .denied(let reason), .unsupported(let reason), .unavailable(let reason), .invalid(let reason),
      .io(_, let reason):
      reason
    }
  }

  /// As the one line for a person: `cannot VERB OBJECT: REASON`.
  package func failure(cannot verb: String, _ object: some CustomStringConvertible) -> Failure {
    Failure(exit, cannot: verb, object.description, because: reason)
  }
}
