import Bytes
import Failures
import Listing
import Objects
import Partitions
import Testing

/// What stores answer that is odd, and what is wrong. Not tested here: how an answer is read (Objects has that).
@Suite struct AnswersTests {
  /// Two objects of each day, in two directories where there is a `*`.
  private static func keys(_ text: String, days: Int64) throws -> [Key] {
    let layout = try Layout(text)
    return (0..<days).flatMap { day in
      let time = Instant(seconds: ListingTests.start + day * 86_400)
      return ["a", "b"].map { name in
        let names = layout.components.map { $0.name(at: time).map { Key($0) } ?? Key("of-\(name)") }
        return names.reduce("p/") { $0 + $1 + "/" } + Key(name)
      }
    }.sorted()
  }

  /// What would be asked for ever fails instead.
  private static func listing(
    _ text: String, _ keys: [Key], jobs: Int, most: Int = 1000, change: @escaping SpyStore.Change
  ) throws -> Listing {
    let before: @Sendable (Int) throws(StoreError) -> [Key] = { (answers) throws(StoreError) in
      if answers >= most { throw .unavailable("\(most) requests") }
      return []
    }
    return Listing(
      SpyStore(keys, pageSize: 10, before: before, change: change), at: ListingTests.place, key: "p",
      layout: try Layout(text), jobs: jobs,
      now: Instant(seconds: ListingTests.start + 100 * 86_400), pageSize: 10)
  }

  /// Six at each place, so that who begins anew there never gets further.
  @Test(arguments: [1, 4]) func `Pages without anything are read over`(jobs: Int) throws {
    let keys = try Self.keys("%Y%m%d", days: 100)
    let listing = try Self.listing("%Y%m%d", keys, jobs: jobs) { page, request, _ in
      let empty = request.continuing.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
      if empty < 6 { SpyStore.cut(&page, request, to: 0, unique: empty + 1) }
    }
    #expect(try Collected(listing).keys == keys)
  }

  @Test(arguments: ["%Y%m%d", "*/%Y%m%d"], [1, 4])
  func `A page that comes twice is refused`(text: String, jobs: Int) throws {
    let listing = try Self.listing(text, Self.keys(text, days: 100), jobs: jobs) { page, request, _ in
      page.next = request.continuing ?? "t"
      page.objects = []
    }
    let reason = "the same page of the listing came twice"
    #expect(throws: Failure(.badData, "cannot list s3://b/p: \(reason)")) { try Collected(listing) }
  }

  @Test(arguments: ["%Y%m%d", "%d-%m-%Y"], [1, 4])
  func `A page that goes back is refused`(text: String, jobs: Int) throws {
    let keys = try Self.keys(text, days: 100)
    let first = try #require(keys.first)
    let listing = try Self.listing(text, keys, jobs: jobs) { page, request, _ in
      if request.continuing == nil { return }
      if request.delimited {
        page.prefixes.insert(Key(first.bytes.dropLast()), at: 0)
      } else {
        page.objects.insert(SpyStore.info(first), at: 0)
      }
    }
    let reason = "the store's listing is not in order"
    #expect(throws: Failure(.badData, "cannot list s3://b/p: \(reason)")) {
      try Collected(listing, by: ListingPlan(flatFrom: text == "%Y%m%d" ? 0 : 1))
    }
  }

  @Test(arguments: [1, 4]) func `A directory that two pages name is listed once`(jobs: Int) throws {
    let keys = try Self.keys("%d-%m-%Y", days: 100)
    let listing = try Self.listing("%d-%m-%Y", keys, jobs: jobs) { page, request, _ in
      guard request.delimited, let token = request.continuing,
        let last = PercentEncoding.decode(token.split(separator: " ")[0])
      else { return }
      page.prefixes.insert(Key(last), at: 0)
    }
    let found = try Collected(listing, by: ListingPlan(flatFrom: 1)).keys
    #expect(found.count == keys.count && Set(found) == Set(keys))
  }
}
