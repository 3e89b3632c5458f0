import Bytes
import Failures
import Lines
import Listing
import Objects
import Partitions
import Seeded
import SlowLayout
import Testing

/// What a listing finds and what it asks for. Not tested here: real stores (Objects has one suite for all of them), and
/// how the executable prints it.
@Suite struct ListingTests {
  private static let layouts = [
    "dt=%Y-%m-%d/hour=%H/minute=%M", "dt=%Y-%m-%d", "%Y/%m/%d/%H", "%Y/%j", "region=*/dt=%Y%m%d/%H",
    "dt=%Y-%m-%d/*/%H",
    "dt=%Y-%m-%d/*", "%d-%m-%Y/hour=%H", "hour=%H/dt=%Y-%m-%d", "ts=%s", "v1/*/%Y%m%d%H",
  ]

  /// Whatever the plan and the size of a page: exactly what looking at each key finds, in order.
  @Test(arguments: layouts, 1...UInt64(Sample.rounds(quick: 1, full: 4, long: 200)))
  func `Every plan finds what looking at each key finds`(text: String, seed: UInt64) throws {
    var random = SeededRandom(seed)
    let layout = try Layout(text)
    let keys = Self.keys(layout, &random)
    for _ in 0..<6 {
      let range = Self.range(&random)
      let expected = Self.expected(keys, layout, text.contains("%s") ? Self.ofTenDigits(range) : range)
      for level in [nil] + (0...layout.components.count).map({ $0 }) {
        let store = SpyStore(keys, pageSize: [1, 7, 1000][Int(random.next() % 3)])
        let listing = Listing(
          store, at: Self.place, key: "p", layout: layout, range: range, jobs: Int(random.next() % 5 + 1),
          now: Instant(seconds: Self.start + Int64(random.next() % 30) * 86_400))
        let found = try Collected(listing, by: level.map(ListingPlan.init(flatFrom:)))
        #expect(found.lines.map(\.text) == expected, "\(text) from \(level ?? -1), \(range)")
        #expect(found.requests == store.requests)
      }
    }
  }

  /// But for the one behind the last, by which a listing knows that it is past: here, with one object a page, one for each
  /// of the names of `*`, or of the hours.
  @Test(arguments: layouts, 1...UInt64(Sample.rounds(quick: 1, full: 3, long: 200)))
  func `No object of a day that the range does not touch is ever listed`(text: String, seed: UInt64) throws {
    var random = SeededRandom(seed)
    let layout = try Layout(text)
    let keys = Self.keys(layout, &random)
    for _ in 0..<10 {
      let since = Instant(seconds: Self.start + Int64(random.next() % 40) * 43_200)
      let range = TimeRange(since: since, until: since + Int64(random.next() % 48 + 1) * 3600)
      let store = SpyStore(keys, pageSize: 1)
      let found = try Collected(Listing(store, at: Self.place, key: "p/", layout: layout, range: range))
      if found.lines.isEmpty { continue }
      let days = layout.aligned(range).lowerBound / 86_400...(layout.aligned(range).upperBound - 1) / 86_400
      let others = store.pages.flatMap(\.objects).filter { object in
        layout.match(object.key.bytes.dropFirst(2)).map { !days.contains($0.time.seconds / 86_400) } ?? false
      }
      #expect(others.count <= (text.hasPrefix("hour") ? 24 : 5), "\(text) \(range): \(others.map(\.key))")
    }
  }

  @Test func `A window of five hours among a year takes one request`() throws {
    let layout = try Layout("dt=%Y-%m-%d/hour=%H/minute=%M")
    let keys = stride(from: Self.start, to: Self.start + 86_400 * 60, by: 300).map {
      Key("p/") + Key(layout.path(of: Instant(seconds: $0)) ?? []) + "/part-0"
    }
    let range = TimeRange(since: Instant(seconds: Self.start + 86_400 * 30 + 72_000), until: nil)
    let store = SpyStore(keys)
    let bounded = TimeRange(since: range.since, until: range.since.map { $0 + 18_000 })
    let listing = Listing(store, at: Self.place, key: "p", layout: layout, range: bounded, every: 300)
    #expect(try Collected(listing).lines.count == 60)
    #expect(store.requests == 1)
  }

  @Test func `A long range is listed in parts, for a request more each`() throws {
    let layout = try Layout("dt=%Y-%m-%d/hour=%H")
    let end = Self.start + 86_400 * 20
    let keys = stride(from: Self.start, to: end, by: 3600).map {
      Key("p/") + Key(layout.path(of: Instant(seconds: $0)) ?? []) + "/part-0"
    }
    for (until, now) in [(nil, end), (Instant(seconds: end), end + 86_400 * 900)] {
      for isShort in [false, true] {
        let change = isShort ? SpyStore.shortPages(11, of: 10) : SpyStore.wholePages
        let store = SpyStore(keys, pageSize: 10, change: change)
        let listing = Listing(
          store, at: Self.place, key: "p", layout: layout, range: TimeRange(until: until), jobs: 6,
          now: Instant(seconds: now))
        #expect(try Collected(listing).keys == keys)
        #expect(48 < store.requestsForSome && store.requestsForSome <= (isShort ? 48 * 3 : 48 + 6 * 2))
      }
    }
  }

