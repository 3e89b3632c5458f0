import Failures
import Fields
import Seeded
import Testing

@testable import Segments

/// What goes into a segment comes out of it, against an index of dictionaries.
///
/// Not tested: more than 2^31 documents, words or bytes in anything, which would take more memory than tests have.
struct RoundTripTests {
  static let shapes: [(count: Int, groups: Bool, vocabulary: Int)] = [
    (0, false, 10), (1, false, 10), (2, true, 3), (17, false, 40), (127, true, 5), (128, false, 1),
    (129, true, 2),
    (300, false, 400), (1000, true, 50),
    (Sample.rounds(quick: 600, full: 4000, long: 70_000), false, 2000),
  ]

  static func fields(groups: Bool) -> [Field] {
    groups ? testFields + [Field("maker", .group)] : testFields
  }

  @Test(arguments: shapes)
  func `documents, ids, groups and numbers come back`(count: Int, groups: Bool, vocabulary: Int) throws {
    let documents = randomDocuments(count, groups: groups, vocabulary: vocabulary, seed: UInt64(count))
    let segment = try open(try build(documents, fields: Self.fields(groups: groups)))
    #expect(segment.documents == count)
    var stored = segment.stored
    for (number, document) in inOrder(documents).enumerated() {
      #expect(try segment.id(of: number) == Array(document.id.utf8))
      #expect(try segment.group(of: number) == Array((document.group ?? document.id).utf8))
      #expect(try Array(stored.document(number)) == Array(document.json.utf8))
      #expect(try segment.document(id: Array(document.id.utf8)) == number)
      let group = try segment.documents(inGroup: Array((document.group ?? document.id).utf8))
      #expect(group?.contains(number) == true)
      #expect(segment.numberColumns[4]?[number] == document.numbers["price"])
    }
    #expect(try segment.document(id: Array("none".utf8)) == nil)
    #expect(try segment.documents(inGroup: Array("none".utf8)) == nil)
    let places = try (0..<count).map { try segment.id(of: try segment.document(atPlace: $0)) }
    #expect(places == documents.map { Array($0.id.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
  }

  @Test(arguments: shapes)
  func `terms and postings come back`(count: Int, groups: Bool, vocabulary: Int) throws {
    let documents = randomDocuments(count, groups: groups, vocabulary: vocabulary, seed: UInt64(count))
    let fields = Self.fields(groups: groups)
    let segment = try open(try build(documents, fields: fields))
    let reference = ReferenceIndex(documents, fields: fields)
    for (index, field) in fields.enumerated() {
      guard let column = segment.termColumns[index], let expected = reference.columns[field.name] else {
        continue
      }
      #expect(segment.meta.columns[index].documents == expected.documents)
      #expect(segment.meta.columns[index].sumOfLengths == expected.sumOfLengths)
      let terms = expected.postings.keys.sorted { $0.lexicographicallyPrecedes($1) }
      var cursor = try column.dictionary.cursor()
      for term in terms {
        #expect(try cursor.next())
        #expect(cursor.term == term)
        let entry = try #require(try column.dictionary.find(term))
        #expect(entry == cursor.entry)
        var list = expected.postings[term] ?? []
        if !column.hasPositions {
          list = list.map { .init(document: $0.document, positions: $0.positions.map { _ in 0 }) }
        }
        #expect(try Self.postings(column, entry) == list)
      }
      #expect(try !cursor.next())
      #expect(try column.dictionary.find(Array("~none".utf8)) == nil)
    }
  }

  /// A list as the reference has it; without positions, as many zeros as the frequency.
  static func postings(_ column: TermColumn, _ entry: TermDictionary.Entry) throws -> [ReferenceIndex.Posting]
  {
    var cursor = try PostingsCursor(column, entry)
    var list: [ReferenceIndex.Posting] = []
    var positions: [UInt32] = []
    try cursor.next()
    while cursor.document != PostingsCursor.noDocument {
      if column.hasPositions { try cursor.positions(into: &positions) }
      list.append(
        .init(
          document: cursor.document,
          positions: column.hasPositions
            ? positions.map(Int.init) : Array(repeating: 0, count: Int(cursor.frequency))))
      try cursor.next()
    }
    return list
  }

  @Test(arguments: shapes)
  func `a whole segment has no findings`(count: Int, groups: Bool, vocabulary: Int) throws {
    let documents = randomDocuments(count, groups: groups, vocabulary: vocabulary, seed: UInt64(count))
    let bytes = try build(
      documents, fields: Self.fields(groups: groups), groupTombstones: ["y", "x", ""], idTombstones: ["q"])
    #expect(try open(bytes).verify() == [])
  }

  @Test func `the same calls give the same bytes`() throws {
    let documents = randomDocuments(500, groups: true, seed: 7)
    let fields = Self.fields(groups: true)
    let first = try build(documents, fields: fields, groupTombstones: ["a", "b"], idTombstones: ["c", "d"])
    let second = try build(
      documents.reversed(), fields: fields, groupTombstones: ["b", "a"], idTombstones: ["d", "c"])
    #expect(first == second)
  }

  @Test func `advancing finds what stepping finds`() throws {
    let documents = randomDocuments(3000, vocabulary: 30, seed: 3)
    let segment = try open(try build(documents))
    let column = try #require(segment.termColumns[2])
    var terms = try column.dictionary.cursor()
    var random = SeededRandom(5)
    while try terms.next() {
      let all = try Self.withoutPositions(column, terms.entry)
      var cursor = try PostingsCursor(column, terms.entry)
      var target = 0
      while target < segment.documents {
        try cursor.advance(to: target)
        #expect(cursor.document == all.first { $0 >= target } ?? PostingsCursor.noDocument)
        target += Int.random(in: 1...200, using: &random)
      }
    }
  }

  private static func withoutPositions(_ column: TermColumn, _ entry: TermDictionary.Entry) throws -> [Int] {
    try postings(column, entry).map(\.document)
  }

  @Test func `tombstones come back in byte order`() throws {
    let segment = try open(try build([], groupTombstones: ["b", "", "a\0"], idTombstones: ["é", "e"]))
    #expect(try (0..<3).map { try segment.groupTombstone($0) } == [[], [0x61, 0], [0x62]])
    #expect(try segment.idTombstone(Array("é".utf8)) == 1)
    #expect(try segment.idTombstone(Array("f".utf8)) == nil)
  }

  @Test func `documents out of order are a bug of the caller's`() throws {
    let fields = try Fields(all: testFields)
    let writer = SegmentLane(fields: fields, scratch: try scratch(), memory: 1 << 30)
    for id in ["b", "a"] {
      withBytes(id) { writer.begin(id: $0, group: $0) }
      withBytes("{}") { writer.end(stored: $0) }
    }
    do {
      _ = try SegmentWriter.finish(
        [writer], fields: fields, into: try scratch(), memory: 1 << 30, threads: 1)
      Issue.record("it was taken")
    } catch {
      #expect((error as? Failure)?.exit == .software)
    }
  }
}
