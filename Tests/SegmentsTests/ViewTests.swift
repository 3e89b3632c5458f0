import Bytes
import Failures
import Fields
import Files
import Glibc
import Testing
import Words

@testable import Segments

/// What is visible through layers, and what is told of it: terms, documents, counts, findings.
///
/// Layers are searched in SearchTests.
struct ViewTests {
  static let fields = testFields + [Field("maker", .group)]

  static func segment(
    _ documents: [(String, String)], groups: [String] = [], ids: [String] = []
  ) throws -> IndexView.Segment {
    let documents = documents.map { id, group in
      TestDocument(id: id, group: group, values: ["title": ["word of \(id)"], "brand": ["b"]])
    }
    return .init(
      try open(try build(documents, fields: fields, groupTombstones: groups, idTombstones: ids)))
  }

  static func visible(_ view: IndexView) throws -> String {
    var ids: [String] = []
    try view.forEachDocument { (document) throws(Failure) in
      ids.append(String(decoding: document, as: UTF8.self).filter(\.isNumber))
    }
    return ids.joined(separator: " ")
  }

  @Test func `a group, an id and either tombstone hide what is below`() throws {
    let base = try Self.segment([("1", "a"), ("2", "a"), ("3", "b"), ("4", "c"), ("5", "d"), ("6", "e")])
    let moved = try Self.segment([("4", "a")], groups: ["b"], ids: ["5", "7"])
    #expect(try Self.visible(IndexView(layers: [[base]])) == "1 2 3 4 5 6")
    #expect(try Self.visible(IndexView(layers: [[base], [moved]])) == "4 6")
    #expect(try Self.visible(IndexView(layers: [[moved], [base]])) == "1 2 3 4 5 6")
  }

  @Test(arguments: [7, 8, 9])
  func `a document is visible by itself when it is among all that are`(seed: UInt64) throws {
    let (view, _) = try SearchTests.layers(seed: seed)
    for number in view.segments.indices {
      var one = view.visibility(ofSegment: number)
      let all = try one.all()
      for _ in 0..<3 {
        for document in 0..<all.size { #expect(try one.contains(document) == all[document]) }
      }
    }
  }

  @Test func `a filter knows what was added, and little else`() throws {
    var filter = StringFilter(capacity: 1000)
    for number in 0..<1000 { withBytes("id-\(number)") { filter.add($0, kind: 0) } }
    let added = (0..<1000).count { number in withBytes("id-\(number)") { filter.mayHave($0, kind: 0) } }
    let others = (0..<10000).count { number in withBytes("no-\(number)") { filter.mayHave($0, kind: 0) } }
    let kinds = (0..<1000).count { number in withBytes("id-\(number)") { filter.mayHave($0, kind: 1) } }
    #expect(added == 1000 && others < 1250 && kinds < 125)
  }

  @Test func `what no longer counts hides nothing`() throws {
    let base = try Self.segment([("1", "a"), ("2", "b"), ("3", "c"), ("4", "d")])
    let upper = try Self.segment([("1", "x"), ("9", "b")], groups: ["c"], ids: ["4"])
    var live = LiveSet(of: upper.reader)
    for document in 0..<2 { live.remove(document: document) }
    live.remove(groupTombstone: 0)
    live.remove(idTombstone: 0)
    let emptied = IndexView.Segment(upper.reader, live: live)
    #expect(try Self.visible(IndexView(layers: [[base], [emptied]])) == "1 2 3 4")
  }

  @Test func `terms are told by field, term and id, of visible documents`() throws {
    let base = try Self.segment([("1", "a"), ("2", "a"), ("10", "b")])
    let view = IndexView(layers: [[base], [try Self.segment([("3", "c"), ("2", "b")])]])
    var lines: [String] = []
    try view.forEachTerm { (term) throws(Failure) in
      let documents = term.documents.map { "\(String(decoding: $0.id, as: UTF8.self)):\($0.frequency)" }
      lines.append(
        "\(term.field) \(String(decoding: term.term, as: UTF8.self)) \(documents.joined(separator: " "))")
    }
    #expect(
      lines == [
        "brand b 1:1 2:1 3:1", "title 1 1:1", "title 2 2:1", "title 3 3:1", "title of 1:1 2:1 3:1",
        "title word 1:1 2:1 3:1",
      ])
  }

