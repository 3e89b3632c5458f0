import Fields
import SlowWords
import Synchronization

@testable import Segments

/// The same index without any format: dictionaries, and words found the slow way.
struct ReferenceIndex {
  struct Posting: Equatable {
    var document: Int
    var positions: [Int]
  }

  struct Column {
    /// By term, in document order; for keywords one position each.
    var postings: [[UInt8]: [Posting]] = [:]
    /// By document; indexed words, or distinct values.
    var lengths: [Int] = []
    var documents: Int { lengths.count { $0 > 0 } }
    var sumOfLengths: Int { lengths.reduce(0, +) }

    func positions(of term: [UInt8], in document: Int) -> [Int] {
      guard let list = postings[term] else { return [] }
      var (low, high) = (0, list.count)
      while low < high {
        let middle = (low + high) / 2
        if list[middle].document < document { low = middle + 1 } else { high = middle }
      }
      return low < list.count && list[low].document == document ? list[low].positions : []
    }
  }

  let documents: [TestDocument]
  private(set) var columns: [String: Column] = [:]

  init(_ documents: [TestDocument], fields: [Field] = testFields) {
    self.documents = inOrder(documents)
    for field in fields where field.kind == .text || field.kind == .keyword {
      var column = Column()
      for (number, document) in self.documents.enumerated() {
        let values = document.values[field.name] ?? []
        let placed = field.kind == .text ? Self.words(values) : Set(values).map { (Array($0.utf8), 0) }
        column.lengths.append(placed.count)
        for (term, positions) in Dictionary(grouping: placed, by: \.0) {
          let posting = Posting(document: number, positions: positions.map(\.1).sorted())
          column.postings[term, default: []].append(posting)
        }
      }
      columns[field.name] = column
    }
  }

  /// The words of a field's values and their positions; a gap of 100 between two values.
  static func words(_ values: [String]) -> [([UInt8], Int)] {
    var result: [([UInt8], Int)] = []
    var position = 0
    for (index, value) in values.enumerated() {
      if index > 0 { position += 100 }
      for word in value.split(whereSeparator: { " -\n".contains($0) }).flatMap(words) {
        if let word { result.append((word, position)) }
        position += 1
      }
    }
    return result
  }

  private static let known = Mutex<[Substring: [[UInt8]?]]>([:])

  /// The words between two blanks, which no word crosses; worked out once for each text.
  private static func words(_ text: Substring) -> [[UInt8]?] {
    if let words = known.withLock({ $0[text] }) { return words }
    let words = SlowWords.words(String(text)).map { $0.map { Array($0.utf8) } }
    known.withLock { $0[text] = words }
    return words
  }
}
