internal import Changes
internal import Failures
internal import Threads

/// Sends groups to a target in requests of a bounded size, several at once, while the next one is made. Memory is in proportion
/// to those.
struct GroupSending {
  let target: any ServingTarget
  let version: Int
  let order: TargetPublisher.Order
  /// Takes one line for a person.
  let note: @Sendable (String) -> Void
  /// Is told after each request how many documents have been sent.
  let progress: @Sendable (Int) -> Void

  /// What the threads that send have in common.
  private struct Line {
    /// A request that nobody has begun to send.
    var next: [GroupChange] = []
    var isOver = false
    var failure: Failure?
    var rejected = 0
    var sent = 0
  }

  /// What a request has beside the documents, for each.
  private static let surroundings = 64
  /// So many refusals are said.
  private static let named = 100

  /// Hands a function to `body` that takes the groups. Returns when all is sent: how many documents were refused.
  func run(_ body: ((GroupChange) throws(Failure) -> Void) throws(Failure) -> Void) throws(Failure) -> Int {
    let line = Monitor(Line())
    try besides(threads: order.jobs, { while sendNext(of: line) {} }) { (threads) throws(Failure) in
      defer { line.change { $0.isOver = true } }
      var (open, bytes) = ([GroupChange](), 0)
      try body { (group) throws(Failure) in
        let size = Self.size(of: group)
        if !open.isEmpty, bytes + size > order.largestRequest {
          try put(open, into: line, isAlone: threads == 0)
          (open, bytes) = ([], 0)
        }
        open.append(group)
        bytes += size
      }
      try put(open, into: line, isAlone: threads == 0)
    }
    let (rejected, failure) = line.change { ($0.rejected, $0.failure) }
    if let failure { throw failure }
    if rejected > Self.named { note("\(target.name) refused \(rejected - Self.named) more") }
    return rejected
  }

  private static func size(of group: GroupChange) -> Int {
    group.documents.reduce(0) { $0 + $1.id.count + ($1.document?.count ?? 0) + surroundings }
  }

  /// Waits until there is room. `isAlone`: there are no threads to be had.
  private func put(_ request: [GroupChange], into line: Monitor<Line>, isAlone: Bool) throws(Failure) {
    line.wait { $0.next.isEmpty || $0.failure != nil ? () : nil }
    let failure = line.change { line in
      line.next = request
      return line.failure
    }
    if let failure { throw failure }
    if isAlone, !request.isEmpty { _ = sendNext(of: line) }
  }

  /// False when there is nothing left to send, or no use in it.
  private func sendNext(of line: Monitor<Line>) -> Bool {
    let request = line.wait { line -> [GroupChange]? in
      if line.failure != nil { return [] }
      defer { line.next = [] }
      return line.next.isEmpty && !line.isOver ? nil : line.next
    }
    // There is room again.
    line.change { _ in }
    if request.isEmpty { return false }
    do throws(Failure) {
      for rejection in try target.send(request, version: version) { name(rejection, of: line) }
      let documents = request.reduce(0) { $0 + $1.documents.count }
      line.change { line in
        line.sent += documents
        progress(line.sent)
      }
    } catch { line.change { $0.failure = $0.failure ?? error } }
    return true
  }

  private func name(_ rejection: Rejection, of line: Monitor<Line>) {
    let number = line.change { line in
      line.rejected += 1
      return line.rejected
    }
    if number > Self.named { return }
    note("\(target.name) refused document \(ServingAnswer.name(of: rejection.id)): \(rejection.reason)")
  }
}
