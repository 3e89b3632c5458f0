import Failures
import Partitions
import Testing
import Watermarks

/// What every watermark store must do. Not tested here: what happens to a file (SQLiteTests) or a connection
/// (PostgresTests), kills and several processes (Tests/Transcripts/wm.t).
@Suite struct StoreTests {
  let scratch: Scratch
  let ads: WatermarkName

  init() throws {
    scratch = try Scratch()
    ads = try WatermarkName("ads")
  }

  @Test(arguments: StoreKind.allCases)
  func `an empty store has nothing`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    #expect(try store.watermark(ads) == nil)
    #expect(try store.watermarks(below: "", unmoved: nil).isEmpty)
    #expect(try store.moves(of: ads, limit: nil).isEmpty)
    #expect(try store.step(of: ads) == nil)
  }

  /// The rules of Advance.swift, a row each: present, receipt, what becomes of it (nil for a refusal).
  @Test(
    arguments: StoreKind.allCases,
    [
      (nil, published(5, 3), "10:05@3 moved"),
      (published(5, 3), published(10, 4), "10:10@4 moved"),
      (published(5, 3), published(5, 4), "10:05@4 moved"),
      (published(5, 3), published(20, 9), "10:20@9 moved"),
      (published(5, 3), published(5, 3), "10:05@3 already"),
      (published(5, 3), published(10, 3), "10:05@3 already"),
      (published(5, 3), published(10, 2), "10:05@3 already"),
      (published(5, 3), published(0, 4), "10:05@4 moved"),
      (published(5, 3), published(0, 4, back: true), "10:00@4 moved"),
      (published(5, 3), published(0, 3, back: true), "10:05@3 already"),
      (published(5, 3), published(10, 4, "M"), nil),
      (published(5, 3), published(0, 1, "M"), nil),
      (published(5, 3), published(10, 4, nil), "10:10@4 moved"),
      (published(5, 3, nil), published(10, 4, "M"), "10:10@4 moved"),
    ] as [(Published?, Published, String?)])
  func `a receipt advances, or nothing changes`(
    _ kind: StoreKind, _ row: (present: Published?, receipt: Published, outcome: String?)
  ) throws {
    let store = try kind.open(scratch)
    if let present = row.present { _ = try store.advance(ads, by: present, signed()) }
    let before = try (store.watermark(ads), store.moves(of: ads, limit: nil))
    var outcome: String?
    do throws(Failure) {
      let advanced = try store.advance(ads, by: row.receipt, signed(40))
      let moved = if case .moved = advanced { "moved" } else { "already" }
      outcome = "\(advanced.watermark.standing) \(moved)"
        .replacing("2026-05-04T", with: "").replacing(":00Z", with: "")
      #expect(try store.watermark(ads) == advanced.watermark)
    } catch {
      #expect(error.exit == .refused)
      #expect(error.message.contains("lineage L") && error.message.contains("lineage M"))
    }
    #expect(outcome == row.outcome)
    if outcome?.hasSuffix("moved") != true {
      #expect(try store.watermark(ads) == before.0)
      #expect(try store.moves(of: ads, limit: nil) == before.1)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `receipts in any order, any number of times, end at the newest`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    var receipts = (1...12).flatMap { n in Array(repeating: published(Int64(n), n), count: 3) }
    receipts.shuffle()
    var newest = 0
    for receipt in receipts {
      newest = max(newest, receipt.generation)
      let standing = try store.advance(ads, by: receipt, signed()).watermark.standing
      #expect(standing == position(Int64(newest), newest))
    }
    let generations = try store.moves(of: ads, limit: nil).reversed().compactMap(\.to?.generation)
    #expect(generations == generations.sorted() && Set(generations).count == generations.count)
  }

  @Test(arguments: StoreKind.allCases)
  func `a lineage is learned, kept, and forgotten when a person names a generation`(_ kind: StoreKind) throws
  {
    let store = try kind.open(scratch)
    _ = try store.advance(ads, by: published(0, 1, nil), signed())
    _ = try store.advance(ads, by: published(5, 2, "L"), signed())
    _ = try store.advance(ads, by: published(10, 3, nil), signed())
    #expect(try store.watermark(ads)?.lineage == "L")
    #expect(try store.set(ads, to: position(0, nil), signed()).lineage == "L")
    #expect(try store.set(ads, to: position(0, 1), signed()).lineage == nil)
    #expect(try store.advance(ads, by: published(10, 2, "M"), signed()).watermark.lineage == "M")
  }

  @Test(arguments: StoreKind.allCases)
  func `a person sets, and the generation stays unless it is named`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    #expect(try store.set(ads, to: position(5, nil), signed()).standing == position(5, 0))
    #expect(try store.set(ads, to: position(10, 7), signed()).standing == position(10, 7))
    #expect(try store.set(ads, to: position(0, nil), signed(why: "again")).standing == position(0, 7))
    let last = try #require(try store.moves(of: ads, limit: 1).first)
    #expect(last.action == .set && last.from == position(10, 7) && last.to == position(0, 7))
    #expect(last.signature == signed(why: "again"))
  }

  @Test(arguments: StoreKind.allCases)
  func `rewind goes one move back, and one further each time`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    for n in 1...3 { _ = try store.advance(ads, by: published(Int64(n), n), signed()) }
    // A batch of late objects: another generation, the same position.
    _ = try store.advance(ads, by: published(3, 4), signed())
    #expect(try store.rewind(ads, signed()).standing == position(2, 4))
    #expect(try store.rewind(ads, signed()).standing == position(1, 4))
    let refusal = #expect(throws: Failure.self) { try store.rewind(ads, signed()) }
    #expect(refusal?.exit == .refused)
    _ = try store.advance(ads, by: published(5, 5), signed())
    #expect(try store.rewind(ads, signed()).standing == position(1, 5))
    #expect(throws: Failure.self) { try store.rewind(ads, signed()) }
    #expect(
      try store.moves(of: ads, limit: nil).map(\.action.rawValue) == [
        "rewind", "advance", "rewind", "rewind", "advance", "advance", "advance", "advance",
      ])
  }

  @Test(arguments: StoreKind.allCases)
  func `a watermark that was removed is gone, and its log stays`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    _ = try store.advance(ads, by: published(5, 3), signed())
    try store.remove(ads, signed(50))
    #expect(try store.watermark(ads) == nil)
    #expect(try store.watermarks(below: "", unmoved: nil).isEmpty)
    let last = try #require(try store.moves(of: ads, limit: 1).first)
    #expect(last.action == .remove && last.from == position(5, 3) && last.to == nil)
    _ = try store.advance(ads, by: published(0, 1, "M"), signed())
    #expect(throws: Failure.self) { try store.rewind(ads, signed()) }
    for action in [{ _ = try store.rewind($0, signed()) }, { try store.remove($0, signed()) }] {
      let failure = try #require(throws: Failure.self) { try action(try WatermarkName("nobody")) }
      #expect(failure.exit == .noInput)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `names do not see each other, and are listed in byte order`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    let names = ["t/b", "ads", "t/a", "Z"]
    for (n, name) in names.enumerated() {
      _ = try store.advance(try WatermarkName(name), by: published(Int64(n), n + 1), signed())
    }
    #expect(
      try store.watermarks(below: "", unmoved: nil).map(\.name.text) == ["Z", "ads", "t/a", "t/b"])
    #expect(try store.watermarks(below: "", unmoved: nil).map(\.generation) == [4, 2, 3, 1])
    #expect(try store.moves(of: ads, limit: nil).count == 1)
    #expect(throws: Failure.self) { try store.rewind(ads, signed()) }
  }

  /// By a machine whose clock was wrong for once.
  @Test(arguments: StoreKind.allCases)
  func `a time that is ahead hides nothing`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    let recently = Recently(since: at(15), now: at(30))
    let year = at(0) + 365 * 86_400
    func unmoved() throws -> Watermark? { try store.watermarks(below: "", unmoved: recently).first }
    for (moved, isListed) in [
      (at(15) + -1, true), (at(15), false), (at(31), false), (at(31) + 1, true), (year, true),
    ] {
      _ = try store.set(
        ads, to: position(5, 3), Move.Signature(who: "tester@host", at: moved, why: nil))
      #expect(try (unmoved() != nil) == isListed, "\(moved)")
    }
    for (found, isIdle) in [(year, false), (at(30), true), (at(31), true)] {
      try store.markIdle(ads, at: found)
      #expect(try unmoved()?.idle == found)
      #expect(try unmoved()?.idle.map(recently.contains) == isIdle)
    }
    // Noted within a minute, of either clock.
    for found in [at(31) + 59, at(31) - 59] { try store.markIdle(ads, at: found) }
    #expect(try unmoved()?.idle == at(31))
  }

  @Test(arguments: StoreKind.allCases)
  func `the log keeps every fact of a batch`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    _ = try store.set(ads, to: position(0, 811), signed())
    var receipt = published(5, 812)
    receipt.fence = 4
    receipt.batch.policy = "rate"
    (receipt.batch.skipped, receipt.batch.gap, receipt.batch.objects) = (2, 1, 61)
    receipt.batch.late = 3
    (receipt.batch.slice, receipt.batch.index, receipt.batch.every) = ("cafe", "babe", 300)
    (receipt.batch.partitionEnd, receipt.batch.listed, receipt.batch.picked) = (at(10), at(11), at(12))
    (receipt.batch.built, receipt.batch.published) = (at(13), at(14))
    let advanced = try store.advance(ads, by: receipt, signed(15, why: kind.oddText)).watermark
    #expect(
      advanced.slice == "cafe" && advanced.fence == 4 && advanced.lineage == "L" && advanced.at == at(15))
    let move = try #require(try store.moves(of: ads, limit: 1).first)
    #expect(move.batch == receipt.batch && move.fence == 4 && move.lineage == "L")
    #expect(move.from == position(0, 811) && move.to == position(5, 812))
    #expect(move.signature == signed(15, why: kind.oddText))
    #expect(try store.step(of: ads) == 300)
    #expect(try store.moves(of: ads, limit: 0).isEmpty)
  }

  @Test(arguments: StoreKind.allCases)
  func `another connection sees what was written`(_ kind: StoreKind) throws {
    let (one, two) = (try kind.open(scratch), try kind.open(scratch))
    _ = try one.advance(ads, by: published(5, 3), signed())
    #expect(try two.watermark(ads)?.generation == 3)
    _ = try two.advance(ads, by: published(10, 4), signed())
    #expect(
      try one.advance(ads, by: published(10, 4), signed()) == .already(try #require(try two.watermark(ads))))
  }

  @Test(arguments: StoreKind.allCases)
  func `a failure while deciding changes nothing, and the store goes on`(_ kind: StoreKind) throws {
    let store = try kind.open(scratch)
    let failure = #expect(throws: Failure.self) {
      try store.change(ads) { (_) throws(Failure) in throw Failure(.refused, "no") }
    }
    #expect(failure?.message == "no")
    #expect(try store.advance(ads, by: published(5, 3), signed()).watermark.generation == 3)
  }

  @Test(arguments: StoreKind.allCases)
  func `eight at once: each generation moves it once at most, and only forward`(_ kind: StoreKind)
    async throws
  {
    let (scratch, ads) = (scratch, ads)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          let store = try kind.open(scratch)
          // Half of them step by step, so that all the way others want to move it, too.
          let steps = task % 2 == 0 ? Array(stride(from: 5, through: 200, by: 5)) : (1...200).shuffled()
          for n in steps { _ = try store.advance(ads, by: published(Int64(n), n), signed()) }
        }
      }
      try await group.waitForAll()
    }
    let store = try kind.open(scratch)
    #expect(try store.watermark(ads)?.standing == position(200, 200))
    let moves = try store.moves(of: ads, limit: nil).reversed()
    let generations = moves.compactMap(\.to?.generation)
    #expect(zip(generations, generations.dropFirst()).allSatisfy(<))
    #expect(moves.dropFirst().map(\.from) == moves.dropLast().map(\.to))
  }
}
