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

  private let entries: UnsafeMutableBufferPointer<Entry>
  private let bytes: [NamesBytes]

  /// Each thread copies the names of some rows.
  init(_ rows: borrowing Rows, in window: Window, threads: Int) {
    let shares = rows.shares(threads)
    let entries = UnsafeMutableBufferPointer<Entry>.allocate(capacity: shares.last?.documents.upperBound ?? 0)
    let shared = Shared(words: rows.words.elements, entries: entries)
    bytes = parallelMap(count: shares.count, threads: threads) { index in
      NamesBytes(of: shares[index], shared, in: window)
    }
    self.entries = entries
  }

  deinit { entries.deallocate() }

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

extension DocumentNames {
  /// What several threads work on, each on its share.
  fileprivate struct Shared: @unchecked Sendable {
    let words: UnsafeBufferPointer<UInt64>
    let entries: UnsafeMutableBufferPointer<Entry>
  }
}

/// The names of some documents, one behind the other.
private final class NamesBytes: @unchecked Sendable {
  @exclusivity(unchecked) private var bytes = Pile<UInt8>()

  init(of share: Rows.Share, _ shared: DocumentNames.Shared, in window: Window) {
    let pages = PagesRead(of: window)
    var number = share.documents.lowerBound
    Rows.forEach(shared.words, in: share.words) { offset, row in
      if row.isGone { return }
      let (group, id) = (window.group(row.last), window.id(row.first))
      bytes.append(group)
      bytes.append(id)
      shared.entries.initializeElement(
        at: number,
        to: .init(
          start: nil, row: offset, groupCount: UInt32(truncatingIfNeeded: group.count),
          idCount: UInt32(truncatingIfNeeded: id.count)))
      number += 1
      pages.count(row)
    }
    // They have moved while they grew.
    var at = bytes.bytes.baseAddress
    for number in share.documents {
      let entry = shared.entries[number]
      shared.entries[number].start = at
      at = at.map { $0 + Int(entry.groupCount) + Int(entry.idCount) }
    }
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
