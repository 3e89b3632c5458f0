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

  /// By hash, and for each in slice order.
  mutating func sort() {
    Self.sort(&ids)
    Self.sort(&groups)
    Self.sort(&groupDeletes)
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
