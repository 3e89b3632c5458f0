import Listing
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
