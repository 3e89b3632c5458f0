internal import Failures
internal import Glibc
internal import Lines
internal import Partitions
internal import Picking

/// The options as a request: what they leave open is taken from the `#list` line.
struct PickOptions {
  let request: PickRequest
  let generation: Int?
  /// What the listing reached: from `since` on, and up to before `until`.
  let since: Instant?
  let until: Instant?

  init(_ tool: PartPick, _ policy: Policy, _ listed: Listed) throws(Failure) {
    let clock = Instant(seconds: Int64(time(nil)))
    func instant(_ text: String?) throws(Failure) -> Instant? {
      guard let text, !text.isEmpty else { return nil }
      return try Instant(parsing: text, now: clock)
    }
    let now = try instant(tool.now) ?? clock
    let position =
      try tool.after.map { (text) throws(Failure) in try Position.parse(text, now: now) } ?? listed.position
    let (from, to) = (try instant(tool.from), try instant(tool.to))
    let step = try Self.span(tool.every, listed.every, "--every", needed: true)
    let settle = try Span.seconds(tool.settle, of: "--settle")
    let window = try Self.span(tool.window, listed.window, "--window", needed: from == nil)
    guard step > 0 else { throw Failure(.usage, "--every must be above 0") }
    guard window > 0 || from != nil else { throw Failure(.usage, "--window must be above 0") }
    if let from, let to, from >= to { throw Failure(.usage, "--from \(from) is not before --to \(to)") }
    request = PickRequest(
      policy: to == nil ? policy : .range, clock: Clock(now: now, step: step, settle: settle),
      after: position?.time, window: window, late: tool.late, from: from, to: to)
    generation = position?.generation
    since = listed.since
    until = listed.until
  }

  private static func span(
    _ option: String?, _ listed: Int64?, _ name: String, needed: Bool
  ) throws(Failure) -> Int64 {
    if let option, !option.isEmpty { return try Span.seconds(option, of: name) }
    if let listed { return listed }
    guard needed else { return 0 }
    throw Failure(.usage, "\(name) is missing, and the listing does not say it")
  }

  static func policy(_ tool: PartPick) throws(Failure) -> Policy {
    switch (tool.policy, tool.maxLag) {
    case ("rate", _): return .rate
    case ("latest", _): return .latest
    case ("next", _): return .next
    case ("catch-up", let lag?) where lag >= 0: return .catchUp(maxLag: lag)
    case ("catch-up", _): throw Failure(.usage, "--policy catch-up needs --max-lag N, N not below 0")
    default: throw Failure(.usage, "unknown policy '\(tool.policy)': rate, latest, next or catch-up")
    }
  }
}
