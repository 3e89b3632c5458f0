internal import Failures

/// The best documents so far: by score, the greatest first, and of equal scores by id in byte order.
struct TopDocuments {
  struct Entry {
    let score: Double
    let segment: Int
    let document: Int
    /// Where it is mapped.
    let id: UnsafeRawBufferPointer

    /// Whether this one comes first.
    @inline(__always)
    func precedes(_ other: Entry) -> Bool {
      score == other.score ? ByteOrder.precedes(id, other.id) : score > other.score
    }
  }

  private let capacity: Int
  /// A heap: none comes behind the first.
  private var heap: [Entry] = []
  /// A score below which no document gets in any more.
  private(set) var threshold: Double

  init(_ capacity: Int) {
    self.capacity = capacity
    threshold = capacity > 0 ? -.infinity : .infinity
  }

  /// Whether a document gets in unless something better comes; the id is looked at where scores are equal.
  func takes(_ score: Double, id: () throws(Failure) -> UnsafeRawBufferPointer) throws(Failure) -> Bool {
    if score > threshold { return true }
    guard score == threshold, let last = heap.first else { return false }
    return ByteOrder.precedes(try id(), last.id)
  }

  /// Takes one that `takes` spoke for.
  mutating func take(_ entry: Entry) {
    if heap.count < capacity {
      heap.append(entry)
      rise(from: heap.count - 1)
    } else {
      heap[0] = entry
      sink()
    }
    if heap.count == capacity { threshold = heap[0].score }
  }

  private mutating func rise(from start: Int) {
    var index = start
    while index > 0, heap[(index - 1) / 2].precedes(heap[index]) {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func sink() {
    var index = 0
    while true {
      var last = 2 * index + 1
      guard last < heap.count else { return }
      if last + 1 < heap.count, heap[last].precedes(heap[last + 1]) { last += 1 }
      guard heap[index].precedes(heap[last]) else { return }
      heap.swapAt(index, last)
      index = last
    }
  }

  /// The best first.
  var sorted: [Entry] { heap.sorted { $0.precedes($1) } }
}
