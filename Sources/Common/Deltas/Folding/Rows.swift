internal import Runs

/// Documents to write, and ids to bury: each a row of words, one row behind the other.
///
///     number of places × 2, + 1 where the document is gone; the places (Place.packed), the last of which names its group
///
/// Of what is gone one place is enough: it names the id, and the shard that its tombstone is in.
struct Rows: ~Copyable {
  private(set) var words = Pile<UInt64>()
  private(set) var count = 0

  mutating func append(_ places: UnsafeBufferPointer<Keyed>, isGone: Bool) {
    words.append(UInt64(places.count) << 1 | (isGone ? 1 : 0))
    for place in places { words.append(place.value) }
    count += 1
  }

  mutating func append(_ row: Row) {
    words.append(UInt64(row.places.count) << 1 | (row.isGone ? 1 : 0))
    words.append(row.places)
    count += 1
  }

  /// Rows that were kept elsewhere.
  init(words: consuming Pile<UInt64>, count: Int) {
    self.words = words
    self.count = count
  }

  init() {}

  /// The same in slice order, by the records that name the groups: where they lie one behind the other they are read so.
  consuming func inSliceOrder() -> Rows {
    var places = Pile<Keyed>()
    places.reserve(count)
    forEach { offset, row in places.append(Keyed(key: row.last.packed, value: UInt64(offset))) }
    // Documents of one record come in order, and then the others.
    var inOrder = min(1, count)
    while inOrder < count, places[inOrder - 1].key <= places[inOrder].key { inOrder += 1 }
    if inOrder == count { return Rows(words: words, count: count) }
    let others = UnsafeMutableBufferPointer(rebasing: places.mutableElements[inOrder...])
    RadixSort.sort(others)
    return merged(UnsafeBufferPointer(rebasing: places.elements[..<inOrder]), UnsafeBufferPointer(others))
  }

  /// Two series of rows, each in slice order, as one.
  private func merged(_ a: UnsafeBufferPointer<Keyed>, _ b: UnsafeBufferPointer<Keyed>) -> Rows {
    var merged = Pile<UInt64>()
    merged.reserve(words.count)
    var (left, right) = (0, 0)
    while left + right < count {
      let isLeft = right == b.count || left < a.count && a[left].key <= b[right].key
      let start = Int(isLeft ? a[left].value : b[right].value)
      merged.append(UnsafeBufferPointer(rebasing: words.elements[start...start + Int(words[start] >> 1)]))
      if isLeft { left += 1 } else { right += 1 }
    }
    return Rows(words: merged, count: count)
  }

  struct Row {
    let places: UnsafeBufferPointer<UInt64>
    let isGone: Bool

    /// A record that names the document.
    var first: Place { Place(packed: places.first ?? Place.end.packed) }
    /// The record that names its group.
    var last: Place { Place(packed: places.last ?? Place.end.packed) }
  }

  /// The row that begins at that word.
  func row(at offset: Int) -> Row { Self.row(words.elements, at: offset) }

  static func row(_ words: UnsafeBufferPointer<UInt64>, at offset: Int) -> Row {
    let head = words[offset]
    let places = words[offset + 1..<offset + 1 + Int(head >> 1)]
    return Row(places: UnsafeBufferPointer(rebasing: places), isGone: head & 1 != 0)
  }

  func forEach(_ body: (_ offset: Int, Row) -> Void) {
    Self.forEach(words.elements, in: 0..<words.count, body)
  }

  static func forEach(
    _ words: UnsafeBufferPointer<UInt64>, in range: Range<Int>, _ body: (_ offset: Int, Row) -> Void
  ) {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let row = row(words, at: offset)
      body(offset, row)
      offset += 1 + row.places.count
    }
  }
}
