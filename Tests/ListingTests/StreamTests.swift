import Failures
import Glibc
import Lines
import Listing
import Objects
import Partitions
import Seeded
import Synchronization
import Testing

/// A listing in pieces: what is given when, and what is held meanwhile. Not tested here: the size of the process
/// (bench/listing.py), and what is printed (Transcripts/part-ls.t).
@Suite struct StreamTests {
  /// Partitions of an hour with some objects each, now and then none and now and then many.
  private static func keys(_ text: String, hours: Int, _ random: inout SeededRandom) throws -> [Key] {
    let layout = try Layout(text)
    var keys: [Key] = []
    for hour in 0..<hours where random.next() % 9 > 0 {
      let time = Instant(seconds: ListingTests.start + Int64(hour) * 3600)
      let count = random.next() % 60 == 0 ? 120 : random.next() % 4
      for index in 0..<count {
        let names = layout.components.map { component in
          component.name(at: time).map { Key($0) } ?? random.pick(["a", "b", "c d", "e!"])
        }
        keys.append(names.reduce("p/") { $0 + $1 + "/" } + Key("part \(index)"))
      }
    }
    return keys
  }

  @Test(
    arguments: [
      "dt=%Y-%m-%d/hour=%H", "%Y/%m/%d/%H", "*/dt=%Y-%m-%d/hour=%H", "dt=%Y-%m-%d/*/hour=%H", "%d-%m-%Y/%H",
      "hour=%H/dt=%Y-%m-%d", "ts=%s",
    ], 1...UInt64(Sample.rounds(quick: 1, full: 5, long: 200)))
  func `The pieces are one listing, by any number of jobs`(text: String, seed: UInt64) throws {
    var random = SeededRandom(seed)
    let keys = try Self.keys(text, hours: Sample.rounds(quick: 100, full: 300, long: 300), &random)
    let layout = try Layout(text)
    let expected = ListingTests.expected(keys, layout, TimeRange())
    for (jobs, isShort) in [(1, false), (1, true), (2, true), (8, false), (8, true)] {
      let size = random.pick([3, 10, 50])
      let change = isShort ? SpyStore.shortPages(seed, of: size) : SpyStore.wholePages
      let store = SpyStore(keys, pageSize: size, change: change)
      let listing = Listing(
        store, at: ListingTests.place, key: "p", layout: layout, jobs: jobs,
        now: Instant(seconds: ListingTests.start + 86_400 * 30), pageSize: size)
      var last: Instant?
      var lines: [String] = []
      try listing.run { objects in
        let piece = objects.lines
        #expect(last ?? Instant(seconds: 0) < piece[0].time, "a partition is in one piece")
        last = piece.last?.time
        lines += piece.map(\.text)
      }
      #expect(lines == expected, "\(text), \(jobs) jobs, pages of \(size)")
      let roots = Set(store.pages.filter { $0.objects.isEmpty }.flatMap(\.prefixes)).count
      // Parts and roots take a request more each, and a short page is about half a page.
      let pages = keys.count / size
      let most = pages + (jobs > 1 ? pages / 3 + 2 * jobs : 0) + 2 * max(roots, 1) + 1
      #expect(store.requestsForSome <= most * (isShort ? 3 : 1), "\(text), \(jobs) jobs, pages of \(size)")
    }
  }

  /// A page has ten objects here, a stretch eight pages, or sixteen where it turns out longer; a partition up to 480.
  @Test(arguments: [
    ("dt=%Y-%m-%d/hour=%H", 1, 1), ("dt=%Y-%m-%d/hour=%H", 4, 1), ("*/dt=%Y-%m-%d/hour=%H", 4, 4),
  ])
  func `No more is held than some pages, however slow the reader is`(text: String, jobs: Int, roots: Int)
    throws
  {
    var random = SeededRandom(7)
    let keys = try Self.keys(text, hours: 1500, &random)
    let store = SpyStore(keys, pageSize: 10)
    let listing = Listing(
      store, at: ListingTests.place, key: "p", layout: try Layout(text), jobs: jobs,
      now: Instant(seconds: ListingTests.start + 1500 * 3600), pageSize: 10)
    var (taken, most, pieces) = (0, 0, 0)
    try listing.run { objects in
      pieces += 1
      if [3, 40].contains(pieces) { Self.waitUntilIdle(store) }
      most = max(most, store.given - taken)
      taken += objects.count
    }
    #expect(taken == keys.count && keys.count > 3000)
    #expect(most <= 10 * 8 * (jobs + max(jobs, roots) + jobs) + 120)
  }

