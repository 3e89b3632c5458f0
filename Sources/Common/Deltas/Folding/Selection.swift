internal import Runs

/// Records to fold: who mentions which documents and groups. Of each pile the key is a hash of the id or group, the value the
/// record's place.
struct Selection: ~Copyable {
  /// Records with an id, deletes too.
  var ids = Pile<Keyed>()
  /// Records with values of group scope.
  var groups = Pile<Keyed>()
  /// Deletes of groups.
  var groupDeletes = Pile<Keyed>()
  /// Whether some of the records with an id are deletes.
  var hasDeletes = false

  /// The mentions of groups, which leave it.
  consuming func takeGroups() -> Pile<Keyed> { groups }

  /// Groups by hash; ids so that those of one hash stand together. Those of one hash are in slice order.
  mutating func sort() {
    Self.gather(&ids)
    Self.sort(&groups)
    Self.sort(&groupDeletes)
  }

  /// Most hashes are there once: these stay as they come, and only the others are sorted, behind them.
  private static func gather(_ pile: inout Pile<Keyed>) {
    let elements = pile.mutableElements
    var seen = HashFilter(elements.count)
    var again = HashFilter(elements.count)
    for element in elements where !seen.insert(element.key) { _ = again.insert(element.key) }
    var others = Pile<Keyed>()
    var count = 0
    for element in elements {
      if again.contains(element.key) {
        others.append(element)
      } else {
        elements[count] = element
        count += 1
      }
    }
    sort(&others)
    pile.truncate(to: count)
    pile.append(others.elements)
  }

  /// Those of one hash come in slice order, or else are put in it.
  static func sort(_ pile: inout Pile<Keyed>) {
    let elements = pile.mutableElements
    RadixSort.sort(elements, areHashes: true)
    forEachHash(UnsafeBufferPointer(elements)) { range in
      var same = UnsafeMutableBufferPointer(rebasing: elements[range])
      for index in same.indices.dropFirst() where same[index].value < same[index - 1].value {
        return same.sort { $0.value < $1.value }
      }
    }
  }

  /// Calls `body` with the range of each hash.
  static func forEachHash(_ elements: UnsafeBufferPointer<Keyed>, _ body: (Range<Int>) -> Void) {
    var start = 0
    while start < elements.count {
      var end = start + 1
      while end < elements.count, elements[end].key == elements[start].key { end += 1 }
      body(start..<end)
      start = end
    }
  }

  /// Those of one hash.
  static func range(of hash: UInt64, in elements: UnsafeBufferPointer<Keyed>) -> Range<Int> {
    let start = elements.partitioningIndex { $0.key >= hash }
    var end = start
    while end < elements.count, elements[end].key == hash { end += 1 }
    return start..<end
  }
}

/// A set of hashes that holds some more than were put in, a few in a hundred: 16 bits for each.
private struct HashFilter: ~Copyable {
  private var words = Pile<UInt64>()
  private let shift: UInt64

  init(_ count: Int) {
    var bits: UInt64 = 6
    while 1 << bits < count * 16 { bits += 1 }
    shift = 64 - bits
    for _ in 0..<1 << (bits - 6) { words.append(0) }
  }

  /// Whether it was not in the set.
  mutating func insert(_ hash: UInt64) -> Bool {
    let (word, bit) = place(hash)
    let before = words[word]
    words.mutableElements[word] = before | bit
    return before & bit == 0
  }

  func contains(_ hash: UInt64) -> Bool {
    let (word, bit) = place(hash)
    return words[word] & bit != 0
  }

  private func place(_ hash: UInt64) -> (word: Int, bit: UInt64) {
    let number = hash >> shift
    return (Int(truncatingIfNeeded: number >> 6), 1 << (number & 63))
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index whose element satisfies the predicate, as all behind it do.
  func partitioningIndex(_ belongsBehind: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if belongsBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
