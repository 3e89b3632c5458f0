internal import Runs
internal import Threads

/// The rows of the documents that are there, by group and then id in byte order: where each row begins.
struct DocumentOrder: ~Copyable {
  private var order = Pile<Keyed>()

  /// Sorts by the first eight bytes behind what all groups have in common, and only then looks at the names themselves.
  init(_ rows: borrowing Rows, in window: Window, threads: Int = 1) {
    order.reserve(rows.count)
    rows.forEach { offset, row in
      if !row.isGone { order.append(Keyed(key: UInt64(offset), value: UInt64(offset))) }
    }
    let elements = order.mutableElements
    let names = NameOrder(elements: elements, words: rows.words.elements, window: window)
    let ranges = names.ranges(threads)
    let shared = parallelMap(count: ranges.count, threads: threads) { names.sharedPrefix(ranges[$0]) }.min()
    _ = parallelMap(count: ranges.count, threads: threads) { names.setKeys(ranges[$0], from: shared ?? 0) }
    RadixSort.sort(elements)
    let sorted = names.ranges(threads)
    _ = parallelMap(count: sorted.count, threads: threads) { names.sortEqual(sorted[$0]) }
  }

  var count: Int { order.count }

  /// The row of the document at that place.
  subscript(index: Int) -> Int { Int(truncatingIfNeeded: order[index].value) }
}

/// Rows that are being put in the order of their names; ranges of them by several threads at once.
private struct NameOrder: @unchecked Sendable {
  /// The value is where the row begins.
  let elements: UnsafeMutableBufferPointer<Keyed>
  let words: UnsafeBufferPointer<UInt64>
  let window: Window

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

  private func row(_ element: Keyed) -> Rows.Row { Rows.row(words, at: Int(element.value)) }

  private func group(_ element: Keyed) -> UnsafeRawBufferPointer { window.group(row(element).last) }

  /// The length of what the groups of a range and the first group of all have in common.
  func sharedPrefix(_ range: Range<Int>) -> Int {
    let first = group(elements[0])
    var shared = first.count
    let pages = PagesRead(of: window)
    for element in elements[range] where shared > 0 {
      let group = group(element)
      var length = 0
      let limit = min(shared, group.count)
      while length < limit, first[length] == group[length] { length += 1 }
      shared = length
      pages.count()
    }
    return shared
  }

  /// Puts eight bytes of the group in each key's place.
  func setKeys(_ range: Range<Int>, from shared: Int) {
    let pages = PagesRead(of: window)
    for index in range {
      elements[index].key = ByteOrder.word(group(elements[index]), from: shared)
      pages.count()
    }
  }

  /// Sorts those of one key.
  func sortEqual(_ range: Range<Int>) {
    let elements = UnsafeMutableBufferPointer(rebasing: elements[range])
    let pages = PagesRead(of: window)
    Selection.forEachHash(UnsafeBufferPointer(elements)) { range in
      if range.count > 1 { sort(UnsafeMutableBufferPointer(rebasing: elements[range]), pages) }
    }
  }

  private func sort(_ elements: UnsafeMutableBufferPointer<Keyed>, _ pages: PagesRead) {
    var names = elements.map { element in
      let row = row(element)
      pages.count()
      return Name(group: window.group(row.last), id: window.id(row.first), element: element)
    }
    // Most come in order as they are.
    if !names.indices.dropFirst().contains(where: { !names[$0 - 1].precedes(names[$0]) }) { return }
    names.sort { $0.precedes($1) }
    for (index, name) in names.enumerated() { elements[index] = name.element }
  }

  private struct Name {
    let group: UnsafeRawBufferPointer
    let id: UnsafeRawBufferPointer
    let element: Keyed

    func precedes(_ other: Name) -> Bool {
      let order = ByteOrder.compare(group, other.group)
      return order == 0 ? ByteOrder.compare(id, other.id) < 0 : order < 0
    }
  }
}
