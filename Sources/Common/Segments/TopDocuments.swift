internal import Failures

/// The best documents so far: by score, the greatest first, and of equal scores by id in byte order.
struct TopDocuments {
  struct Entry {
    let score: Double
    let id: [UInt8]
    let segment: Int
    let document: Int

    /// Whether this one comes first.
    func precedes(_ other: Entry) -> Bool {
      score == other.score ? id.lexicographicallyPrecedes(other.id) : score > other.score
    }
  }

  private let capacity: Int
  /// A heap: none comes behind the first.
  private var heap: [Entry] = []

  init(_ capacity: Int) { self.capacity = capacity }

  /// A score below which no document gets in any more.
  var threshold: Double { heap.count < capacity ? -.infinity : heap.first?.score ?? .infinity }

  mutating func offer(_ score: Double, _ document: Int, of segment: Int, _ reader: SegmentReader)
    throws(Failure)
  {
    guard score >= threshold else { return }
    let entry = Entry(score: score, id: try reader.id(of: document), segment: segment, document: document)
    if heap.count < capacity {
      heap.append(entry)
      rise(from: heap.count - 1)
    } else if let last = heap.first, entry.precedes(last) {
      heap[0] = entry
      sink()
    }
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
      let children = (2 * index + 1..<2 * index + 3).filter { $0 < heap.count }
      guard let last = children.max(by: { heap[$0].precedes(heap[$1]) }), heap[index].precedes(heap[last])
      else {
        return
      }
      heap.swapAt(index, last)
      index = last
    }
  }

  /// The best first.
  var sorted: [Entry] { heap.sorted { $0.precedes($1) } }
}
