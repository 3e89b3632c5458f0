import Testing

@testable import Segments

/// A document and a position as one number, and back.
///
/// That segments come out right of it is tested by RoundTripTests and LaneTests.
struct OccurrencePagesTests {
  typealias Long = OccurrencePages.LongDocument

  /// Documents that leave so few bits for positions that the long ones need several pages.
  static let many = 20_000_000
  static let long = [
    Long(document: 0, positions: 129), Long(document: 3, positions: 257),
    Long(document: 4, positions: 100_000),
    Long(document: 70, positions: 200), Long(document: 19_999_999, positions: 5000),
  ]
  static let probes = [0, 1, 2, 3, 4, 5, 69, 70, 71, 1000, 19_999_998, 19_999_999]

  static func positions(of document: Int) -> Int { long.first { $0.document == document }?.positions ?? 128 }

  @Test func `documents and their pages ascend, and lead back to the documents`() {
    let pages = OccurrencePages(documents: Self.many, positions: 100_000, long: Self.long)
    #expect(pages.fitsInFourBytes)
    #expect(pages.bits == 7)
    var walk = OccurrencePages.Walk(pages)
    var next = 0
    for document in Self.probes {
      let first = walk.page(of: document)
      #expect(first >= next)
      let last = first + (Self.positions(of: document) - 1) >> pages.bits
      for page in [first, (first + last) / 2, last] {
        let found = pages.find(page)
        #expect(found.document == document)
        #expect(found.pages == first..<last + 1)
        #expect(found.behind.end > last)
      }
      next = last + 1
    }
    #expect(next << pages.bits <= 1 << 32)
  }

  @Test func `up to the first long document a page is the document`() {
    let pages = OccurrencePages(
      documents: Self.many, positions: 300, long: [Long(document: 9, positions: 300)])
    #expect(pages.first.excess == 0)
    #expect(pages.first.end == 9)
    #expect(pages.find(9).behind.excess == 2)
    #expect(pages.find(12).document == 10)
  }

  @Test(arguments: [
    (1000, 128, 8, true), (1 << 24, 128, 8, true), ((1 << 24) + 1, 128, 7, true),
    ((1 << 25) + 1, 128, 8, false),
    (Int(Int32.max), 0, 0, true), (Int(Int32.max), 3, 2, false),
  ])
  func `without long documents the bits are those of the greatest position`(
    documents: Int, positions: Int, bits: Int, fits: Bool
  ) {
    let pages = OccurrencePages(documents: documents, positions: positions, long: [])
    #expect(pages.fitsInFourBytes == fits)
    #expect(pages.bits == bits)
  }
}
