internal import Runs

/// Documents to write, and ids to bury: each a row of words, one row behind the other.
///
///     number of places × 2, + 1 where the document is gone; the places (Place.packed), the last of which names its group
///
/// Of what is gone one place is enough: it names the id.
struct Rows: ~Copyable {
  private(set) var words = Pile<UInt64>()
  private(set) var count = 0

  mutating func append(_ places: UnsafeBufferPointer<Keyed>, isGone: Bool) {
    words.append(UInt64(places.count) << 1 | (isGone ? 1 : 0))
    for place in places { words.append(place.value) }
    count += 1
  }

  /// Rows that were kept elsewhere.
  init(words: consuming Pile<UInt64>, count: Int) {
    self.words = words
    self.count = count
  }

  init() {}

  struct Row {
    let places: UnsafeBufferPointer<UInt64>
    let isGone: Bool

    /// A record that names the document.
    var first: Place { Place(packed: places.first ?? Place.end.packed) }
    /// The record that names its group.
    var last: Place { Place(packed: places.last ?? Place.end.packed) }
  }

  /// The row that begins at that word.
  func row(at offset: Int) -> Row {
    let head = words[offset]
    let places = words.elements[offset + 1..<offset + 1 + Int(head >> 1)]
    return Row(places: UnsafeBufferPointer(rebasing: places), isGone: head & 1 != 0)
  }

  func forEach(_ body: (_ offset: Int, Row) -> Void) {
    var offset = 0
    while offset < words.count {
      let row = row(at: offset)
      body(offset, row)
      offset += 1 + row.places.count
    }
  }
}

/// The rows of the documents that are there, by group and then id in byte order: where each row begins.
struct DocumentOrder: ~Copyable {
  private var order = Pile<Keyed>()

  /// Sorts by the first eight bytes behind what all groups have in common, and only then looks at the names themselves.
  init(_ rows: borrowing Rows, in window: Window) {
    let shared = Self.sharedPrefix(rows, window)
    order.reserve(rows.count)
    rows.forEach { offset, row in
      if !row.isGone {
        let key = ByteOrder.word(window.group(row.last), from: shared)
        order.append(Keyed(key: key, value: UInt64(offset)))
      }
    }
    let elements = order.mutableElements
    RadixSort.sort(elements)
    Selection.forEachHash(UnsafeBufferPointer(elements)) { range in
      if range.count > 1 { Self.sort(UnsafeMutableBufferPointer(rebasing: elements[range]), rows, window) }
    }
  }

  var count: Int { order.count }

  /// The row of the document at that place.
  subscript(index: Int) -> Int { Int(truncatingIfNeeded: order[index].value) }

  private static func sharedPrefix(_ rows: borrowing Rows, _ window: Window) -> Int {
    var first: UnsafeRawBufferPointer?
    var shared = Int.max
    rows.forEach { _, row in
      if row.isGone || shared == 0 { return }
      let group = window.group(row.last)
      guard let known = first else {
        first = group
        shared = group.count
        return
      }
      var length = 0
      let limit = min(shared, group.count)
      while length < limit, known[length] == group[length] { length += 1 }
      shared = length
    }
    return first == nil ? 0 : shared
  }

  /// Most come in order as they are.
  private static func sort(
    _ elements: UnsafeMutableBufferPointer<Keyed>, _ rows: borrowing Rows, _ window: Window
  ) {
    for index in elements.indices.dropFirst()
    where !precedes(elements[index - 1], elements[index], rows, window) {
      var copy: [Keyed] = Array(elements)
      Self.sort(&copy, rows, window)
      for index in copy.indices { elements[index] = copy[index] }
      return
    }
  }

  private static func sort(_ elements: inout [Keyed], _ rows: borrowing Rows, _ window: Window) {
    let names = elements.map { element in
      let row = rows.row(at: Int(element.value))
      return Name(group: window.group(row.last), id: window.id(row.first), element: element)
    }
    elements = names.sorted { $0.precedes($1) }.map(\.element)
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

  private static func precedes(_ a: Keyed, _ b: Keyed, _ rows: borrowing Rows, _ window: Window) -> Bool {
    let (left, right) = (rows.row(at: Int(a.value)), rows.row(at: Int(b.value)))
    let order = ByteOrder.compare(window.group(left.last), window.group(right.last))
    return order == 0
      ? ByteOrder.compare(window.id(left.first), window.id(right.first)) < 0 : order < 0
  }
}
