/// Turns a field's log of terms by document into the terms' postings, in byte order of the terms: a counting sort.
///
/// The sort runs over a range of terms at a time, so that its memory is bounded (8 bytes an occurrence); all but the largest
/// segments need one range.
struct Inversion: ~Copyable {
  static let defaultOccurrences = 64 << 20

  private let order: [UInt32]
  /// Occurrences of each term, by its number.
  private let counts: UnsafeMutablePointer<Int>
  private let limit: Int
  private var documents: UnsafeMutablePointer<UInt32>
  private var positions: UnsafeMutablePointer<UInt32>
  private var capacity = 0

  init(_ field: borrowing TermField, limit: Int = Inversion.defaultOccurrences) {
    order = field.table.strings.sorted()
    self.limit = limit
    counts = .allocate(capacity: max(order.count, 1))
    counts.initialize(repeating: 0, count: order.count)
    for word in field.log.elements(UInt32.self) where word < TermField.skip { counts[Int(word)] += 1 }
    documents = .allocate(capacity: 1)
    positions = .allocate(capacity: 1)
  }

  deinit {
    counts.deallocate()
    documents.deallocate()
    positions.deallocate()
  }

  /// Encodes every term of the field, and gives the number of postings.
  mutating func encode(
    _ field: borrowing TermField, _ postings: inout PostingsEncoder, _ dictionary: inout TermDictionaryWriter
  ) -> Int {
    var total = 0
    var first = 0
    while first < order.count {
      let (end, occurrences) = range(from: first)
      sort(field, first..<end, occurrences)
      var start = 0
      for rank in first..<end {
        let count = counts[Int(order[rank])]
        total += encode(start..<start + count, field, order[rank], &postings, &dictionary)
        start += count
      }
      first = end
    }
    return total
  }

  /// As many terms as stay below the limit together; at least one.
  private func range(from first: Int) -> (end: Int, occurrences: Int) {
    var end = first
    var sum = 0
    while end < order.count, end == first || sum + counts[Int(order[end])] <= limit {
      sum += counts[Int(order[end])]
      end += 1
    }
    return (end, sum)
  }

  /// Puts the documents and positions of those terms side by side.
  private mutating func sort(_ field: borrowing TermField, _ ranks: Range<Int>, _ occurrences: Int) {
    makeRoom(occurrences)
    let places = UnsafeMutablePointer<Int>.allocate(capacity: order.count)
    defer { places.deallocate() }
    places.initialize(repeating: -1, count: order.count)
    var start = 0
    for rank in ranks {
      places[Int(order[rank])] = start
      start += counts[Int(order[rank])]
    }
    var document: UInt32 = 0
    var position: UInt32 = 0
    for word in field.log.elements(UInt32.self) {
      if word < TermField.skip {
        let place = places[Int(word)]
        if place >= 0 {
          documents[place] = document
          positions[place] = position
          places[Int(word)] = place + 1
        }
        position &+= 1
      } else if word < TermField.nextDocument {
        position &+= word & TermField.payload
      } else {
        document &+= word & TermField.payload
        position = 0
      }
    }
  }

  private mutating func makeRoom(_ occurrences: Int) {
    guard occurrences > capacity else { return }
    documents.deallocate()
    positions.deallocate()
    capacity = occurrences
    documents = .allocate(capacity: capacity)
    positions = .allocate(capacity: capacity)
  }

  /// One term, whose occurrences lie in `range`; gives its document frequency.
  private func encode(
    _ range: Range<Int>, _ field: borrowing TermField, _ term: UInt32, _ encoder: inout PostingsEncoder,
    _ dictionary: inout TermDictionaryWriter
  ) -> Int {
    let postingsStart = encoder.postings.count
    let positionsStart = encoder.positions.count
    var at = range.lowerBound
    while at < range.upperBound {
      var end = at + 1
      while end < range.upperBound && documents[end] == documents[at] { end += 1 }
      if field.hasPositions {
        encoder.add(positions: UnsafeBufferPointer(start: positions + at, count: end - at))
      }
      encoder.add(documents[at], frequency: field.isText ? UInt32(end - at) : 1)
      at = end
    }
    let frequency = encoder.documentFrequency
    encoder.endTerm()
    dictionary.add(
      field.table.strings[Int(term)],
      .init(
        documentFrequency: frequency, postings: postingsStart..<encoder.postings.count,
        positions: positionsStart..<encoder.positions.count))
    return frequency
  }
}
