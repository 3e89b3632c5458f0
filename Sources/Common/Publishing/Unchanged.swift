internal import Lines
internal import Segments

extension Generation {
  /// Whether a batch brings what this generation has already: the delta is the very index, whatever its files are called, and
  /// the watermark that the batch began with stands at it. Publishing it would make a generation of nothing.
  ///
  /// A watermark that stands elsewhere was moved by a person, or is another index's: the batch is published, and takes it along.
  /// So is what a person publishes by hand.
  func holds(_ change: Change, _ receipts: [Receipt], after parent: Parent) -> Bool {
    guard case .delta(let index) = change, case .exactly(let generation, _) = parent, generation > 0,
      !index.slice.isEmpty, let slice = receipts.first(where: { $0.word == "slice" }),
      slice["after"] == position, let delta
    else { return false }
    return delta.index.content == index.content
  }
}

extension IndexManifest {
  /// All of it but the names of its files.
  fileprivate var content: IndexManifest {
    var content = self
    for index in segments.indices {
      content.segments[index].name = ""
      content.segments[index].live?.name = ""
    }
    return content
  }
}
