import Lines
import Segments
import Testing

@testable import Publishing

/// The pure rules: which generation a publish may follow, what becomes of base and delta, what is refused.
@Suite struct DraftTests {
  static func current(
    number: Int = 9, batch: Int = 9, base: IndexManifest? = nil, delta: IndexManifest? = nil
  ) -> Generation {
    Generation(
      number: number, lineage: String(repeating: "1", count: 32), parent: nil, batch: batch,
      position: max(base?.position ?? "", delta?.position ?? ""),
      base: base.map { .init(generation: 5, index: $0) }, delta: delta.map { .init(base: 5, index: $0) },
      receipts: [], forced: nil, rollback: nil)
  }

  static func index(_ to: Int?, from: Int? = nil, documents: Int = 100) -> IndexManifest {
    FormatTests.index(to.map(minute) ?? "", from: from.map(minute) ?? "", documents: documents)
  }

  @Test(arguments: [
    (9, 9, 9, "follows"), (9, 9, 8, "superseded"), (9, 9, 0, "superseded"), (9, 9, 10, "refused"),
    // Bases alone were published since batch 7.
    (9, 7, 7, "follows"), (9, 7, 8, "follows"), (9, 7, 9, "follows"), (9, 7, 6, "superseded"),
    (9, 0, 0, "follows"),
  ])
  func `where a receipt's generation stands`(_ number: Int, _ batch: Int, _ receipt: Int, _ expected: String)
  {
    let standing = Parent.exactly(receipt).standing(after: Self.current(number: number, batch: batch))
    #expect("\(standing)".hasPrefix(expected))
  }

  @Test func `nothing published is generation 0`() {
    #expect(Parent.exactly(0).standing(after: nil) == .follows)
    #expect("\(Parent.exactly(3).standing(after: nil))".contains("at generation 0, and the watermark at 3"))
    #expect(Parent.current.standing(after: nil) == .follows)
  }

  @Test func `another lineage is refused`() {
    let other = Parent.exactly(9, lineage: String(repeating: "2", count: 32))
    #expect("\(other.standing(after: Self.current()))".hasPrefix("refused"))
  }

  /// delta from, delta to, base at, expected
  static let coverage: [(Int, Int?, Int?, Coverage)] = [
    (0, 10, 20, .contained), (0, 10, 10, .contained), (0, 10, 5, .laidOver), (0, 10, 0, .laidOver),
    (5, 10, 4, .gap), (5, 10, nil, .laidOver), (5, nil, 4, .laidOver),
  ]

  @Test(arguments: coverage)
  func `how far a delta covers what its base lacks`(
    _ from: Int, _ to: Int?, _ base: Int?, _ expected: Coverage
  ) {
    #expect(Coverage(of: Self.index(to, from: from), over: Self.index(base)) == expected)
  }

  @Test func `a delta takes the place of the delta and keeps the base`() {
    let current = Self.current(base: Self.index(0), delta: Self.index(10, from: 0))
    let new = Self.index(15, from: 0)
    let draft = Draft(.delta(new), after: current, guards: Guards())
    #expect(draft.base == current.base && draft.delta == .init(base: 5, index: new))
    #expect(draft.position == minute(15) && draft.batch == 10 && draft.objections.isEmpty)
  }

  /// What is published, what is to be, a word of what speaks against it.
  static let refused: [(IndexManifest?, IndexManifest?, Change, String)] = [
    (Self.index(0), Self.index(10, from: 0), .delta(Self.index(15, from: 5)), "begins after"),
    (nil, Self.index(10), .delta(Self.index(9)), "older than the published one"),
    (nil, Self.index(10), .delta(Self.index(15, documents: 49)), "shrink from 100 to 49"),
    (Self.index(0), Self.index(10, from: 5), .base(Self.index(4)), "begins after"),
    (Self.index(20), nil, .base(Self.index(15)), "older than that of the published base"),
    (Self.index(20), nil, .base(Self.index(25, documents: 10)), "the base would shrink from 100 to 10"),
  ]

