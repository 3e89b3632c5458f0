package import Failures
package import Partitions

/// Where watermarks and their log are kept. What a move may do is decided here, once, for every store; a store
/// makes the change atomic and durable.
package protocol WatermarkStore {
  func watermark(_ name: WatermarkName) throws(Failure) -> Watermark?

  /// Those whose names begin with `prefix`, by name in byte order; with `recently`, only those that were not moved then.
  func watermarks(below prefix: String, unmoved recently: Recently?) throws(Failure) -> [Watermark]

  /// The log of a name, newest first; it outlives the watermark.
  func moves(of name: WatermarkName, limit: Int?) throws(Failure) -> [Move]

  /// Changes one watermark and writes the log, both or neither: durable once this has returned.
  ///
  /// `decide` sees the present state, which nobody else can change before its move is written; nil changes
  /// nothing. It may be asked again where a store finds that it was overtaken.
  func change(
    _ name: WatermarkName, _ decide: (Present) throws(Failure) -> Move?
  ) throws(Failure)

  /// Notes that a batch found nothing to do, unless that was noted within a minute. No move: it is not in the log.
  /// Nothing where there is no such watermark.
  func markIdle(_ name: WatermarkName, at now: Instant) throws(Failure)

  /// Who has the lease, or had it last.
  func lease(_ name: WatermarkName) throws(Failure) -> Lease?

  /// Changes a lease; `decide` sees it and the store's clock, and may be asked again, as for `change`.
  func changeLease(
    _ name: WatermarkName, _ decide: (Lease?, StoreTime) throws(Failure) -> Lease?
  ) throws(Failure)
}

/// What a move is decided on.
package struct Present: Equatable, Sendable {
  package var watermark: Watermark?
  /// The newest `advance` or `set` that changed the position and was not taken back by a rewind.
  package var lastMove: Move?

  package init(watermark: Watermark?, lastMove: Move?) {
    self.watermark = watermark
    self.lastMove = lastMove
  }
}

extension WatermarkStore {
  /// By a receipt; the rules are in Advance.swift. Under a lease: refused (1) when it was lost. That it may be lost right
  /// after it was looked at does no harm, for a watermark is a maximum; it is refused so that the loser hears of it.
  package func advance(
    _ name: WatermarkName, by published: Published, _ signature: Move.Signature,
    under token: FencingToken? = nil
  ) throws(Failure) -> Advanced {
    if let token { try check(token) }
    var published = published
    published.fence = token?.fence ?? published.fence
    var advanced: Advanced?
    try change(name) { (present) throws(Failure) in
      let move = try published.move(present.watermark, signature)
      advanced = move?.watermark(name).map { .moved($0) } ?? present.watermark.map { .already($0) }
      return move
    }
    guard let advanced else { throw Failure(.software, "the watermark store decided nothing for \(name)") }
    return advanced
  }

  /// A person's word. Without a generation the present one stays, for what is published did not change; with
  /// one, the lineage is forgotten too, and learned from the next receipt.
  package func set(
    _ name: WatermarkName, to position: Position, _ signature: Move.Signature
  ) throws(Failure) -> Watermark {
    try move(name) { (present) throws(Failure) in
      let generation = position.generation ?? present.watermark?.generation ?? 0
      let to = Position(time: position.time, generation: generation)
      var move = Move(.set, from: present.watermark, to: to, signature)
      if position.generation != nil { move.lineage = nil }
      return move
    }
  }

  /// Back to where the last move came from; again, one further. The generation stays: it tells what is
  /// published, and that did not change.
  package func rewind(_ name: WatermarkName, _ signature: Move.Signature) throws(Failure) -> Watermark {
    try move(name) { (present) throws(Failure) in
      guard let watermark = present.watermark else { throw .missingWatermark("rewind", name) }
      guard let last = present.lastMove, let back = last.from else {
        throw Failure(
          .refused, cannot: "rewind", name.text, because: "the log has no position before this one")
      }
      let to = Position(time: back.time, generation: watermark.generation)
      var move = Move(.rewind, from: watermark, to: to, signature)
      move.undoes = last.sequence
      return move
    }
  }

  /// Forgets the watermark; its log stays.
  package func remove(_ name: WatermarkName, _ signature: Move.Signature) throws(Failure) {
    try change(name) { (present) throws(Failure) in
      guard let watermark = present.watermark else { throw .missingWatermark("remove", name) }
      return Move(.remove, from: watermark, to: nil, signature)
    }
  }

  /// Seconds from one partition's start to the next one's, as a receipt among the last hundred moves told.
  package func step(of name: WatermarkName) throws(Failure) -> Int? {
    try moves(of: name, limit: 100).lazy.compactMap(\.batch.every).first
  }

  private func move(
    _ name: WatermarkName, _ decide: (Present) throws(Failure) -> Move
  ) throws(Failure) -> Watermark {
    var moved: Watermark?
    try change(name) { (present) throws(Failure) in
      let move = try decide(present)
      moved = move.watermark(name)
      return move
    }
    guard let moved else { throw Failure(.software, "the watermark store decided nothing for \(name)") }
    return moved
  }
}

extension Move {
  /// The watermark as it is after the move; nil where it is removed.
  package func watermark(_ name: WatermarkName) -> Watermark? {
    to.map {
      Watermark(
        name: name, position: $0.time, generation: $0.generation ?? 0, lineage: lineage, slice: batch.slice,
        fence: fence, who: signature.who, at: signature.at)
    }
  }
}

extension Failure {
  package static func missingWatermark(_ verb: String, _ name: WatermarkName) -> Failure {
    Failure(.noInput, cannot: verb, name.text, because: "there is no such watermark")
  }
}
