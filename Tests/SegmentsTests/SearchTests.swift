import Failures
import Fields
import Seeded
import Testing

@testable import Segments

/// Search against looking at every document, and tables of small cases.
///
/// Not tested: rounding of scores to less than 1e-9; layers whose fields differ in kind.
struct SearchTests {
  static let fields = testFields + [Field("maker", .group)]

  // MARK: Against the reference

  /// Layers of segments, with documents, groups and tombstones that hide each other, and live files.
  static func layers(seed: UInt64) throws -> (view: IndexView, reference: ReferenceSearch) {
    var random = SeededRandom(seed)
    let base = randomDocuments(900, groups: true, vocabulary: 60, seed: seed)
    var moved = Array(base.shuffled(using: &random).prefix(40))
    for index in moved.indices where index % 3 == 0 { moved[index].group = "g9999" }
    let delta = randomDocuments(150, groups: true, vocabulary: 60, seed: seed + 1) + moved
    let (goneGroups, goneIDs) = (["g3", "g200"], base.suffix(5).map(\.id))
    let newer = randomDocuments(60, groups: true, vocabulary: 60, seed: seed + 2)

    var sealed: [[IndexView.Segment]] = [[], []]
    var reference: [(ReferenceIndex, [Bool])] = []
    for (layer, documents) in [
      (0, Array(base.prefix(500))), (0, Array(base.suffix(400))), (1, delta), (1, newer),
    ] {
      let isDelta = layer == 1 && sealed[1].isEmpty
      let bytes = try build(
        documents, fields: fields, groupTombstones: isDelta ? goneGroups : [],
        idTombstones: isDelta ? goneIDs : [])
      let reader = try open(bytes)
      var live = LiveSet(of: reader)
      var visible = Array(repeating: true, count: documents.count)
      for number in visible.indices where Int.random(in: 0..<12, using: &random) == 0 {
        live.remove(document: number)
        visible[number] = false
      }
      if isDelta { live.remove(groupTombstone: 1) }
      sealed[layer].append(IndexView.Segment(reader, live: live))
      reference.append((ReferenceIndex(documents, fields: fields), visible))
    }
    let above = reference[2...].flatMap { index, visible in zip(index.documents, visible).filter(\.1).map(\.0)
    }
    let hiddenGroups = Set(above.compactMap(\.group) + ["g200"])
    let hiddenIDs = Set(above.map(\.id) + goneIDs)
    for number in 0..<2 {
      for (place, document) in reference[number].0.documents.enumerated()
      where hiddenGroups.contains(document.group ?? "") || hiddenIDs.contains(document.id) {
        reference[number].1[place] = false
      }
    }
    return (IndexView(layers: sealed), ReferenceSearch(segments: reference.map { ($0.0, $0.1) }))
  }

