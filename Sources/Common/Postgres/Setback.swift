package import Failures

/// Why an attempt did not succeed, and whether another one may.
package struct Setback: Error {
  package var failure: Failure
  /// What failed may go by itself: the server is starting, the connection broke, another transaction was in the way.
  package var mayPass = false
  /// The server has not said what became of what was sent last.
  package var isLost = false
  /// The server's SQLSTATE; empty where it said none.
  package var state = ""

  package init(_ failure: Failure) { self.failure = failure }

  init(_ place: String, state: String, _ reason: String) {
    let verdict = Verdict(state: state)
    failure = Failure(
      verdict.exit, cannot: "use", place, because: "\(reason) (PostgreSQL \(state))\(verdict.advice)")
    mayPass = verdict.mayPass
    self.state = state
  }

  /// The connection broke, or the server is silent.
  init(lost place: String, _ reason: String) {
    failure = Failure(.tryAgain, cannot: "use", place, because: reason)
    mayPass = true
    isLost = true
  }
}

/// What a SQLSTATE means for whoever reads the line, and for the exit status. The codes: "PostgreSQL Error Codes", appendix A
/// of PostgreSQL's documentation.
struct Verdict {
  var exit = Exit.badData
  var mayPass = false
  var advice = ""

  init(state: String) {
    switch state {
    // Somebody else made the row that was about to be made.
    case "23505": (exit, mayPass) = (.tryAgain, true)
    case "55P03": (exit, advice) = (.tryAgain, "; another transaction holds it")
    case "57014": (exit, advice) = (.tryAgain, "; it took longer than --patience")
    case "25006":
      (exit, advice) = (
        .configuration,
        "; it is a replica, or set to be read only: name the primary, or several hosts and "
          + "target_session_attrs=read-write"
      )
    case "3D000": (exit, advice) = (.noInput, "; make it with createdb(1)")
    case "3F000", "0A000": exit = .configuration
    case "42501": (exit, advice) = (.permission, "; GRANT it, or make a schema of the user's own")
    case "53100": exit = .io
    default: take(class: state.prefix(2))
    }
  }

  private mutating func take(class name: Substring) {
    switch name {
    // Connections, a conflict with another transaction, too many of them, the server's going and coming.
    case "08", "25", "40", "53", "57": (exit, mayPass) = (.tryAgain, true)
    case "28":
      (exit, advice) = (.permission, "; see the user's name, and for the password PGPASSFILE")
    case "22", "42": advice = "; the tables are not those that freshet makes"
    case "58", "XX": exit = .io
    default: break
    }
  }
}
