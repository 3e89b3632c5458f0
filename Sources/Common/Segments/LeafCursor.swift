internal import Failures

/// Goes through the documents of one segment that have a word or a phrase, in ascending order.
final class LeafCursor {
  static let noDocument = PostingsCursor.noDocument

  private let words: [PostingsCursor]
  private let offsets: [Int]
  private let column: TermColumn
  private let scoring: BM25
  /// What no document's score exceeds, but for rounding.
  let bound: Double
  private(set) var document = -1
  private(set) var frequency: UInt32 = 0
  private var positions: [[UInt32]]

  /// Nil where the segment does not have the word, or one of the phrase's.
  init?(_ leaf: QueryPlan.Leaf, _ column: TermColumn) throws(Failure) {
    var words: [PostingsCursor] = []
    for word in leaf.words {
      guard let term = word.term(stem: column.stem), let entry = try column.dictionary.find(term) else {
        return nil
      }
      words.append(try PostingsCursor(column, entry))
    }
    guard let first = words.first else { return nil }
    self.words = words
    offsets = leaf.words.map(\.offset)
    self.column = column
    scoring = leaf.scoring
    positions = Array(repeating: [], count: words.count)
    bound = words.count > 1 ? scoring.weight : try Self.bound(first, leaf.scoring)
    try advance(to: 0)
  }

  /// An upper limit of the number of documents.
  var cost: Int { words.reduce(.max) { min($0, $1.documentFrequency) } }

  var score: Double { scoring.score(frequency: frequency, norm: column.norm(document)) }

  // MARK: Bounds

  private static func bound(_ word: PostingsCursor, _ scoring: BM25) throws(Failure) -> Double {
    guard word.entryCount > 0 else { return scoring.weight }
    var greatest = 0.0
    for number in 0..<word.entryCount {
      if let block = try word.entry(number) { greatest = max(greatest, bound(block, scoring)) }
    }
    return greatest
  }

  private static func bound(_ block: PostingsCursor.Block, _ scoring: BM25) -> Double {
    scoring.score(frequency: block.greatestFrequency, norm: block.smallestNorm)
  }

  /// What the score of `target` doesn't exceed, nor that of any document from there up to `limit`, that one excluded.
  func bound(at target: Int) throws(Failure) -> (score: Double, limit: Int) {
    if document > target { return (0, document) }
    guard words.count == 1, let block = try words[0].shallowBlock(for: target) else {
      return (bound, Self.noDocument)
    }
    return block.last < target ? (0, Self.noDocument) : (Self.bound(block, scoring), block.last + 1)
  }

  // MARK: Documents

  /// Goes on to the first document that is not below `target`; stays where it is if that one is at hand.
  func advance(to target: Int) throws(Failure) {
    guard document < target else { return }
    if words.count == 1 {
      try words[0].advance(to: target)
      document = words[0].document
      frequency = words[0].frequency
    } else {
      try advancePhrase(to: target)
    }
  }

  private func advancePhrase(to target: Int) throws(Failure) {
    var target = target
    while true {
      guard let common = try commonDocument(from: target) else {
        document = Self.noDocument
        return
      }
      frequency = try phraseFrequency()
      if frequency > 0 {
        document = common
        return
      }
      target = common + 1
    }
  }

  /// The first document from `target` on that has all the words; they all stand at it then.
  private func commonDocument(from target: Int) throws(Failure) -> Int? {
    var target = target
    var agreeing = 0
    while agreeing < words.count {
      agreeing = 0
      for word in words {
        try word.advance(to: target)
        if word.document == Self.noDocument { return nil }
        if word.document == target { agreeing += 1 }
        target = word.document
      }
    }
    return target
  }

  /// How often the words stand there at their offsets.
  private func phraseFrequency() throws(Failure) -> UInt32 {
    for index in words.indices { try words[index].positions(into: &positions[index]) }
    var places = Array(repeating: 0, count: words.count)
    return UInt32(positions[0].count { start in stands(at: Int(start), &places) })
  }

  /// Starts come in ascending order, so each word's place only moves on.
  private func stands(at start: Int, _ places: inout [Int]) -> Bool {
    for index in words.indices.dropFirst() {
      let wanted = start + offsets[index]
      while places[index] < positions[index].count, Int(positions[index][places[index]]) < wanted {
        places[index] += 1
      }
      guard places[index] < positions[index].count, Int(positions[index][places[index]]) == wanted else {
        return false
      }
    }
    return true
  }
}
