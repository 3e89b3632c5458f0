/// How a document and a position make one number, in the order of both: by pages of 2^bits positions, one after the other.
///
/// Each document has a page of its own, and a long one as many as it needs: so an occurrence takes four bytes, where the longest
/// document would have needed more of every other.
struct OccurrencePages {
  struct LongDocument {
    let document: Int
    let positions: Int
  }

  /// A document of several pages.
  private struct Run {
    let document: Int
    let pages: Range<Int>
    /// So many more pages than documents there are up to its end.
    var excess: Int { pages.upperBound - document - 1 }
  }

  let bits: Int
  let fitsInFourBytes: Bool
  private let runs: [Run]

  /// Documents of no more positions are never long.
  static let shortest = 1 << 7

  /// `positions`: what no document has more of; `long`: the documents of more than `shortest`, in ascending order.
  init(documents: Int, positions: Int, long: [LongDocument]) {
    let width = Int.bitWidth - positions.leadingZeroBitCount
    let least = min(width, Self.shortest.trailingZeroBitCount)
    let few = stride(from: width, through: least, by: -1).first { bits in
      long.reduce(documents) { $0 + $1.positions >> bits } <= (1 << 32) >> bits
    }
    fitsInFourBytes = few != nil
    bits = few ?? width
    var (runs, excess) = ([Run](), 0)
    for long in long where long.positions > 1 << bits {
      let first = long.document + excess
      excess += (long.positions - 1) >> bits
      runs.append(Run(document: long.document, pages: first..<long.document + excess + 1))
    }
    self.runs = runs
  }

  // MARK: From documents to pages

  /// Goes through documents in ascending order.
  struct Walk {
    private let runs: [Run]
    private var next = 0
    private var excess = 0

    init(_ pages: OccurrencePages) { runs = pages.runs }

    /// The first page of a document.
    @inline(__always)
    mutating func page(of document: Int) -> Int {
      while next < runs.count && runs[next].document < document {
        excess = runs[next].excess
        next += 1
      }
      return document + excess
    }
  }

  // MARK: From pages to documents

  /// The pages from a document of several, or the first, up to the next of several: each one's document is the page less the excess.
  struct Stretch {
    let excess: Int
    let end: Int
  }

  var first: Stretch { Stretch(excess: 0, end: runs.first?.pages.lowerBound ?? .max) }

  /// The document that a page belongs to, all of its pages, and what goes for those behind it.
  func find(_ page: Int) -> (document: Int, pages: Range<Int>, behind: Stretch) {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].pages.lowerBound <= page { low = middle + 1 } else { high = middle }
    }
    let end = low < runs.count ? runs[low].pages.lowerBound : .max
    guard low > 0 else { return (page, page..<page + 1, Stretch(excess: 0, end: end)) }
    let run = runs[low - 1]
    let behind = Stretch(excess: run.excess, end: end)
    if run.pages.contains(page) { return (run.document, run.pages, behind) }
    return (page - run.excess, page..<page + 1, behind)
  }
}