  @Test func `the terms told are the reference's`() throws {
    let documents = randomDocuments(700, vocabulary: 80, seed: 21)
    let view = IndexView(layers: [[.init(try open(try build(documents)))]])
    let reference = ReferenceIndex(documents)
    var count = 0
    try view.forEachTerm { (term) throws(Failure) in
      count += 1
      let expected = (reference.columns[term.field]?.postings[term.term] ?? []).map {
        (Array(reference.documents[$0.document].id.utf8), $0.positions.count)
      }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
      #expect(term.documents.map(\.id) == expected.map(\.0))
      #expect(term.documents.map(\.frequency) == expected.map(\.1))
    }
    #expect(count == reference.columns.values.reduce(0) { $0 + $1.postings.count })
  }

  @Test func `counts are of what is visible, and of each segment`() throws {
    let base = try Self.segment([("1", "a"), ("2", "a"), ("3", "b")])
    let upper = try Self.segment([("4", "b")], groups: ["z"], ids: ["y"])
    let counts = try Statistics(IndexView(layers: [[base], [upper]])).counts
    let totals = counts.prefix(7).map { "\($0.name) \($0.count)" }
    #expect(
      totals.dropLast() == [
        "documents 3", "groups 2", "tombstones 2", "terms 10", "postings 16", "segments 2",
      ])
    let parts = counts.filter { $0.name.contains(" bytes of ") }.reduce(0) { $0 + $1.count }
    #expect(parts > 0 && parts < totals.last.flatMap { Int($0.dropFirst(6)) } ?? 0)
  }

  // MARK: Findings

  static func map(_ bytes: [UInt8]) throws -> MappedFile {
    let path = "/tmp/freshet-segments-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    defer {
      close(file)
      unlink(path)
    }
    try FileIO.writeAll(file, bytes, name: path)
    return try MappedFile(file, name: path)
  }

  @Test func `files are held against their manifest`() throws {
    let bytes = try build(randomDocuments(30, seed: 8), groupTombstones: ["x"])
    var manifest = IndexManifest(
      position: "", from: "", slice: "", fields: "", documents: 30, tombstones: 1, groups: 30,
      segments: [.init(generation: 0, content: bytes, documents: 30)])
    let name = manifest.segments[0].name
    #expect(manifest.verify(segments: [try Self.map(bytes)], live: [nil]) == [])

    var damaged = bytes
    damaged[damaged.count / 2] ^= 1
    let findings = manifest.verify(segments: [try Self.map(damaged)], live: [nil])
    #expect(findings.allSatisfy { $0.file == name } && findings.count >= 2)
    #expect(findings.first?.finding.what == "its SHA-256 is not that of the manifest")
    #expect(
      manifest.verify(segments: [try Self.map(Array(bytes.dropLast()))], live: [nil]).last?.finding.part
        == "file")

    manifest.documents = 29
    #expect(
      manifest.verify(segments: [try Self.map(bytes)], live: [nil])
        == [
          FileFinding(
            file: "manifest", finding: Finding(part: "file", what: "its counts are not those of the manifest")
          )
        ])

    var live = LiveSet(of: try open(bytes))
    live.remove(document: 7)
    manifest.segments[0].live = .init(generation: 1, content: live.encoded)
    #expect(manifest.verify(segments: [try Self.map(bytes)], live: [try Self.map(live.encoded)]) == [])
    var cut = live.encoded
    cut[40] ^= 1
    let found = manifest.verify(segments: [try Self.map(bytes)], live: [try Self.map(cut)])
    #expect(
      found.last
        == FileFinding(
          file: manifest.segments[0].live?.name ?? "",
          finding: Finding(part: "live file", what: "its checksum is wrong")))
  }
}
