package import Partitions

/// The last partition that was published, under a name.
package struct Watermark: Equatable, Sendable {
  package var name: WatermarkName
  package var position: Instant
  /// The index's generation that holds the position; 0 where nothing was published yet.
  package var generation: Int
  /// Which destination the generation counts in; nil until a receipt has told.
  package var lineage: String?
  /// The hash of the slice that the position came from; nil where a person set it, or another pipe was faster.
  package var slice: String?
  /// The fencing token of the lease that it was moved under.
  package var fence: Int?
  package var who: String
  package var at: Instant
  /// When a batch last found nothing to do since then.
  package var idle: Instant?

  /// Whether a batch that found nothing to do need not be noted again: that was done within a minute.
  func isNoted(idleAt now: Instant) -> Bool { idle.map { abs(now - $0) < 60 } ?? false }

  /// `TIME@N`
  package var standing: Position { Position(time: position, generation: generation) }
}

/// From `start` until now, by the clock of whoever asks. What is more than a minute ahead of now comes from a clock that was
/// wrong, and does not count: else it would hide for years that nothing moves.
package struct Recently: Sendable {
  package let start: Instant
  let end: Instant

  package init(since start: Instant, now: Instant) { (self.start, end) = (start, now + 60) }

  package func contains(_ time: Instant) -> Bool { start <= time && time <= end }
}

/// One line of the log: a move of a watermark, and what is known of the batch behind it.
package struct Move: Equatable, Sendable {
  package enum Action: String, Sendable {
    case advance, set, rewind, remove
  }

  /// Who moves a watermark, when, and what they say about it.
  package struct Signature: Equatable, Sendable {
    package var who: String
    package var at: Instant
    package var why: String?

    package init(who: String, at: Instant, why: String? = nil) {
      self.who = who
      self.at = at
      self.why = why
    }
  }

  /// The place in the log, given by the store; 0 for a move that is not yet in it.
  package var sequence: Int
  package var action: Action
  /// Nil where there was no watermark, and where there is none any more.
  package var from: Position?
  package var to: Position?
  package var lineage: String?
  package var fence: Int?
  package var batch: BatchFacts
  /// For a rewind: the sequence of the move that it takes back.
  package var undoes: Int?
  package var signature: Signature

  init(_ action: Action, from: Watermark?, to: Position?, _ signature: Signature) {
    sequence = 0
    self.action = action
    self.from = from?.standing
    self.to = to
    lineage = from?.lineage
    fence = from?.fence
    batch = BatchFacts()
    self.signature = signature
  }
}

/// What the receipts tell of the batch that a move came from; nil where they do not.
package struct BatchFacts: Equatable, Sendable {
  package var policy: String?
  package var skipped: Int?
  package var gap: Int?
  package var objects: Int?
  /// Of them, those that appeared in partitions that a batch had already passed.
  package var late: Int?
  /// The hash of the slice.
  package var slice: String?
  /// The id of the index that was built.
  package var index: String?
  /// Seconds from one partition's start to the next one's.
  package var every: Int?
  /// When the partition was over; what follows is when each stage was done with it.
  package var partitionEnd: Instant?
  package var listed: Instant?
  package var picked: Instant?
  package var built: Instant?
  package var published: Instant?

  package init() {}
}
