internal import Runs
internal import Threads

/// The rows of the documents that are there, by group and then id in byte order: where each row begins.
struct DocumentOrder: ~Copyable {
  private var order = Pile<Keyed>()

  /// Sorts by the first eight bytes behind what all groups have in common, and only then looks at the whole names.
  ///
  /// `rows` are in slice order, so that the names in the runs are read from front to back.
  init(_ rows: borrowing Rows, in window: Window, threads: Int = 1) {
    let names = DocumentNames(rows, in: window, threads: threads)
    let shared = names.sharedPrefix
    order.reserve(names.count)
    for number in 0..<names.count {
      let key = ByteOrder.word(names.group(number), from: shared)
      order.append(Keyed(key: key, value: UInt64(number)))
    }
    let elements = order.mutableElements
    RadixSort.sort(elements)
    let equals = SharedElements(elements: elements)
    let ranges = equals.ranges(threads)
    _ = parallelMap(count: ranges.count, threads: threads) { equals.sortEqual(ranges[$0], by: names) }
    for index in elements.indices { elements[index].value = UInt64(names.row(Int(elements[index].value))) }
  }

  var count: Int { order.count }

  /// The row of the document at that place.
  subscript(index: Int) -> Int { Int(truncatingIfNeeded: order[index].value) }
}

/// Elements sorted by their keys, whose values are numbers of names; ranges of them are for several threads at once.
private struct SharedElements: @unchecked Sendable {
  let elements: UnsafeMutableBufferPointer<Keyed>

  /// So many ranges of about one size, with elements of one key in one range.
  func ranges(_ count: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    for index in 1...max(count, 1) {
      var end = max(elements.count * index / max(count, 1), start)
      while end > start, end < elements.count, elements[end].key == elements[end - 1].key { end += 1 }
      if end > start { ranges.append(start..<end) }
      start = end
    }
    return ranges
  }

  /// Sorts those of one key. Most come in order as they are.
  func sortEqual(_ range: Range<Int>, by names: DocumentNames) {
    let elements = UnsafeMutableBufferPointer(rebasing: elements[range])
    Selection.forEachHash(UnsafeBufferPointer(elements)) { range in
      var same = UnsafeMutableBufferPointer(rebasing: elements[range])
      for index in same.indices.dropFirst()
      where !names.precedes(Int(same[index - 1].value), Int(same[index].value)) {
        return same.sort { names.precedes(Int($0.value), Int($1.value)) }
      }
    }
  }
}
