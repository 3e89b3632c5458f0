internal import Bytes
internal import Failures
internal import Glibc
internal import Lines
internal import Listing
internal import Objects
internal import Partitions
internal import Tables

/// The options as what they ask for.
struct ListOptions {
  let location: Location
  let table: TableOptions
  private let layout: Layout?
  private let every: Int64?
  private let window: Int64?
  private let after: Position?
  private let range: TimeRange
  private let jobs: Int
  private let now: Instant

  init(_ tool: PartLs) throws(Failure) {
    let clock = Instant(seconds: Int64(time(nil)))
    now = try Self.instant(tool.now, now: clock) ?? clock
    location = try Self.location(tool.location)
    table = try TableOptions(tool, location)
    layout = if let text = tool.layout { try Layout(text) } else { nil }
    every = try Self.every(tool.every, layout)
    window = try Self.span(tool.window, "--window")
    after = try Position.parse(tool.after ?? "", now: now)
    range = try Self.range(
      since: Self.instant(tool.since, now: now), until: Self.instant(tool.until, now: now),
      needed: Self.oldestNeeded(after, window: window))
    guard (1...256).contains(tool.jobs) else { throw Failure(.usage, "--jobs is a number from 1 to 256") }
    jobs = tool.jobs
  }

  /// Whether the place is to be listed as a table.
  func isTable(_ stores: Stores) throws(Failure) -> Bool { try table.isTable(stores, layout) }

  /// Of the objects that lie there, whatever they belong to.
  func listing(_ stores: Stores) throws(Failure) -> Listing {
    try table.refuseForPlain()
    guard let layout else {
      throw Failure(
        .usage, cannot: "list", location.description,
        because: "no layout; say how time is spelled in its paths, as in -l dt=%Y-%m-%d/hour=%H")
    }
    let (store, key) = try stores.store(for: location)
    return Listing(
      store, at: location, key: key, layout: layout, range: range, every: every, jobs: jobs, now: now)
  }

  /// Of the files that a table's log names.
  func tableListing(
    _ stores: Stores, _ note: @escaping @Sendable (String) -> Void
  ) throws(Failure) -> TableListing {
    let (store, key) = try stores.store(for: location)
    let times = try table.times(layout)
    guard let every = every ?? layout?.step else {
      throw Failure(
        .usage, cannot: "list", location.description,
        because: "--time-column and --commit-time need --every: from one partition's start to the next one's")
    }
    return TableListing(
      store, at: location, key: key, times: times, range: range, every: every, after: table.after,
      jobs: jobs, note: note)
  }

  /// `#list`, with every key; a value that there is not, or not yet, is empty.
  func receipt(of listing: Listing, requests: Int?) -> Receipt {
    var receipt = receipt(at: listing.location, every: listing.every)
    receipt.append("plan", listing.planText)
    receipt.append("requests", requests?.description ?? "")
    return receipt
  }

  func receipt(of listing: TableListing, _ files: TableFiles) -> Receipt {
    var receipt = receipt(at: listing.location, every: listing.every)
    table.append(to: &receipt, files)
    receipt.append("plan", "log")
    receipt.append("requests", listing.requests)
    return receipt
  }

  private func receipt(at location: Location, every: Int64) -> Receipt {
    var receipt = Receipt("list")
    receipt.append("uri", location)
    receipt.append("layout", layout?.description ?? "")
    receipt.append("every", every)
    receipt.append("window", window?.description ?? "")
    receipt.append("after", after?.time.description ?? "")
    receipt.append("generation", after?.generation?.description ?? "")
    receipt.append("since", range.since?.description ?? "")
    receipt.append("until", range.until?.description ?? "")
    return receipt
  }

  /// The first partition that a batch after the watermark can need: its window begins no earlier than one that ends
  /// at the watermark. Nil where there is no watermark, or where it is not known how far back a batch reaches.
  private static func oldestNeeded(_ after: Position?, window: Int64?) -> Instant? {
    guard let after, let window else { return nil }
    return after.time - window
  }

  private static func location(_ text: String) throws(Failure) -> Location {
    guard let location = Location(argument: text) else {
      throw Failure(
        .usage, cannot: "list", "'\(text)'", because: "it is neither a path nor s3://bucket/prefix")
    }
    return location
  }

  private static func every(_ text: String?, _ layout: Layout?) throws(Failure) -> Int64? {
    guard let every = try span(text, "--every") else { return nil }
    if let layout, every % layout.step != 0 {
      throw Failure(
        .usage, cannot: "read", "--every '\(text ?? "")'",
        because: "the layout's partitions begin at multiples of \(Span.text(layout.step))")
    }
    return every
  }

  private static func span(_ text: String?, _ name: String) throws(Failure) -> Int64? {
    guard let text else { return nil }
    let seconds = try Span.seconds(text, of: name)
    guard seconds > 0 else { throw Failure(.usage, "\(name) must be above 0") }
    return seconds
  }

  private static func instant(_ text: String?, now: Instant) throws(Failure) -> Instant? {
    guard let text else { return nil }
    return try Instant(parsing: text, now: now)
  }

  private static func range(since: Instant?, until: Instant?, needed: Instant?) throws(Failure) -> TimeRange {
    if let since, let until, since >= until {
      throw Failure(.usage, "--since \(since) is not before --until \(until)")
    }
    return TimeRange(since: since ?? needed, until: until)
  }
}
