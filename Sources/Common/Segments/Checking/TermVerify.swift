internal import Failures

extension SegmentReader {
  /// Checks a field's terms, postings, positions and norms against each other and the counts.
  func verify(_ terms: TermColumn, _ column: SegmentMeta.Column) throws(Failure) {
    var walk = TermWalk(terms)
    try walk.run()
    let dictionary = terms.dictionary.part
    guard walk.postings == column.postings else {
      throw dictionary.corrupt("the number of postings is wrong")
    }
    guard walk.lengths.count(where: { $0 > 0 }) == column.documents else {
      throw dictionary.corrupt("the number of documents is wrong")
    }
    guard walk.lengths.reduce(0, +) == column.sumOfLengths else {
      throw dictionary.corrupt("the sum of lengths is wrong")
    }
    guard terms.isText, column.documents > 0 else { return }
    for (document, length) in walk.lengths.enumerated() where Norms.encode(length) != terms.norm(document) {
      throw terms.norms.corrupt("the length of document \(document) is wrong")
    }
  }
}

/// One pass over all the terms of a field.
private struct TermWalk {
  private let column: TermColumn
  private(set) var postings = 0
  /// The field's length in each document, summed up from its terms.
  private(set) var lengths: [Int]
  private var positions: [UInt32] = []

  init(_ column: TermColumn) {
    self.column = column
    lengths = Array(repeating: 0, count: column.documents)
  }

  mutating func run() throws(Failure) {
    let dictionary = column.dictionary
    var cursor = try dictionary.cursor()
    var previous: [UInt8]?
    var place = cursor.place
    for index in 0..<dictionary.count {
      if index % SegmentFormat.termsPerBlock == 0,
        try dictionary.cursor(block: index / SegmentFormat.termsPerBlock).place != place
      {
        throw dictionary.blocks.corrupt("a block begins at a wrong place")
      }
      guard try cursor.next() else { break }
      if let previous, !previous.lexicographicallyPrecedes(cursor.term) {
        throw dictionary.part.corrupt("it is not in byte order")
      }
      previous = cursor.term
      place = cursor.place
      try check(cursor.entry)
    }
    guard place == (dictionary.part.bytes.count, column.postings.bytes.count, column.positions.bytes.count)
    else {
      throw dictionary.part.corrupt("something follows its last term")
    }
  }

  private mutating func check(_ entry: TermDictionary.Entry) throws(Failure) {
    var cursor = try PostingsCursor(column, entry)
    var block = BlockCheck(bytesEnd: cursor.entryCount * 16, positionsEnd: cursor.entryCount * 8)
    try cursor.next()
    for _ in 0..<entry.documentFrequency {
      if cursor.index == 0 { try block.begin(cursor, column) }
      let frequency = cursor.frequency
      guard frequency > 0 else { throw column.postings.corrupt("a frequency is 0") }
      lengths[cursor.document] += Int(frequency)
      block.add(frequency, cursor.document, column)
      if column.hasPositions {
        try cursor.positions(into: &positions)
        block.positionsEnd = cursor.positions.offset
      }
      try cursor.next()
    }
    postings += entry.documentFrequency
    try block.end(cursor, column)
  }
}

/// What the table before a list's blocks says, against the blocks themselves.
private struct BlockCheck {
  /// Where the block before ends, in the list and in the positions.
  var bytesEnd: Int
  var positionsEnd: Int
  private var entry: PostingsCursor.Block?
  private var greatestFrequency: UInt32 = 0
  private var smallestNorm: UInt8 = .max

  init(bytesEnd: Int, positionsEnd: Int) {
    self.bytesEnd = bytesEnd
    self.positionsEnd = positionsEnd
  }

  mutating func begin(_ cursor: borrowing PostingsCursor, _ column: TermColumn) throws(Failure) {
    try finish(column)
    guard cursor.blockBytes.lowerBound == bytesEnd else {
      throw column.postings.corrupt("a block begins at a wrong place")
    }
    bytesEnd = cursor.blockBytes.upperBound
    if column.hasPositions, try cursor.positions.start(of: cursor.block) != positionsEnd {
      throw column.positions.corrupt("a block begins at a wrong place")
    }
    entry = try cursor.entry(cursor.block)
    (greatestFrequency, smallestNorm) = (0, .max)
  }

  mutating func add(_ frequency: UInt32, _ document: Int, _ column: TermColumn) {
    greatestFrequency = max(greatestFrequency, frequency)
    smallestNorm = min(smallestNorm, column.norm(document))
  }

  private func finish(_ column: TermColumn) throws(Failure) {
    guard let entry else { return }
    guard entry.greatestFrequency == greatestFrequency, entry.smallestNorm == smallestNorm else {
      throw column.postings.corrupt("a block's maxima are wrong")
    }
  }

  func end(_ cursor: borrowing PostingsCursor, _ column: TermColumn) throws(Failure) {
    try finish(column)
    guard bytesEnd == cursor.list.count else { throw column.postings.corrupt("something follows a list") }
    guard !column.hasPositions || positionsEnd == cursor.positions.list.count else {
      throw column.positions.corrupt("something follows a list")
    }
  }
}
