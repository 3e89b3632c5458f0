import Listing
import Objects
import Partitions
import Testing

/// Which plan is chosen. Not tested: what the requests cost on a real store.
@Suite struct PlanTests {
  /// 2026-05-04T10:00:00Z
  private static let start: Int64 = 1_777_888_800

  @Test(
    arguments: [
      ("dt=%Y-%m-%d/hour=%H/minute=%M", 18_000, 300, 0),
      ("dt=%Y-%m-%d/hour=%H/minute=%M", 365 * 86_400, 300, 0),
      ("dt=%Y-%m-%d", 86_400, 86_400, 0), ("%Y/%m/%d/%H", 3600, 3600, 0),
      ("region=*/dt=%Y-%m-%d/hour=%H", 18_000, 3600, 1),
      ("*/*/%Y%m%d", 86_400, 86_400, 2), ("dt=%Y-%m-%d/*", 86_400, 86_400, 0),
      ("dt=%Y-%m-%d/*/hour=%H", 18_000, 3600, 0),
      ("hour=%H/dt=%Y-%m-%d", 18_000, 3600, 1), ("hour=%H/dt=%Y-%m-%d", 3600, 3600, 0),
      ("%d-%m-%Y", 100 * 86_400, 86_400, 1),
      ("%d-%m-%Y/hour=%H", 7 * 86_400, 3600, 1), ("%j/%Y", 100 * 86_400, 86_400, 1),
      ("ts=%s", 18_000, 300, 0),
    ] as [(String, Int64, Int64, Int)])
  func `The plan is flat from the level where it reaches no further than the range`(
    text: String, span: Int64, every: Int64, level: Int
  ) throws {
    let layout = try Layout(text)
    let plan = ListingPlan.cheapest(layout, over: Self.start..<Self.start + span, every: every)
    #expect(plan.flatFrom == level)
  }

  /// Flat would be fewer requests, and all of it in memory before the first line is known.
  @Test(arguments: [
    ("dt=%Y-%m-%d", 0), ("ts=%s", 0), ("region=*/dt=%Y-%m-%d", 1), ("*/%d-%m-%Y", 2), ("%H/%Y/%m/%d", 1),
  ]) func `Without a range all is listed as far as it sorts by time`(text: String, level: Int) throws {
    let listing = Listing(SpyStore([]), at: ListingTests.place, key: "", layout: try Layout(text))
    #expect(listing.plan.flatFrom == level)
  }
}

/// What plans cost, counted: the layouts of the lake, with a day of history and with a year.
@Suite struct RequestTests {
  /// Partitions of an hour, of 12 objects each, in three regions where there is a `*`.
  private static func keys(_ text: String, days: Int64) throws -> [Key] {
    let layout = try Layout(text)
    let end = ListingTests.start + 86_400 * 400
    return stride(from: end - days * 86_400, to: end, by: 3600).flatMap { seconds in
      ["eu", "us", "za"].flatMap { region in
        let names = layout.components.map { component in
          component.name(at: Instant(seconds: seconds)).map { Key($0) } ?? Key("region=\(region)")
        }
        return (0..<4).map { names.reduce("p/") { $0 + $1 + "/" } + Key("\(region)-\($0)") }
      }
    }
  }

  @Test(
    arguments: [
      ("dt=%Y-%m-%d/hour=%H", 1), ("year=%Y/month=%m/day=%d/hour=%H", 1), ("%Y-%m/%d/%H", 1), ("ts=%s", 1),
      ("%Y%m%d%H", 1), ("%Y/%j/%H", 1), ("region=*/dt=%Y-%m-%d/hour=%H", 4),
      ("dt=%Y-%m-%d/region=*/hour=%H", 1),
      ("hour=%H/dt=%Y-%m-%d", 6), ("%d-%m-%Y/%H", 2), ("%d-%m-%Y/region=*/%H", 2),
    ] as [(String, Int)], [1, 20] as [Int64])
  func `Five hours cost the same in a long history as in a short one`(case: (String, Int), days: Int64) throws
  {
    let (text, most) = `case`
    let since = Instant(seconds: ListingTests.start + 86_400 * 399 + 3600 * 9)
    let store = SpyStore(try Self.keys(text, days: days))
    let listing = Listing(
      store, at: ListingTests.place, key: "p", layout: try Layout(text),
      range: TimeRange(since: since, until: since + 18_000), now: since + 18_000)
    #expect(try Collected(listing).lines.count == 60)
    #expect(store.requests <= most, "\(text): \(listing.planText)")
  }

  /// As `--after` and `--window` have it: from a time on.
  @Test(
    arguments: [
      ("dt=%Y-%m-%d/hour=%H", 1), ("ts=%s", 1), ("region=*/dt=%Y-%m-%d/hour=%H", 4), ("%d-%m-%Y/%H", 2),
      ("hour=%H/dt=%Y-%m-%d", 25), ("dt=%Y-%m-%d/region=*/hour=%H", 1),
    ] as [(String, Int)], [1, 20] as [Int64])
  func `So do the last five hours`(case: (String, Int), days: Int64) throws {
    let (text, most) = `case`
    let since = Instant(seconds: ListingTests.start + 86_400 * 400 - 18_000)
    let store = SpyStore(try Self.keys(text, days: days))
    let listing = Listing(
      store, at: ListingTests.place, key: "p", layout: try Layout(text), range: TimeRange(since: since),
      now: since + 18_000)
    #expect(try Collected(listing).lines.count == 60)
    #expect(store.requests <= most, "\(text): \(listing.planText)")
  }
}
