internal import Glibc

/// Why a tool gives up: one exit code and one sentence for a person.
///
/// The sentence is what follows the tool's name: `cannot list s3://b/p: access denied (403 AccessDenied)`.
/// Raised in the rooms, printed once, on top, by `Console`.
package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
  package let exit: Exit
  package let message: String
  /// The end of the sentence: what is left to say where somebody else names the object.
  package let reason: String

  package init(_ exit: Exit, _ message: String) {
    self.exit = exit
    self.message = message
    reason = message
  }

  /// `cannot VERB OBJECT: REASON`
  package init(_ exit: Exit, cannot verb: String, _ object: String, because reason: String) {
    self.exit = exit
    message = "cannot \(verb) \(object): \(reason)"
    self.reason = reason
  }

  /// A system call's failure, with the exit code that its error number calls for.
  package init(errno code: Int32, cannot verb: String, _ object: String) {
    self.init(Exit(errno: code), cannot: verb, object, because: String(cString: strerror(code)))
  }

  /// A system call's failure to make something: a missing directory above it is no missing input.
  package init(errno code: Int32, cannotCreate object: String) {
    let exit = Exit(errno: code)
    self.init(
      exit == .noInput ? .cannotCreate : exit, cannot: "create", object,
      because: String(cString: strerror(code)))
  }

  /// As much of a statement in SQL as a line has room for.
  package static func beginning(of statement: String) -> String {
    let line = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count > 60 ? line.prefix(60) + "..." : line
  }

  package var description: String { message }

  /// By what is said and done in the end.
  package static func == (a: Failure, b: Failure) -> Bool { a.exit == b.exit && a.message == b.message }
}

/// The exit codes: 0, 1, and those of sysexits(3).
package enum Exit: Int32, Sendable {
  case success = 0
  /// Nothing was changed: a guard, a lost race, or "nothing to do" under `-e`.
  case refused = 1
  case usage = 64
  case badData = 65
  case noInput = 66
  case unavailable = 69
  /// A bug of ours.
  case software = 70
  case cannotCreate = 73
  case io = 74
  case tryAgain = 75
  case permission = 77
  case configuration = 78

  package init(errno code: Int32) {
    switch code {
    case ENOENT, ENOTDIR: self = .noInput
    case EACCES, EPERM, EROFS: self = .permission
    case EEXIST, EISDIR, ENAMETOOLONG, ELOOP: self = .cannotCreate
    case EAGAIN, EINTR, EBUSY: self = .tryAgain
    case EMFILE, ENFILE, ENOMEM: self = .unavailable
    default: self = .io
    }
  }
}