  @Test(arguments: [0, 1]) func `A large partition is listed once, by one`(level: Int) throws {
    let keys = (1000..<1200).map { Key("p/20260504/\($0)") }
    let store = SpyStore(keys, pageSize: 10)
    let listing = Listing(
      store, at: Self.place, key: "p", layout: try Layout("%Y%m%d"), jobs: 6,
      now: Instant(seconds: Self.start + 86_400 * 900))
    #expect(try Collected(listing, by: ListingPlan(flatFrom: level)).keys == keys)
    #expect(store.requests <= 20 + 6)
  }

  @Test(arguments: [
    ("_SUCCESS", false), (".part-0.crc", false), ("_temporary/0/part-0", false), ("a/.b/c", false),
    ("a/_b/c", false), ("a/", false),
    ("", false), ("../up", false), ("part-0", true), ("a/b/c", true), ("a//b", true), ("a_b/c.d", true),
    ("-rf", true), ("a\nb", true),
    ("\u{1B}[2J \t%", true), ("ünï😀", true),
  ])
  func `Below the partition's directory some names are no data`(name: String, isData: Bool) throws {
    let store = SpyStore([Key("dt=2026-05-04/" + name), "dt=2026-05-04/z"])
    let found = try Collected(Listing(store, at: Self.place, key: "", layout: Layout("dt=%Y-%m-%d")))
    let keys = found.lines.map(\.location)
    let expected = (isData ? [name, "z"] : ["z"]).map {
      Location.s3(bucket: "b", key: Array("dt=2026-05-04/\($0)".utf8))
    }
    #expect(Set(keys) == Set(expected))
  }

  @Test func `Locations sort as their lines do`() throws {
    let names = ["a b", "a!b", "a", "a/b", "a-b", "ü", "z", "~", "a%", "\u{7F}", "€", "A", "😀"]
    let raw = [
      Key("20260504/") + Key([0xE2, 0x82]), Key("20260504/") + Key([0xE2, 0x82, 0x41]),
      Key("20260504/") + Key([0xFF]),
    ]
    let store = SpyStore(names.map { Key("20260504/" + $0) } + raw)
    let listing = Listing(store, at: Self.place, key: "", layout: try Layout("%Y%m%d"))
    let lines = try Collected(listing).lines.map(\.location.description)
    #expect(lines == lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(lines.count == 16)
  }

  @Test func `A summary has one line for each directory of a partition`() throws {
    let keys = [
      "region=eu/20260504/a", "region=eu/20260504/b/c", "region=us/20260504/a", "region=eu/20260505/a",
    ]
    let store = SpyStore(keys.map { Key("p//" + $0) })
    let found = try Collected(
      Listing(
        store, at: .s3(bucket: "b", key: Array("p/".utf8)), key: "p//", layout: Layout("region=*/%Y%m%d")))
    #expect(
      found.summaries.map(\.text) == [
        "2026-05-04T00:00:00Z\t2027-01-15T08:00:25Z\t48\t2\ts3://b/p//region=eu/20260504",
        "2026-05-04T00:00:00Z\t2027-01-15T08:00:23Z\t23\t1\ts3://b/p//region=us/20260504",
        "2026-05-05T00:00:00Z\t2027-01-15T08:00:23Z\t23\t1\ts3://b/p//region=eu/20260505",
      ])
    #expect(found.summaries.first?.json["objects"]?.integer == 2)
  }

  @Test(arguments: [
    (["p/foo/a"], "dt=%Y-%m-%d", "foo/"), (["p/a"], "dt=%Y-%m-%d", "a"),
    (["p/dt=2026-02-30/x"], "dt=%Y-%m-%d", "dt=2026-02-30/"),
    (["p/dt=2026-05-04"], "dt=%Y-%m-%d", "dt=2026-05-04"),
    (["p/dt=2026-05-04/h=1/x"], "dt=%Y-%m-%d/h=%H", "dt=2026-05-04/h=1/"),
    (["p/_x/a", "p/.y", "p/z \u{1B}/a"], "dt=%Y-%m-%d", "z%20%1B/"),
  ])
  func `What nothing matches is said with an example, and 66`(keys: [String], layout: String, example: String)
    throws
  {
    let store = SpyStore(keys.map { Key($0) })
    let listing = Listing(store, at: Self.place, key: "p/", layout: try Layout(layout))
    #expect {
      try Collected(listing)
    } throws: {
      $0 as? Failure
        == Failure(.noInput, "cannot match the layout '\(layout)' below s3://b/p: found e.g. '\(example)'")
    }
  }

  @Test(arguments: [
    [], ["q/foo"], ["p/_SUCCESS", "p/.x/a"], ["p/dt=2026-05-04/x"], ["p/dt=2026-05-04/_x", "p/foo/bar"],
  ])
  func `A place that is empty, or has other times, is an empty listing`(keys: [String]) throws {
    let store = SpyStore(keys.map { Key($0) })
    let range = TimeRange(since: Instant(seconds: Self.start + 86_400 * 365))
    let found = try Collected(
      Listing(store, at: Self.place, key: "p", layout: Layout("dt=%Y-%m-%d"), range: range))
    #expect(found.lines.isEmpty && found.requests <= 3)
  }

  @Test func `A range that is empty asks for no object`() throws {
    let store = SpyStore(["p/dt=2026-05-04/x"])
    let at = Instant(seconds: Self.start)
    let range = TimeRange(since: at, until: at)
    let listing = Listing(store, at: Self.place, key: "p", layout: try Layout("dt=%Y-%m-%d"), range: range)
    #expect(try Collected(listing).lines.isEmpty)
  }
}