  @Test(arguments: refused)
  func `what is refused`(_ base: IndexManifest?, _ delta: IndexManifest?, _ change: Change, _ word: String) {
    let draft = Draft(change, after: Self.current(base: base, delta: delta), guards: Guards())
    #expect(
      draft.objections.count == 1 && draft.objections.first?.contains(word) == true, "\(draft.objections)")
  }

  static let taken: [(IndexManifest?, IndexManifest?, Change)] = [
    (Self.index(0), Self.index(10, from: 0), .delta(Self.index(15, from: 0))),
    (nil, Self.index(10), .delta(Self.index(10, documents: 50))),
    (Self.index(0), Self.index(10, from: 0), .base(Self.index(5))),
    (Self.index(0), nil, .base(Self.index(0))), (nil, nil, .delta(Self.index(nil, documents: 0))),
    (Self.index(0), Self.index(10, from: 0), .delta(Self.index(nil))),
  ]

  @Test(arguments: taken)
  func `what is not refused`(_ base: IndexManifest?, _ delta: IndexManifest?, _ change: Change) {
    #expect(Draft(change, after: Self.current(base: base, delta: delta), guards: Guards()).objections == [])
  }

  @Test func `a base that has all of the delta takes its place`() {
    let current = Self.current(base: Self.index(0), delta: Self.index(10, from: 0))
    let draft = Draft(.base(Self.index(10)), after: current, guards: Guards())
    #expect(draft.delta == nil && draft.position == minute(10) && draft.batch == 9)
    let older = Draft(.base(Self.index(5)), after: current, guards: Guards())
    #expect(older.delta == current.delta && older.position == minute(10))
    #expect(older.base == .init(generation: 10, index: Self.index(5)))
  }

  @Test func `what has no position leaves the published one, and supersedes no batch when there is none`() {
    let none = Draft(.delta(Self.index(nil)), after: nil, guards: Guards())
    #expect(none.position == "" && none.batch == 0)
    let some = Draft(.base(Self.index(nil)), after: Self.current(delta: Self.index(10)), guards: Guards())
    #expect(some.position == minute(10) && some.delta != nil && some.batch == 9)
    var published = Self.current(delta: Self.index(nil))
    published.position = minute(10)
    #expect(Draft(.base(Self.index(5)), after: published, guards: Guards()).position == minute(10))
    published.delta = nil
    #expect(Draft(.base(Self.index(15)), after: published, guards: Guards()).position == minute(15))
    #expect(Draft(.base(Self.index(nil)), after: published, guards: Guards()).position == minute(10))
  }

  @Test func `the fewest documents are counted`() {
    let guards = Guards(maxShrink: 100, minDocuments: 5)
    #expect(guards.objections(to: 4, after: 1000, "delta").count == 1)
    #expect(guards.objections(to: 5, after: 1000, "delta").isEmpty)
    #expect(Guards(maxShrink: 12.5).objections(to: 1, after: 8, "delta").first?.contains("12.5%") == true)
  }

  @Test func `the files of the current generation keep their names, all others are numbered for the swap`()
    throws
  {
    let destination = try Workbench(.memory).destination
    let kept = IndexManifest.Segment(generation: 2, content: [1], documents: 1)
    let left = IndexManifest.Segment(
      generation: 3, content: [2], documents: 1, live: .init(generation: 3, content: [3]))
    var index = Self.index(10)
    index.segments = [kept, left]
    let published = [IndexFile(name: "1-\(kept.sha256.prefix(32)).seg", bytes: 1, sha256: kept.sha256)]
    let upload = Upload(
      destination: destination, source: .of(destination), published: published, stamp: 9)
    let plan = upload.plan(index)
    #expect(plan.index.segments.map { $0.name.prefix(2) } == ["1-", "9-"])
    #expect(plan.index.segments[1].live?.name.hasPrefix("9-") == true)
    #expect(plan.transfers.map(\.target) == plan.index.segments[1].files.map(\.name))
    index.segments = [left, left]
    #expect(Set(upload.plan(index).index.segments.map(\.name)).count == 2)
  }
}
