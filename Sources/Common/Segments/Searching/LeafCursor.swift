internal import Failures

/// Goes through the documents of one segment that have a word, or all the words of a phrase, in ascending order.
///
/// Whether a phrase's words stand where they should is looked up only where it is asked for: until then the frequency of its
/// rarest word is a limit of its own.
struct LeafCursor: ~Copyable {
  static let noDocument = PostingsCursor.noDocument

  /// The rarest first.
  private let words: FixedArray<PostingsCursor>
  private let scoring: Scoring
  private var phrase: PhraseMatcher
  /// The document at hand; -1 before the first.
  private(set) var document = -1
  /// What `bound` said last.
  private(set) var ceiling = 0.0

  /// Nil where the segment does not have the word, or one of the phrase's.
  init?(_ leaf: QueryPlan.Leaf, segment: Int, _ column: TermColumn) throws(Failure) {
    var found: [(entry: TermDictionary.Entry, offset: Int)] = []
    for word in leaf.words {
      guard let entry = word.entries[segment] else { return nil }
      found.append((entry, word.offset))
    }
    if found.count > 1 { found.sort { $0.entry.documentFrequency < $1.entry.documentFrequency } }
    var words = FixedArray<PostingsCursor>(capacity: found.count)
    for (entry, _) in found { words.append(try PostingsCursor(column, entry)) }
    self.init(words, offsets: found.map(\.offset), Scoring(leaf.scoring, column))
  }

  private init(_ words: consuming FixedArray<PostingsCursor>, offsets: [Int], _ scoring: Scoring) {
    self.words = words
    self.scoring = scoring
    phrase = PhraseMatcher(offsets: offsets)
  }

  var isPhrase: Bool { words.count > 1 }

  /// An upper limit of the number of documents.
  var cost: Int { words.base[0].documentFrequency }

  // MARK: Bounds

  /// Finds what no document from `start` up to `end`, that one excluded, exceeds. `start` doesn't get smaller from call to
  /// call, and no document before it is asked for afterwards.
  mutating func bound(from start: Int, to end: Int) throws(Failure) {
    ceiling = document < end ? .infinity : 0
    for index in 0..<words.count where ceiling > 0 {
      ceiling = min(ceiling, try words.base[index].bound(from: start, to: end, scoring))
    }
  }

  /// The end of the blocks that have `start`.
  mutating func blockEnd(from start: Int) throws(Failure) -> Int {
    guard document <= start else { return document }
    var end = Self.noDocument
    for index in 0..<words.count { end = min(end, try words.base[index].blockEnd(from: start)) }
    return end
  }

  // MARK: Documents

  /// Goes on to the first document that is not below `target`; stays where it is if that one is at hand.
  @inline(__always)
  mutating func advance(to target: Int) throws(Failure) {
    if document >= target { return }
    if words.count == 1 {
      try words.base[0].advance(to: target)
      document = words.base[0].document
    } else {
      try advanceAll(to: target)
    }
  }

  private mutating func advanceAll(to first: Int) throws(Failure) {
    var target = first
    var index = 0
    while index < words.count {
      try words.base[index].advance(to: target)
      let next = words.base[index].document
      index = next == target || index == 0 ? index + 1 : 0
      target = next
    }
    document = target
  }

  /// Goes on, from the document at hand, to the first below `end` that may have that score; behind `end` if none has.
  mutating func seek(_ score: Double, below end: Int) throws(Failure) {
    if words.count == 1 {
      try words.base[0].seek(score, below: end, scoring)
      document = words.base[0].document
    } else {
      while document < end && limit < score { try advanceAll(to: document + 1) }
    }
  }

  // MARK: Blocks of a word

  /// Behind the last document of the block at hand; `noDocument` where none is.
  var stop: Int { words.base[0].stop }

  /// Adds the scores of the document at hand, and of those behind it in its block, to those from `start` on.
  mutating func add(below end: Int, to window: inout ScoreWindow, from start: Int) {
    words.base[0].add(below: end, to: &window, from: start, scoring)
  }

  // MARK: Scores

  /// What the score of the document at hand doesn't exceed; the score itself of a word.
  var limit: Double {
    @inline(__always) get { scoring.score(frequency: greatestFrequency, document) }
  }

  private var greatestFrequency: UInt32 {
    @inline(__always) get {
      var frequency = words.base[0].frequency
      for index in 1..<max(words.count, 1) { frequency = min(frequency, words.base[index].frequency) }
      return frequency
    }
  }

  /// The score of the document at hand; nil where the phrase isn't there.
  mutating func score() throws(Failure) -> Double? {
    if !isPhrase { return limit }
    let frequency = try phrase.frequency(of: words, at: document)
    return frequency > 0 ? scoring.score(frequency: frequency, document) : nil
  }
}

/// BM25 in one field of one segment.
struct Scoring {
  let weight: Double
  private let lengths: UnsafePointer<Double>
  private let norms: UnsafeRawBufferPointer

  /// The plan that has the leaf keeps the lengths.
  init(_ scoring: BM25, _ column: TermColumn) {
    weight = scoring.weight
    lengths = scoring.lengths.table
    norms = column.norms.bytes
  }

  /// What is added to the frequency below the line.
  @inline(__always)
  func length(_ document: Int) -> Double { lengths[Int(norm(document))] }

  @inline(__always)
  private func norm(_ document: Int) -> UInt8 { document < norms.count ? norms[document] : Norms.encode(1) }

  @inline(__always)
  func score(frequency: UInt32, _ document: Int) -> Double {
    weight * Double(frequency) / (Double(frequency) + length(document))
  }

  func score(frequency: UInt32, norm: UInt8) -> Double {
    weight * Double(frequency) / (Double(frequency) + lengths[Int(norm)])
  }
}

extension PostingsCursor {
  /// What the score of no document from `start` up to `end`, that one excluded, exceeds.
  fileprivate mutating func bound(
    from start: Int, to end: Int, _ scoring: Scoring
  ) throws(Failure) -> Double {
    guard entryCount > 0 else { return scoring.weight }
    var greatest = 0.0
    for number in try shallowBlock(for: start)..<entryCount {
      guard let block = try entry(number) else { break }
      greatest = max(greatest, scoring.score(frequency: block.greatestFrequency, norm: block.smallestNorm))
      if block.last + 1 >= end { break }
    }
    return greatest
  }

  fileprivate mutating func blockEnd(from start: Int) throws(Failure) -> Int {
    try entry(try shallowBlock(for: start)).map { $0.last + 1 } ?? Self.noDocument
  }

  fileprivate mutating func add(
    below end: Int, to window: inout ScoreWindow, from start: Int, _ scoring: Scoring
  ) {
    guard document < end else { return }
    let frequencies = frequencies
    // Behind the block's documents stands one that is none.
    var place = index
    var document = document
    repeat {
      window.add(scoring.score(frequency: frequencies[place], document), at: document &- start)
      place &+= 1
      document = Int(documents[place])
    } while document < end
  }

  fileprivate mutating func seek(_ score: Double, below end: Int, _ scoring: Scoring) throws(Failure) {
    while document < end {
      let frequencies = frequencies
      var place = index
      while place < filled {
        let document = Int(documents[place])
        let frequency = Double(frequencies[place])
        if document >= end || scoring.weight * frequency >= score * (frequency + scoring.length(document)) {
          return try move(to: place)
        }
        place &+= 1
      }
      try move(to: place)
    }
  }
}
