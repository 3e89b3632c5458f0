internal import Failures

/// What is to be done, and which of the options that say what, and where, go with it; any other of these is refused. Those that say
/// how, such as `--threads` or `--format`, each mode takes, and passes over what it has no use for: their variables are set for all
/// processes of a driver.
enum Mode: String {
  case join = "--join"
  case joinInState = "--join --state"
  case lastBuild = "--last-build"
  case fed = "--fed"
  case ask = "--ask"
  case records = "--records"
  case slice = "a build of a slice"

  private var options: Set<String> {
    switch self {
    case .join: ["--join", "--work", "receipts"]
    case .joinInState: ["--join", "--state", "--last", "receipts"]
    case .lastBuild: ["--last-build", "--state", "--shards"]
    case .fed, .ask: [rawValue, "--work", "--shard", "--state", "--last"]
    case .records: ["--records", "--work", "--shard"]
    case .slice: ["--work", "--shard", "--state", "--last", "--verify-full"]
    }
  }

  /// 64 where something is given that does not go with the rest.
  init(_ tool: DeltaBuild) throws(Failure) {
    let options = [
      ("--join", tool.join), ("--last-build", tool.stored.lastBuild), ("--fed", tool.feeding.fed),
      ("--ask", tool.feeding.ask), ("--records", tool.records), ("--shard", tool.shard != nil),
      ("--shards", tool.stored.shards != nil), ("--state", tool.stored.state != nil),
      ("--last", tool.stored.last != nil), ("--work", tool.work != nil), ("--verify-full", tool.verifyFull),
      ("receipts", !tool.receipts.isEmpty),
    ]
    let given = options.filter(\.1).map(\.0)
    let mode = given.first.flatMap { Mode(rawValue: $0) } ?? .slice
    self = mode == .join && tool.stored.state != nil ? .joinInState : mode
    for option in given where !self.options.contains(option) {
      throw Failure(.usage, "\(rawValue) takes no \(option)")
    }
  }
}
