internal import Changes
internal import Failures
internal import Threads

/// Sends groups to a target in requests of a bounded size, several at once. Memory is in proportion to those.
struct GroupSending {
  /// What a request has beside the documents, for each.
  private static let surroundings = 64

  let target: any ServingTarget
  let version: Int
  let order: TargetPublisher.Order
  let note: @Sendable (String) -> Void
  private(set) var rejected = 0
  private var requests: [[GroupChange]] = []
  private var open: [GroupChange] = []
  private var bytes = 0

  init(
    _ target: any ServingTarget, version: Int, _ order: TargetPublisher.Order,
    _ note: @escaping @Sendable (String) -> Void
  ) {
    (self.target, self.version, self.order, self.note) = (target, version, order, note)
  }

  mutating func send(_ group: GroupChange) throws(Failure) {
    let size = group.documents.reduce(0) {
      $0 + $1.id.count + ($1.document?.count ?? 0) + Self.surroundings
    }
    if !open.isEmpty, bytes + size > order.largestRequest { try close() }
    open.append(group)
    bytes += size
  }

  mutating func finish() throws(Failure) {
    try close()
    try flush()
    if rejected > Self.named { note("\(target.name) refused \(rejected - Self.named) more") }
  }

  private mutating func close() throws(Failure) {
    if !open.isEmpty { requests.append(open) }
    (open, bytes) = ([], 0)
    if requests.count >= order.jobs { try flush() }
  }

  private mutating func flush() throws(Failure) {
    let (requests, target, version) = (requests, target, version)
    self.requests = []
    let refused = try parallelMap(count: requests.count, threads: order.jobs) { index throws(Failure) in
      try target.send(requests[index], generation: version)
    }
    for rejection in refused.joined() { name(rejection) }
  }

  /// So many refusals are said.
  private static let named = 100

  private mutating func name(_ rejection: Rejection) {
    rejected += 1
    if rejected > Self.named { return }
    note("\(target.name) refused document \(ServingAnswer.name(of: rejection.id)): \(rejection.reason)")
  }
}