  static func randomQuery(_ random: inout SeededRandom) -> Query {
    func word() -> String {
      let rank = Int(60 * Double.random(in: 0..<1, using: &random) * Double.random(in: 0..<1, using: &random))
      return rank % 7 == 3 ? "wörd\(rank)" : "w\(rank)"
    }
    var query = Query(clauses: [])
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      let sign: Query.Sign =
        [.should, .should, .should, .must, .mustNot].randomElement(using: &random) ?? .should
      switch Int.random(in: 0..<10, using: &random) {
      case 0: query.clauses.append(.init(sign, "\(word()) \(word())", isQuoted: true))
      case 1: query.clauses.append(.init(sign, field: "title", "w0 w0 w1", isQuoted: true))
      case 2:
        query.clauses.append(
          .init(sign, field: "brand", ["", "é", "x y"].randomElement(using: &random) ?? ""))
      case 3:
        query.clauses.append(
          .init(
            sign, field: "price", ["-5..5", "0..", "..-2.5", "2.5", ".."].randomElement(using: &random) ?? "")
        )
      case 4: query.clauses.append(.init(sign, field: "maker", "g\(Int.random(in: 0..<20, using: &random))"))
      case 5: query.clauses.append(.init(sign, field: "body", word()))
      default: query.clauses.append(.init(sign, word()))
      }
    }
    return query
  }

  @Test(arguments: [1, 20, 300])
  func `search finds what looking at every document finds`(seed: UInt64) throws {
    let (view, reference) = try Self.layers(seed: seed)
    #expect(try view.documents == reference.segments.reduce(0) { $0 + $1.visible.count { $0 } })
    var random = SeededRandom(seed)
    for _ in 0..<Sample.rounds(quick: 20, full: 400, long: 20_000) {
      let query = Self.randomQuery(&random)
      let limit = [1, 3, 10, 5000].randomElement(using: &random) ?? 10
      let hits = try view.search(query, limit: limit)
      let expected = reference.search(query, limit: limit)
      #expect(hits.map { String(decoding: $0.id, as: UTF8.self) } == expected.map(\.id), "\(query)")
      for (hit, result) in zip(hits, expected) { #expect(abs(hit.score - result.score) < 1e-9) }
    }
  }

  /// What is known of layers is looked up, filtered and gone through as more and more is asked.
  @Test(arguments: [2])
  func `one searcher finds the same, however much was asked before`(seed: UInt64) throws {
    let (view, reference) = try Self.layers(seed: seed)
    var searcher = Searcher(view)
    var random = SeededRandom(seed)
    for _ in 0..<Sample.rounds(quick: 20, full: 400, long: 20_000) {
      let query = Self.randomQuery(&random)
      let limit = [1, 3, 10, 5000].randomElement(using: &random) ?? 10
      let matches = try searcher.best(query, limit: limit)
      #expect(
        matches.map { String(decoding: $0.id, as: UTF8.self) }
          == reference.search(query, limit: limit).map(\.id), "\(query)")
    }
  }

  /// Lists of many blocks, in which words, phrases and clauses leave windows out; signs and phrases in any mixture.
  @Test(arguments: [5, 6].prefix(Sample.rounds(quick: 1, full: 2, long: 2)))
  func `long lists are searched as short ones are`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    var segments: [IndexView.Segment] = []
    var reference: [(ReferenceIndex, [Bool])] = []
    for part in 0..<2 {
      let documents = randomDocuments(
        Sample.rounds(quick: 700, full: 1500, long: 20_000), groups: true, vocabulary: 30,
        seed: seed + UInt64(part))
      let reader = try open(try build(documents, fields: Self.fields))
      var live = LiveSet(of: reader)
      var visible = Array(repeating: true, count: documents.count)
      for number in visible.indices where Int.random(in: 0..<3, using: &random) == 0 {
        live.remove(document: number)
        visible[number] = false
      }
      segments.append(IndexView.Segment(reader, live: live))
      reference.append((ReferenceIndex(documents, fields: Self.fields), visible))
    }
    var searcher = Searcher(IndexView(layers: [segments]))
    let exhaustive = ReferenceSearch(segments: reference.map { ($0.0, $0.1) })
    for text in [
      "w0 w1", "+w0 +w1", "\"w0 w1\"", "\"w0 w1\" w2", "+\"w0 w1\" w2 w0", "+\"w1 w0\" +\"w0 w2\"",
      "w0 -\"w0 w1\"", "w20 w0", "+w20 w0 w1", "+w0 -w1 w2", "w0 w1 w2 w4 w5 w6 w7 w8", "title:w0 +body:w1",
      "w0 price:0..", "\"w0 w1 w2\" \"w2 w1\" w29", "brand:é w0 +w1",
    ] {
      let query = try Query(parsing: text)
      let all = exhaustive.search(query, limit: 200)
      for limit in [1, 10, 200] {
        let found = try searcher.best(query, limit: limit)
        let expected = all.prefix(limit)
        #expect(found.map { String(decoding: $0.id, as: UTF8.self) } == expected.map(\.id), "\(text)")
        for (match, result) in zip(found, expected) { #expect(abs(match.score - result.score) < 1e-9) }
      }
    }
  }

  /// Frequent words in enough documents for blocks to be left out.
  @Test func `leaving out blocks changes nothing`() throws {
    let documents = randomDocuments(
      Sample.rounds(quick: 1200, full: 3000, long: 50_000), vocabulary: 40, seed: 77)
    let view = IndexView(layers: [[.init(try open(try build(documents)))]])
    let index = ReferenceIndex(documents)
    let reference = ReferenceSearch(segments: [(index, Array(repeating: true, count: documents.count))])
    for text in ["w0", "w0 w1", "w39 w0", "w30 w20 w10 w0", "title:w38 body:w2", "wörd3 w0 w6"] {
      let query = try Query(parsing: text)
      for limit in [1, 10, 100] {
        let hits = try view.search(query, limit: limit).map { String(decoding: $0.id, as: UTF8.self) }
        #expect(hits == reference.search(query, limit: limit).map(\.id), "\(text)")
      }
    }
  }

  // MARK: Small cases

  static func small() throws -> IndexView {
    let documents = [
      TestDocument(
        id: "1", group: "a", values: ["title": ["red shoes"], "body": ["for running"], "brand": ["Acme"]],
        numbers: ["price": 10]),
      TestDocument(
        id: "2", group: "a",
        values: ["title": ["shoes, red and blue", "last pair"], "brand": ["Acme", "b c"]],
        numbers: ["price": 15.5]),
      TestDocument(
        id: "3", group: "b", values: ["title": ["blue hat"], "body": ["red"]], numbers: ["price": -3]),
      TestDocument(id: "4", group: "c", values: ["title": ["hat"], "brand": [""]]),
    ]
    return IndexView(layers: [[.init(try open(try build(documents, fields: fields)))]])
  }

  @Test(arguments: [
    ("red", ["1", "2", "3"]), ("RED -blue", ["1"]), ("+red +blue", ["2", "3"]), ("\"red shoes\"", ["1"]),
    ("\"red and blue\"", ["2"]), ("title:\"shoes red\"", ["2"]), ("\"blue last\"", []),
    ("-\"red shoes\" red", ["2", "3"]),
    ("body:red", ["3"]), ("brand:Acme", ["1", "2"]), ("brand:acme", []), ("brand:\"b c\"", ["2"]),
    ("brand:\"\"", ["4"]),
    ("price:10..20", ["1", "2"]), ("price:..10", ["1", "3"]), ("price:10..", ["1", "2"]),
    ("price:15.5", ["2"]),
    ("price:-3", ["3"]), ("price:20..10", []), ("-price:10..20", ["3", "4"]), ("price:..", ["1", "2", "3"]),
    ("shoes price:1e1", ["1"]), ("id:3", ["3"]), ("-id:3", ["1", "2", "4"]), ("maker:a", ["1", "2"]),
    ("hat -maker:c", ["3"]), ("-hat", ["1", "2"]), ("red-hat", ["1", "2", "3", "4"]), ("&", []), ("", []),
    ("nothing", []), ("+nothing red", []), ("\"red\"", ["1", "2", "3"]), ("hat hat", ["3", "4"]),
  ])
  func `a query finds its documents`(text: String, expected: [String]) throws {
    let hits = try Self.small().search(try Query(parsing: text), limit: 10)
    #expect(hits.map { String(decoding: $0.id, as: UTF8.self) }.sorted() == expected)
  }

  @Test func `with all words required, each must be there`() throws {
    let hits = try Self.small().search(try Query(parsing: "blue red", allRequired: true), limit: 10)
    #expect(Set(hits.map(\.id)) == [[0x32], [0x33]])
  }

  @Test func `a query that only restricts scores 0 and comes in byte order of ids`() throws {
    let hits = try Self.small().search(try Query(parsing: "price:.."), limit: 2)
    #expect(hits.map(\.score) == [0, 0])
    #expect(hits.map(\.id) == [[0x31], [0x32]])
  }

  @Test func `a score is BM25's`() throws {
    let hits = try Self.small().search(try Query(parsing: "body:running"), limit: 1)
    // N = 2, df = 1, tf = 1, L = 2, avg = 1.5: ln(1 + 1.5/1.5) / (1 + 1.2 (0.25 + 0.75 · 2/1.5))
    #expect(abs((hits.first?.score ?? 0) - 0.6931471805599453 / 2.5) < 1e-12)
    #expect(hits.first.map { String(decoding: $0.document, as: UTF8.self) } == "{\"id\":\"1\"}")
    #expect(hits.first?.group == [0x61])
  }

  // MARK: What is no query

  @Test(arguments: [
    ("\"red", "a quote is not closed"), ("title:\"red", "a quote is not closed"),
    ("red +", "nothing follows +"),
    ("title:", "nothing follows title:"), ("- red", "nothing follows -"),
  ])
  func `what is no query is a usage error`(text: String, reason: String) {
    #expect {
      try Query(parsing: text)
    } throws: { error in
      let failure = error as? Failure
      return failure?.exit == .usage && failure?.message == "cannot read the query \(text): \(reason)"
    }
  }

  @Test(arguments: [
    ("nofield:x", "there is no field nofield; there are body, brand, id, maker, price, title"),
    ("price:cheap", "price is a number field"), ("price:0x10", "price is a number field"),
    ("price:nan..inf", "price is a number field"), ("price:1e999", "price is a number field"),
    ("body:\"a b\"", "body keeps positions, which a phrase needs"),
  ])
  func `what does not fit the fields is a usage error`(text: String, reason: String) throws {
    let view = try Self.small()
    #expect {
      try view.search(try Query(parsing: text), limit: 1)
    } throws: { error in
      let failure = error as? Failure
      return failure?.exit == .usage && failure?.message.contains(reason) == true
    }
  }
}
