internal import CSQLite
internal import Failures

extension Failure {
  /// What SQLite answered, as an exit code and a sentence: its own words, its extended code, and the statement.
  /// Never a bound value.
  init(sqlite code: Int32, cannot verb: String, _ path: String, in sql: String) {
    let text = sqlite3_errstr(code).map { String(cString: $0) } ?? "error"
    let reason = "\(text) (SQLite \(code), in '\(Failure.beginning(of: sql))')"
    let exit = Exit(sqlite: code)
    self.init(exit, cannot: verb, path, because: reason + Self.advice(exit, path))
  }

  private static func advice(_ exit: Exit, _ path: String) -> String {
    switch exit {
    case .badData:
      "; move it away, and the next batch takes up from what is published, or mend it: sqlite3 \(path) .recover"
    case .tryAgain: "; another process holds it, and longer than 5 s: see fuser \(path)"
    default: ""
    }
  }
}

extension Exit {
  /// By the primary result code, the low byte.
  init(sqlite code: Int32) {
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED: self = .tryAgain
    case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: self = .badData
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: self = .permission
    case SQLITE_CANTOPEN: self = .cannotCreate
    case SQLITE_IOERR, SQLITE_FULL, SQLITE_PROTOCOL: self = .io
    case SQLITE_NOMEM, SQLITE_TOOBIG: self = .unavailable
    default: self = .software
    }
  }
}