  /// Nobody asks for anything any more.
  private static func waitUntilIdle(_ store: SpyStore) {
    var given: Int
    repeat {
      given = store.given
      usleep(20_000)
    } while store.given != given
  }

  /// Four threads are in the middle of four pages each; who began a request before they could know ends that one.
  @Test func `After a failure nobody lists another page`() throws {
    let layout = try Layout("*/dt=%Y-%m-%d/hour=%H")
    let keys = ["a", "b", "c", "d"].flatMap { root in
      (0..<600 as Range<Int64>).map { hour in
        let path = layout.components.map { $0.name(at: Instant(seconds: ListingTests.start + hour * 3600)) }
        return path.reduce("p/") { $0 + Key($1 ?? Array(root.utf8)) + "/" } + "x"
      }
    }
    let calls = Mutex(0)
    let failing = 12
    let store = SpyStore(keys, pageSize: 10) { (_) throws(StoreError) in
      let call = calls.withLock { calls in
        calls += 1
        return calls
      }
      if call == failing { throw .unavailable("no more") }
      usleep(call > failing ? 50_000 : 2000)
      return []
    }
    let listing = Listing(store, at: ListingTests.place, key: "p", layout: layout, jobs: 4, pageSize: 10)
    #expect(throws: Failure.self) { try listing.run(by: ListingPlan(flatFrom: 1)) { _ in } }
    #expect(calls.withLock { $0 } <= failing + 3)
  }

  @Test(arguments: [1, 4]) func `A failure in the middle leaves a beginning, and says so`(jobs: Int) throws {
    var random = SeededRandom(3)
    let keys = try Self.keys("dt=%Y-%m-%d/hour=%H", hours: 600, &random)
    let layout = try Layout("dt=%Y-%m-%d/hour=%H")
    let expected = ListingTests.expected(keys, layout, TimeRange())
    for limit in [0, 1, 5, 30] {
      let store = SpyStore(keys, pageSize: 20) { (answers) throws(StoreError) in
        if answers >= limit { throw .unavailable("no more") }
        return []
      }
      var lines: [String] = []
      let listing = Listing(store, at: ListingTests.place, key: "p", layout: layout, jobs: jobs, pageSize: 20)
      #expect(throws: Failure(.tryAgain, "cannot list s3://b/p: no more")) {
        try listing.run { lines += $0.lines.map(\.text) }
      }
      #expect(lines.count < expected.count && lines == Array(expected.prefix(lines.count)))
    }
  }

  @Test(arguments: [1, 4]) func `Who can't take any more ends the listing`(jobs: Int) throws {
    var random = SeededRandom(4)
    let keys = try Self.keys("dt=%Y-%m-%d/hour=%H", hours: 1000, &random)
    let store = SpyStore(keys, pageSize: 5)
    let listing = Listing(
      store, at: ListingTests.place, key: "p", layout: try Layout("dt=%Y-%m-%d/hour=%H"), jobs: jobs,
      pageSize: 5)
    let full = Failure(.io, "cannot write standard output: full")
    #expect(throws: full) { try listing.run { (_) throws(Failure) in throw full } }
    #expect(store.requests < keys.count / 5)
  }

  @Test(arguments: 1...UInt64(Sample.rounds(quick: 3, full: 20, long: 500)))
  func `What appears between two pages is there or not, once and in order`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let all = try Self.keys("dt=%Y-%m-%d/hour=%H", hours: 300, &random)
    let late = Set((0..<100).map { _ in random.pick(all) })
    let early = all.filter { !late.contains($0) }
    let waiting = Mutex(late.shuffled(using: &random))
    let store = SpyStore(early, pageSize: 20) { (_) throws(StoreError) in
      waiting.withLock { keys in (0..<3).compactMap { _ in keys.popLast() } }
    }
    let listing = Listing(
      store, at: ListingTests.place, key: "p", layout: try Layout("dt=%Y-%m-%d/hour=%H"), jobs: 3,
      pageSize: 20)
    let keys = try Collected(listing).keys
    #expect(keys == Set(keys).sorted())
    #expect(Set(early).isSubset(of: keys) && Set(keys).isSubset(of: all))
  }
}