extension ListingTests {
  static let place = Location.s3(bucket: "b", key: Array("p".utf8))
  /// 2026-04-25
  static let start: Int64 = 1_777_075_200

  /// Partitions of twenty days, with strangers in every place.
  static func keys(_ layout: Layout, _ random: inout SeededRandom) -> [Key] {
    var keys: [Key] = [
      "p", "p/", "p/_SUCCESS", "p/zzz/x", "p/dt=2026-05-04", "p/dt=2026-02-31/hour=01/x", "q/dt=2026-05-04/x",
    ]
    for _ in 0..<60 {
      let time = Instant(seconds: start + Int64(random.next() % (20 * 288)) * 300)
      let names = layout.components.map { component in
        component.name(at: time).map { Key($0) }
          ?? random.pick(["region=eu", "region=a b", "2026", "_x", "~\u{1F600}"])
      }
      var path = names.reduce(Key("p/")) { $0 + $1 + "/" }
      if random.next() % 12 == 0 { path = Key(path.bytes.dropLast(2)) + "/" }
      for _ in 0...random.next() % 3 {
        keys.append(
          path + random.pick(["part-0", "part 1\n", "a/b%", "_tmp/x", ".crc", "", "-x", "a//b", "../x", "é"]))
      }
    }
    return keys
  }

  static func range(_ random: inout SeededRandom) -> TimeRange {
    let since = Instant(
      seconds: start + Int64(random.next() % (22 * 288)) * 300 - 86_400 + Int64(random.next() % 2))
    let span = random.pick([1, 300, 3600, 18_000, 86_400, 5 * 86_400] as [Int64])
    return TimeRange(
      since: random.next() % 6 == 0 ? nil : since, until: random.next() % 3 == 0 ? nil : since + span)
  }

  /// A bound that is not given is, for `%s`, where its digits become ten, or eleven.
  static func ofTenDigits(_ range: TimeRange) -> TimeRange {
    TimeRange(
      since: range.since ?? Instant(seconds: 1_000_000_000),
      until: range.until ?? Instant(seconds: 10_000_000_000))
  }

  /// The lines, by the plainest means.
  static func expected(_ keys: [Key], _ layout: Layout, _ range: TimeRange) -> [String] {
    let objects = Set(keys).compactMap { key -> ObjectLine? in
      let path = key.bytes.dropFirst(2)
      guard key.bytes.starts(with: "p/".utf8), let match = layout.match(path),
        range.seconds.contains(match.time.seconds)
      else { return nil }
      let names = path[(match.directoryEnd + 1)...].split(
        separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      guard names.last?.isEmpty == false, !names.contains(where: { "_.".utf8.contains($0.first ?? 0) }) else {
        return nil
      }
      let info = SpyStore.info(key)
      return ObjectLine(
        time: match.time, modified: Instant(seconds: info.modified), bytes: info.bytes, tag: info.tag,
        location: .s3(bucket: "b", key: key.bytes))
    }
    return objects.map { ($0.time, $0.location.description, $0.text) }
      .sorted { $0.0 == $1.0 ? $0.1.utf8.lexicographicallyPrecedes($1.1.utf8) : $0.0 < $1.0 }
      .map(\.2)
  }
}

extension SeededRandom {
  mutating func pick<T>(_ values: [T]) -> T { values[Int(next() % UInt64(values.count))] }
}
