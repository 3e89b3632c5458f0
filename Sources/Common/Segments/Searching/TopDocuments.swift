internal import Failures

/// The best documents so far: by score, the greatest first, and of equal scores by id in byte order. Ids are looked up only
/// where scores are equal.
struct TopDocuments {
  struct Entry {
    let score: Double
    let segment: Int
    let document: Int
  }

  private let capacity: Int
  private let segments: [IndexView.Segment]
  /// A heap: none comes behind the first.
  private var heap: [Entry] = []
  /// A score below which no document gets in any more.
  private(set) var threshold: Double

  init(_ capacity: Int, of segments: [IndexView.Segment]) {
    (self.capacity, self.segments) = (capacity, segments)
    threshold = capacity > 0 ? -.infinity : .infinity
  }

  /// Whether a document gets in unless something better comes.
  func takes(_ entry: Entry) throws(Failure) -> Bool {
    if entry.score != threshold { return entry.score > threshold }
    guard let last = heap.first else { return false }
    return try precedes(entry, last)
  }

  /// Takes one that `takes` spoke for.
  mutating func take(_ entry: Entry) throws(Failure) {
    if heap.count < capacity {
      heap.append(entry)
      try rise(from: heap.count - 1)
    } else {
      heap[0] = entry
      try sink(from: 0, below: heap.count)
    }
    if heap.count == capacity { threshold = heap[0].score }
  }

  /// Whether the first one comes first.
  @inline(__always)
  private func precedes(_ one: Entry, _ other: Entry) throws(Failure) -> Bool {
    one.score == other.score ? try precedesByID(one, other) : one.score > other.score
  }

  private func precedesByID(_ one: Entry, _ other: Entry) throws(Failure) -> Bool {
    if one.segment == other.segment, segments[one.segment].reader.isInOrderOfIDs {
      return one.document < other.document
    }
    return ByteOrder.precedes(try id(one), try id(other))
  }

  private func id(_ entry: Entry) throws(Failure) -> UnsafeRawBufferPointer {
    try segments[entry.segment].reader.ids.string(entry.document)
  }

  private mutating func rise(from start: Int) throws(Failure) {
    var index = start
    while index > 0, try precedes(heap[(index - 1) / 2], heap[index]) {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func sink(from start: Int, below end: Int) throws(Failure) {
    var index = start
    while true {
      var last = 2 * index + 1
      guard last < end else { return }
      if last + 1 < end, try precedes(heap[last], heap[last + 1]) { last += 1 }
      guard try precedes(heap[index], heap[last]) else { return }
      heap.swapAt(index, last)
      index = last
    }
  }

  /// The best first.
  consuming func matches() throws(Failure) -> [Match] {
    for end in heap.indices.reversed() {
      heap.swapAt(0, end)
      try sink(from: 0, below: end)
    }
    return try heap.map { (entry) throws(Failure) in
      Match(score: entry.score, id: Array(try id(entry)), segment: entry.segment, document: entry.document)
    }
  }
}
