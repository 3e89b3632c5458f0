internal import Runs
internal import Threads

/// Names of the documents that are there, by number; several threads may look at them.
final class DocumentNames: @unchecked Sendable {
  fileprivate struct Entry: BitwiseCopyable {
    let names: RunNames
    let row: Int
  }

  private let entries: UnsafeMutableBufferPointer<Entry>

  /// `rows` are in slice order. Each thread finds the names of some of them, where they lie.
  init(_ rows: borrowing Rows, in window: Window, threads: Int) {
    let shares = rows.shares(threads)
    entries = .allocate(capacity: shares.last?.documents.upperBound ?? 0)
    let shared = Shared(words: rows.words.elements, entries: entries)
    _ = parallelMap(count: shares.count, threads: threads) { shared.find(shares[$0], in: window) }
  }

  deinit { entries.deallocate() }

  var count: Int { entries.count }

  /// Where the row of the document begins.
  func row(_ number: Int) -> Int { entries[number].row }

  func group(_ number: Int) -> UnsafeRawBufferPointer { entries[number].names.group }

  func precedes(_ a: Int, _ b: Int) -> Bool {
    let (a, b) = (entries[a].names, entries[b].names)
    let order = ByteOrder.compare(a.group, b.group)
    return order == 0 ? ByteOrder.compare(a.id, b.id) < 0 : order < 0
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

extension DocumentNames {
  /// What several threads work on, each on its share.
  fileprivate struct Shared: @unchecked Sendable {
    let words: UnsafeBufferPointer<UInt64>
    let entries: UnsafeMutableBufferPointer<Entry>

    func find(_ share: Rows.Share, in window: Window) {
      var cursor = NamesCursor(window)
      var number = share.documents.lowerBound
      Rows.forEach(words, in: share.words) { offset, row in
        if row.isGone { return }
        entries.initializeElement(at: number, to: Entry(names: cursor.names(of: row.last), row: offset))
        number += 1
      }
    }
  }
}

/// Finds the names of records, which are asked for in slice order.
private struct NamesCursor {
  private let window: Window
  private var part: PartNames?
  private var number: UInt64?

  init(_ window: Window) { self.window = window }

  mutating func names(of place: Place) -> RunNames {
    let number = place.packed >> UInt64(RunPart.offsetBits)
    if number != self.number {
      part = window.names(besides: place)
      self.number = number
    }
    return part?.names(at: place.offset) ?? window.record(place)?.names ?? RunNames()
  }
}

extension Rows {
  /// Some rows that follow one another: their words, and the numbers of their documents.
  fileprivate struct Share {
    let words: Range<Int>
    let documents: Range<Int>
  }

  /// Cuts the rows into at most so many shares of about one size.
  fileprivate func shares(_ most: Int) -> [Share] {
    var shares: [Share] = []
    var (rows, documents) = (0, 0)
    forEach { offset, row in
      rows += 1
      if !row.isGone { documents += 1 }
      if rows * most / count > shares.count {
        let (start, first) = (shares.last?.words.upperBound ?? 0, shares.last?.documents.upperBound ?? 0)
        shares.append(Share(words: start..<offset + 1 + row.places.count, documents: first..<documents))
      }
    }
    return shares
  }
}
