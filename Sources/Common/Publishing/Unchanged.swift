internal import Lines
internal import Segments

extension Generation {
  /// Whether a batch brings what this generation has already: the delta is of the very slice, and the watermark
  /// that the batch began with stands at it. Publishing it would make a generation of nothing.
  ///
  /// A watermark that stands elsewhere was moved by a person, or is another index's: the batch is published, and takes it along.
  /// So is what a person publishes by hand.
  func holds(_ change: Change, _ receipts: [Receipt], after parent: Parent) -> Bool {
    guard case .delta(let index) = change, case .exactly(let generation, _) = parent, generation > 0,
      !index.slice.isEmpty, let slice = receipts.first(where: { $0.word == "slice" }),
      slice["after"] == position, let delta
    else { return false }
    return delta.index.isOfSameSlice(as: index)
  }
}

extension IndexManifest {
  /// Two builds of one slice have the same documents, however they are divided into segments: that depends on what the work
  /// directory of each had before. Were that a difference, two pipes with directories of their own would publish in turn for ever.
  fileprivate func isOfSameSlice(as other: IndexManifest) -> Bool {
    (slice, position, from, fields, documents)
      == (other.slice, other.position, other.from, other.fields, other.documents)
  }
}
