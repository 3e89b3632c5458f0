internal import Failures

// What libpq says of a connection that could not be made: a line for each address that it tried, and lines that belong to
// the one above. With verbose errors the server's SQLSTATE is in it, which libpq tells nowhere else:
//
//     connection to server at "db" (10.0.0.7), port 5432 failed: FATAL:  57P03: the database system is starting up
//     LOCATION:  ProcessStartupPacket, postmaster.c:2368
//     connection to server at "db" (10.0.0.8), port 5432 failed: Connection refused
//     <TAB>Is the server running on that host and accepting TCP/IP connections?
//
// The words are libpq's own, in English as no locale is set, but for what follows a SQLSTATE.

extension Setback {
  /// All that was tried is said. The address that may be there soon counts, where there is one; else the first.
  init(refused place: String, _ words: String) {
    let lines = words.split(whereSeparator: \.isNewline).filter { line in
      !["\t", "LOCATION:", "DETAIL:", "HINT:"].contains { line.hasPrefix($0) }
    }
    let each = lines.map { Setback(refused: place, line: $0) }
    self = each.first(where: \.mayPass) ?? each.first ?? Setback(lost: place, "the connection failed")
    isLost = false
    guard each.count > 1 else { return }
    let reasons = each.map(\.failure.reason).joined(separator: "; ")
    failure = Failure(failure.exit, cannot: "use", place, because: reasons)
  }

  private init(refused place: String, line: Substring) {
    let reason = line.components(after: " failed: ") ?? line
    if let (state, text) = Self.state(in: reason) {
      self.init(place, state: state, String(text))
      return
    }
    let (exit, mayPass, advice) = Self.meaning(of: line)
    self.init(Failure(exit, cannot: "use", place, because: line + advice))
    self.mayPass = mayPass
  }

  /// `FATAL:  57P03: the database system is starting up`
  private static func state(in text: Substring) -> (String, Substring)? {
    guard let rest = text.components(after: ":  "), rest.dropFirst(5).hasPrefix(": ") else { return nil }
    let state = rest.prefix(5)
    guard state.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }) else {
      return nil
    }
    return (String(state), rest.dropFirst(7))
  }

  private static func meaning(of line: Substring) -> (Exit, mayPass: Bool, advice: String) {
    if line.contains("no password supplied") {
      return (.permission, false, "; write it into the file that PGPASSFILE names, or ~/.pgpass")
    }
    if line.contains("Permission denied") { return (.permission, false, "") }
    if ["SSL", "certificate", "GSS", "authentication"].contains(where: { line.contains($0) }) {
      return (.configuration, false, "")
    }
    // What libpq finds wrong before it has asked anybody: a service, a parameter, a file.
    let asked = line.hasPrefix("connection to server") || line.hasPrefix("could not translate host name")
    return asked ? (.tryAgain, true, "") : (.configuration, false, "")
  }
}

extension Substring {
  fileprivate func components(after separator: String) -> Substring? {
    firstRange(of: separator).map { self[$0.upperBound...] }
  }
}
