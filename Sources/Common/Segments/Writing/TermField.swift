internal import Files
internal import Words

/// What a text or keyword field has taken in so far: its terms, and a log of them in the order in which they came.
///
/// The log is of u32 words: the number of a term, taking one position; or, by the two highest bits, a number of positions
/// without a term, or a number of documents to go on by. Positions begin again at 0 with each document.
struct TermField: ~Copyable {
  static let skip: UInt32 = 0x8000_0000
  static let nextDocument: UInt32 = 0xC000_0000
  static let payload: UInt32 = 0x3FFF_FFFF
  /// Positions left free between two values of the same field, so that no phrase spans both; as Lucene's text fields.
  private static let gapBetweenValues = 100
  private static let maxPosition = Int(Int32.max)
  private static let tooMany = "a field has more than \(TermTable.maxCount) terms"

  let isText: Bool
  let hasPositions: Bool
  let scratch: Directory
  private let stems: StemmedTerms?
  private(set) var table = TermTable()
  private var batch = TokenBatch()
  private(set) var log: Spool
  private(set) var norms = ByteArena()
  /// Documents that have the field, and the sum of their lengths (for keywords known when they are inverted).
  private(set) var documents = 0
  private(set) var sumOfLengths = 0
  /// What no document has more of, and the documents that have more than a few, by their number in the lane.
  private(set) var positions = 0
  private(set) var long: [OccurrencePages.LongDocument] = []
  /// Why nothing can come of it; the first reason is kept.
  private(set) var refusal: String?

  private var sorted: Sorted?
  private var documentOfLog = 0
  private var position = 0
  private var length = 0
  private var hasValue = false

  /// So much of a log is held in memory, and what a document adds to it.
  private static let logInMemory = 1 << 18

  /// What there is more of the log than fits in memory goes to a file in `scratch`.
  init(isText: Bool, hasPositions: Bool, stemmer: Stemmer? = nil, scratch: Directory) {
    log = Spool(limit: Self.logInMemory, in: scratch)
    self.isText = isText
    self.hasPositions = hasPositions
    self.scratch = scratch
    stems = stemmer.map { StemmedTerms($0) }
  }

  /// What the stems take beside the terms.
  var bytesHeldByStems: Int { stems?.bytesHeld ?? 0 }

  mutating func add(text: UnsafeRawBufferPointer, document: Int, by tokenizer: inout Tokenizer) {
    advance(to: document)
    if hasValue { skip(Self.gapBetweenValues) }
    hasValue = true
    if let stems {
      let added = stems.add(text, into: &table, &log.arena, instead: Self.skip | 1)
      count(positions: added?.positions ?? 0, indexed: added?.indexed)
    } else {
      tokenizer.begin(text)
      while tokenizer.next() {
        let indexed = batch.drain(tokenizer, into: &table, &log.arena, instead: Self.skip | 1)
        count(positions: tokenizer.words.count, indexed: indexed)
      }
    }
    if position > Self.maxPosition { refuse("a document has more than \(Self.maxPosition) words in a field") }
  }

  mutating func add(keyword: UnsafeRawBufferPointer, document: Int) {
    advance(to: document)
    guard let term = table.intern(keyword) else { return refuse(Self.tooMany) }
    log.arena.append(term)
    length += 1
  }

  private mutating func count(positions: Int, indexed: Int?) {
    position += positions
    length += indexed ?? 0
    if indexed == nil { refuse(Self.tooMany) }
  }

  private mutating func skip(_ count: Int) {
    log.arena.append(Self.skip | UInt32(count))
    position += count
  }

  private mutating func advance(to document: Int) {
    while documentOfLog < document {
      let step = min(document - documentOfLog, Int(Self.payload))
      log.arena.append(Self.nextDocument | UInt32(step))
      documentOfLog += step
    }
  }

  /// The terms' numbers in byte order of the terms, and the occurrences of each number.
  struct Sorted {
    let order: [UInt32]
    let counts: UnsafeMutablePointer<UInt32>
  }

  /// Sorts and counts the terms; none is added any more.
  mutating func seal() {
    if sorted != nil { return }
    let counts = occurrences()
    // Sorting takes its memory where the slots were.
    table.forgetSlots()
    sorted = Sorted(order: table.strings.view.sorted(), counts: counts)
  }

  /// The counts are to be given back by who takes them.
  mutating func takeSorted() -> Sorted? {
    seal()
    defer { sorted = nil }
    return sorted
  }

  deinit { sorted?.counts.deallocate() }

  /// To be given back by who asked.
  private func occurrences() -> UnsafeMutablePointer<UInt32> {
    let counts = UnsafeMutablePointer<UInt32>.allocate(capacity: max(table.count, 1))
    counts.initialize(repeating: 0, count: table.count)
    if let stems {
      stems.forEachUse { counts[$0] &+= UInt32(truncatingIfNeeded: $1) }
    } else {
      table.forEachUse { counts[$0] = UInt32(truncatingIfNeeded: $1) }
    }
    return counts
  }

  /// The log was read, and is not asked for any more.
  mutating func forgetLog() { log.removeAll() }

  private mutating func refuse(_ reason: String) { if refusal == nil { refusal = reason } }

  mutating func endDocument() {
    log.settle()
    if length > 0 { documents += 1 }
    positions = max(positions, position)
    if position > OccurrencePages.shortest {
      long.append(OccurrencePages.LongDocument(document: documentOfLog, positions: position))
    }
    if isText {
      sumOfLengths += length
      norms.append(Norms.encode(length))
    }
    (position, length, hasValue) = (0, 0, false)
  }
}
