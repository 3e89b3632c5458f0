import Failures
import Testing

@testable import Segments

/// A field in the Common Index File Format, read back by a decoder of the test's own.
///
/// That other people's readers agree is tested by Pipes/60-ciff; the file's place by the transcript.
/// Not tested: an index with more than 2^31 documents, or words in one of them.
struct CIFFTests {
  /// By term: the document frequency, the collection frequency, and (number, frequency) for each document.
  struct Content: Equatable {
    var header: [Int: Message.Value] = [:]
    var terms: [String] = []
    var counts: [[Int]] = []
    var postings: [[[Int]]] = []
    var ids: [String] = []
    var lengths: [Int] = []

    init(_ view: IndexView, field: String) throws {
      var bytes: [UInt8] = []
      try CIFF(view, field: field).write { (piece) throws(Failure) in bytes += piece }
      var rest = bytes[...]
      header = try Message(delimited: &rest).single
      for _ in 0..<(try header[2]?.number ?? 0) { try add(list: try Message(delimited: &rest)) }
      for number in 0..<(try header[3]?.number ?? 0) {
        let record = try Message(delimited: &rest)
        #expect(try record.number(1) == number)
        ids.append(try record.text(2))
        lengths.append(try record.number(3))
      }
      #expect(rest.isEmpty)
    }

    private mutating func add(list: Message) throws {
      terms.append(try list.text(1))
      counts.append([try list.number(2), try list.number(3)])
      var number = 0
      postings.append(
        try list.fields.filter { $0.number == 4 }.map { field in
          let posting = try Message(try field.value.bytes[...])
          number += try posting.number(1)
          return [number, try posting.number(2)]
        })
    }
  }

  @Test func `a small field, by hand`() throws {
    let view = try Self.view([
      [("b", "red red Shoes"), ("a", "shoes"), ("ü", "blue"), ("c", "")], [("a", "blue, blue; blue")],
    ])
    let content = try Content(view, field: "title")
    #expect(content.ids == ["a", "b", "c", "ü"])
    #expect(content.lengths == [3, 3, 0, 1])
    #expect(content.terms == ["blue", "red", "shoes"])
    #expect(content.counts == [[2, 4], [1, 2], [1, 1]])
    #expect(content.postings == [[[0, 3], [3, 1]], [[1, 2]], [[1, 1]]])
    let counts = [1: 1, 2: 3, 3: 4, 4: 3, 5: 4, 6: 7].mapValues(Message.Value.varint)
    var header = content.header
    #expect(header.removeValue(forKey: 7) == .fixed((7.0 / 4).bitPattern))
    #expect(header.removeValue(forKey: 8) == .bytes(Array("freshet \(Release.version), field title".utf8)))
    #expect(header == counts)
  }

  @Test func `no document, and no word`() throws {
    let empty = try Content(try Self.view([[]]), field: "title")
    #expect(empty.terms.isEmpty && empty.ids.isEmpty)
    #expect(Set(empty.header.keys) == [1, 8])
    let wordless = try Content(try Self.view([[("a", "")]]), field: "title")
    #expect(wordless.ids == ["a"] && wordless.lengths == [0] && wordless.terms.isEmpty)
  }

  @Test(arguments: ["title", "body"])
  func `a random index of two layers holds what the dump has`(field: String) throws {
    let documents = randomDocuments(900, groups: true, seed: 71)
    let layers = [documents[..<700], documents[650...]].map(Array.init)
    let fields = testFields + [.init("maker", .group)]
    let view = IndexView(
      layers: try layers.map {
        [.init(try open(try build($0, fields: fields, idTombstones: [documents[3].id])))]
      })
    let content = try Content(view, field: field)
    var terms: [DumpedTerm] = []
    try view.forEachTerm { (term) throws(Failure) in if term.field == field { terms.append(term) } }
    #expect(content.ids == content.ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(try content.ids.count == view.documents && content.ids.count < 900)
    #expect(content.terms.map { Array($0.utf8) } == terms.map(\.term))
    var lengths = Array(repeating: 0, count: content.ids.count)
    for (term, postings) in zip(terms, content.postings) {
      #expect(postings.map { Array(content.ids[$0[0]].utf8) } == term.documents.map(\.id))
      #expect(postings.map { $0[1] } == term.documents.map(\.frequency))
      for posting in postings { lengths[posting[0]] += posting[1] }
    }
    #expect(content.counts.map { $0[0] } == terms.map(\.documents.count))
    #expect(content.lengths == lengths)
    #expect(lengths.contains { $0 > 127 } == (field == "body"))
  }

  private static func view(_ layers: [[(id: String, title: String)]]) throws -> IndexView {
    IndexView(
      layers: try layers.map { layer in
        let documents = layer.map { TestDocument(id: $0.id, values: ["title": [$0.title]]) }
        return [
          .init(
            try open(try build(documents.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) })))
        ]
      })
  }
}

/// A message of Protocol Buffers, taken apart.
struct Message {
  enum Value: Equatable {
    case varint(Int)
    case fixed(UInt64)
    case bytes([UInt8])

    struct Other: Error {}
    var number: Int { get throws { if case .varint(let number) = self { number } else { throw Other() } } }
    var bytes: [UInt8] { get throws { if case .bytes(let bytes) = self { bytes } else { throw Other() } } }
  }

  private(set) var fields: [(number: Int, value: Value)] = []

  init(_ bytes: ArraySlice<UInt8>) throws {
    var rest = bytes
    while !rest.isEmpty {
      let key = try Self.varint(&rest)
      switch key & 7 {
      case 0: fields.append((key >> 3, .varint(try Self.varint(&rest))))
      case 1:
        let eight = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        fields.append((key >> 3, .fixed(eight)))
        rest = rest.dropFirst(8)
      default: fields.append((key >> 3, .bytes(Array(try Self.delimited(&rest)))))
      }
    }
  }

  init(delimited rest: inout ArraySlice<UInt8>) throws { try self.init(try Self.delimited(&rest)) }

  /// Where no field is there twice.
  var single: [Int: Value] {
    get throws { Dictionary(uniqueKeysWithValues: fields.map { ($0.number, $0.value) }) }
  }

  func number(_ field: Int) throws -> Int { try fields.first { $0.number == field }?.value.number ?? 0 }

  func text(_ field: Int) throws -> String {
    try #require(
      String(validating: try fields.first { $0.number == field }?.value.bytes ?? [], as: UTF8.self))
  }

  private static func delimited(_ rest: inout ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
    let length = try varint(&rest)
    try #require(length <= rest.count)
    defer { rest = rest.dropFirst(length) }
    return rest.prefix(length)
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> Int {
    var value = 0
    for shift in stride(from: 0, to: 63, by: 7) {
      let next = rest.popFirst()
      let byte = try #require(next)
      value |= Int(byte & 0x7F) << shift
      if byte < 0x80 { break }
    }
    return value
  }
}
