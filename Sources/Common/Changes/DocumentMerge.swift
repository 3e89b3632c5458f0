internal import Failures
internal import Segments

/// Several walks as one, in the order of groups and ids: a heap, with the first on top.
struct DocumentMerge {
  private(set) var walks: [ChosenWalk]
  /// The numbers of the walks that are not at their end.
  private var heap: [Int]

  init(_ walks: [ChosenWalk]) {
    self.walks = walks
    heap = walks.indices.filter { walks[$0].number != nil }
    for place in heap.indices.reversed() { sink(place) }
  }

  /// Which walk has the next document; nil behind the last.
  var first: Int? { heap.first }

  mutating func advance() throws(Failure) {
    guard let top = heap.first else { return }
    try walks[top].advance()
    if walks[top].number == nil, let last = heap.popLast(), !heap.isEmpty { heap[0] = last }
    sink(0)
  }

  private mutating func sink(_ start: Int) {
    var place = start
    while true {
      var first = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count && precedes(child, first) {
        first = child
      }
      if first == place { return }
      heap.swapAt(first, place)
      place = first
    }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    ChosenWalk.compare(walks[heap[a]], walks[heap[b]]) < 0
  }
}
