internal import Failures
package import Partitions

/// What a publisher's receipt says: the present state of a destination, and the batch that led to it.
package struct Published: Equatable, Sendable {
  package var position: Instant
  package var generation: Int
  /// Nil where the receipt does not tell.
  package var lineage: String?
  package var fence: Int?
  /// A person published an older state on purpose: a rollback, or by force.
  package var movedBack: Bool
  package var batch: BatchFacts

  /// The lineage of slices that become no index, whose generations are counted here. A destination's is another word.
  package static let slices = "slice"

  package init(position: Instant, generation: Int, lineage: String? = nil, movedBack: Bool = false) {
    self.position = position
    self.generation = generation
    self.lineage = lineage
    self.movedBack = movedBack
    batch = BatchFacts()
  }
}

/// What became of a receipt.
package enum Advanced: Equatable, Sendable {
  case moved(Watermark)
  /// Nothing changed: the watermark is at the receipt's generation already, or past it.
  case already(Watermark)

  package var watermark: Watermark {
    switch self {
    case .moved(let watermark), .already(let watermark): watermark
    }
  }
}

// A watermark is a maximum by generation (PROTOCOL.md): a receipt may be lost, repeated, delayed or reordered. Either
// it advances or nothing changed:
//
//     lineage         generation      position        the watermark
//     --------------  --------------  --------------  ------------------------------------------------------
//     no watermark    any             any             is made: the receipt's position and generation
//     another         any             any             stays; refused, both said: the destination was replaced
//     same, unknown   not larger      any             stays: "already"
//     same, unknown   larger          not older       takes both
//     same, unknown   larger          older, on       takes both: a person rolled the index back
//                                     purpose
//     same, unknown   larger          older           takes the generation, keeps the position
//
// The last row is a person's `set` that ran ahead of what was published, or a new base with an older cut. Taking the
// position would move the watermark backwards, which nobody asked for; refusing the generation would leave every
// later pipe behind the destination, superseded for ever. A lineage is known once either side has told it.
extension Published {
  /// The move that the receipt makes of the present watermark; nil for "already".
  func move(_ present: Watermark?, _ signature: Move.Signature) throws(Failure) -> Move? {
    if let present {
      if let ours = present.lineage, let theirs = lineage, ours != theirs { throw foreign(present) }
      if isOfNoWatermark, position > present.position { throw unlisted(present) }
      if generation <= present.generation { return nil }
    }
    let kept = movedBack ? position : max(position, present?.position ?? position)
    let to = Position(time: kept, generation: generation)
    var move = Move(.advance, from: present, to: to, signature)
    move.lineage = lineage ?? move.lineage
    move.fence = fence ?? move.fence
    move.batch = batch
    return move
  }

  /// A slice that was listed after none.
  private var isOfNoWatermark: Bool { lineage == Self.slices && generation == 1 }

  /// To count it as done would have each later one of its kind be "already", for ever.
  private func unlisted(_ present: Watermark) -> Failure {
    refused(
      present,
      "it is at \(present.standing), and the slice was listed after none: list with "
        + "--after \"$(wm get -g \(present.name))\"")
  }

  private func refused(_ present: Watermark, _ reason: String) -> Failure {
    Failure(.refused, cannot: "advance", present.name.text, because: reason)
  }

  private func foreign(_ present: Watermark) -> Failure {
    if lineage == Self.slices {
      return refused(
        present, "it is of what index-publish publishes; a slice that becomes no index needs another name")
    }
    if present.lineage == Self.slices {
      return refused(
        present, "it follows slices, by --slice; what index-publish publishes needs another name")
    }
    return refused(
      present,
      "it is at \(present.standing) of lineage \(present.lineage ?? ""), and the receipt at "
        + "\(Position(time: position, generation: generation)) of lineage \(lineage ?? ""): the destination was "
        + "replaced; 'wm set \(present.name) TIME@N' goes on from there")
  }
}
