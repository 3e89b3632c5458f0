internal import Runs
internal import Threads

/// The rows of the documents that are there, by group and then id in byte order: where each row begins.
struct DocumentOrder: ~Copyable {
  private var order = Pile<Keyed>()

  /// Sorts by the first eight bytes behind what all groups have in common, and only then looks at the whole names.
  ///
  /// `rows` are in slice order: so the runs are read from front to back, and their names copied. To compare them where they
  /// lie would bring in all pages of the runs at once.
  init(_ rows: borrowing Rows, in window: Window, threads: Int = 1) {
    let names = Names(count: rows.count)
    let pages = PagesRead(of: window)
    rows.forEach { offset, row in
      if !row.isGone { names.append(group: window.group(row.last), id: window.id(row.first), row: offset) }
      pages.count()
    }
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

/// Names of documents, one behind the other, by number; several threads may look at them.
private final class Names: @unchecked Sendable {
  private struct Entry: BitwiseCopyable {
    let start: Int
    let row: Int
    let groupCount: UInt32
    let idCount: UInt32
  }

  @exclusivity(unchecked) private var bytes = Pile<UInt8>()
  @exclusivity(unchecked) private var entries = Pile<Entry>()

  init(count: Int) { entries.reserve(count) }

  var count: Int { entries.count }

  func append(group: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer, row: Int) {
    entries.append(
      Entry(
        start: bytes.count, row: row, groupCount: UInt32(truncatingIfNeeded: group.count),
        idCount: UInt32(truncatingIfNeeded: id.count)))
    bytes.append(group)
    bytes.append(id)
  }

  /// Where the row of the document begins.
  func row(_ number: Int) -> Int { entries[number].row }

  func group(_ number: Int) -> UnsafeRawBufferPointer {
    let entry = entries[number]
    return slice(entry.start, Int(entry.groupCount))
  }

  private func id(_ number: Int) -> UnsafeRawBufferPointer {
    let entry = entries[number]
    return slice(entry.start + Int(entry.groupCount), Int(entry.idCount))
  }

  private func slice(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes.bytes[start..<start + count])
  }

  func precedes(_ a: Int, _ b: Int) -> Bool {
    let order = ByteOrder.compare(group(a), group(b))
    return order == 0 ? ByteOrder.compare(id(a), id(b)) < 0 : order < 0
  }

  /// The length of what all groups have in common.
  var sharedPrefix: Int {
    guard count > 0 else { return 0 }
    let first = group(0)
    var shared = first.count
    for number in 0..<count where shared > 0 {
      let group = group(number)
      let limit = min(shared, group.count)
      var length = 0
      while length < limit, first[length] == group[length] { length += 1 }
      shared = length
    }
    return shared
  }
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
  func sortEqual(_ range: Range<Int>, by names: Names) {
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
