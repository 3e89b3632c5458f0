internal import Runs
internal import Threads

/// Names of the documents that are there, by number; several threads may look at them.
final class DocumentNames: @unchecked Sendable {
  fileprivate struct Entry: BitwiseCopyable {
    /// Where the group lies, and behind it the id.
    var start: UnsafeRawPointer?
    let row: Int
    let groupCount: UInt32
    let idCount: UInt32
  }

  @exclusivity(unchecked) private var entries = Pile<Entry>()
  private let parts: [NamesPart]

  /// Each thread copies the names of some rows.
  init(_ rows: borrowing Rows, in window: Window, threads: Int) {
    let ranges = rows.ranges(threads)
    let words = SharedWords(words: rows.words.elements)
    parts = parallelMap(count: ranges.count, threads: threads) { index in
      NamesPart(words.words, ranges[index], in: window)
    }
    entries.reserve(rows.count)
    for part in parts { part.forEach { entries.append($0) } }
  }

  var count: Int { entries.count }

  /// Where the row of the document begins.
  func row(_ number: Int) -> Int { entries[number].row }

  func group(_ number: Int) -> UnsafeRawBufferPointer {
    let entry = entries[number]
    return UnsafeRawBufferPointer(start: entry.start, count: Int(entry.groupCount))
  }

  private func id(_ number: Int) -> UnsafeRawBufferPointer {
    let entry = entries[number]
    return UnsafeRawBufferPointer(
      start: entry.start.map { $0 + Int(entry.groupCount) }, count: Int(entry.idCount))
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

/// The names of some documents, one behind the other.
private final class NamesPart: @unchecked Sendable {
  @exclusivity(unchecked) private var bytes = Pile<UInt8>()
  @exclusivity(unchecked) private var entries = Pile<DocumentNames.Entry>()

  init(_ words: UnsafeBufferPointer<UInt64>, _ range: Range<Int>, in window: Window) {
    let pages = PagesRead(of: window)
    var offset = range.lowerBound
    while offset < range.upperBound {
      let row = Rows.row(words, at: offset)
      if !row.isGone { append(group: window.group(row.last), id: window.id(row.first), row: offset) }
      pages.count()
      offset += 1 + row.places.count
    }
  }

  private func append(group: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer, row: Int) {
    bytes.append(group)
    bytes.append(id)
    entries.append(
      DocumentNames.Entry(
        start: nil, row: row, groupCount: UInt32(truncatingIfNeeded: group.count),
        idCount: UInt32(truncatingIfNeeded: id.count)))
  }

  func forEach(_ body: (DocumentNames.Entry) -> Void) {
    var at = bytes.bytes.baseAddress
    for var entry in entries.elements {
      entry.start = at
      at = at.map { $0 + Int(entry.groupCount) + Int(entry.idCount) }
      body(entry)
    }
  }
}

/// Nothing in them changes while they are looked at.
private struct SharedWords: @unchecked Sendable {
  let words: UnsafeBufferPointer<UInt64>
}

extension Rows {
  /// Cuts the words into so many ranges of whole rows, of about one number.
  fileprivate func ranges(_ most: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var (start, seen) = (0, 0)
    forEach { offset, row in
      seen += 1
      if seen * most / count > ranges.count {
        let end = offset + 1 + row.places.count
        ranges.append(start..<end)
        start = end
      }
    }
    return ranges
  }
}
