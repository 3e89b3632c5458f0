package import Lines

/// What has become of an offer to a target.
package enum TargetOutcome: Equatable, Sendable {
  package struct Sent: Equatable, Sendable {
    package var adds = 0
    package var deletes = 0
    package var rejected = 0
    package var isForced = false
  }

  case published(TargetState, Sent)
  /// It was there before.
  case there(TargetState)
  /// What is there is newer.
  case superseded(TargetState)
  /// The same once more, by hand, or where the watermark is: nothing to hand on.
  case unchanged
  case rehearsed
}

extension TargetOutcome {
  /// `#published`, or `#taken` of one that is not the first of several; nil where nothing is handed on.
  package func receipt(_ word: String, of target: String) -> Receipt? {
    switch self {
    case .published(let state, let sent): return Self.receipt(word, state, sent, target)
    case .there(let state): return Self.receipt(word, state, Sent(), target)
    case .superseded(let state):
      var receipt = Self.receipt(word, state, Sent(), target)
      receipt.append("superseded", 1)
      return receipt
    case .unchanged, .rehearsed: return nil
    }
  }

  private static func receipt(
    _ word: String, _ state: TargetState, _ sent: Sent, _ target: String
  ) -> Receipt {
    var receipt = Receipt(word)
    receipt.append("generation", state.taken.generation)
    receipt.append("to", state.position)
    receipt.append("uploaded", sent.adds + sent.deletes)
    receipt.append("adds", sent.adds)
    receipt.append("deletes", sent.deletes)
    if sent.rejected > 0 { receipt.append("rejected", sent.rejected) }
    receipt.append("lineage", state.lineage)
    if sent.isForced { receipt.append("force", 1) }
    receipt.append("location", target)
    return receipt
  }

  /// The stream for the next stage. What was built of a batch that was overtaken is not what the target has.
  package func batch(of receipts: [Receipt], at target: String) -> Batch? {
    guard let published = receipt("published", of: target) else { return nil }
    var receipts = receipts
    if case .superseded = self { receipts.removeAll { $0.word != "list" && $0.word != "slice" } }
    return Batch(receipts: receipts + [published])
  }
}
