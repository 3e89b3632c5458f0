internal import Bytes
internal import Failures
internal import Glibc
internal import Lines
internal import Listing
internal import Objects
internal import Partitions

/// The options as what they ask for.
struct ListOptions {
  private let location: Location
  private let layout: Layout
  private let every: Int64
  private let window: Int64?
  private let after: Position?
  private let range: TimeRange
  private let jobs: Int
  private let now: Instant

  init(_ tool: PartLs) throws(Failure) {
    let clock = Instant(seconds: Int64(time(nil)))
    now = try Self.instant(tool.now, now: clock) ?? clock
    location = try Self.location(tool.location)
    layout = try Self.layout(tool.layout, of: location)
    every = try Self.every(tool.every, layout)
    window = try Self.span(tool.window, "--window")
    after = try Position.parse(tool.after ?? "", now: now)
    range = try Self.range(
      since: Self.instant(tool.since, now: now), until: Self.instant(tool.until, now: now),
      needed: Self.oldestNeeded(after, window: window))
    guard (1...256).contains(tool.jobs) else { throw Failure(.usage, "--jobs is a number from 1 to 256") }
    jobs = tool.jobs
  }

  func listing(_ stores: Stores) throws(Failure) -> Listing {
    let (store, key) = try stores.store(for: location)
    return Listing(
      store, at: location, key: key, layout: layout, range: range, every: every, jobs: jobs, now: now)
  }

  /// `#list`, with every key; a value that there is not, or not yet, is empty.
  func receipt(of listing: Listing, requests: Int?) -> Receipt {
    var receipt = Receipt("list")
    receipt.append("uri", listing.location)
    receipt.append("layout", layout)
    receipt.append("every", every)
    receipt.append("window", window?.description ?? "")
    receipt.append("after", after?.time.description ?? "")
    receipt.append("generation", after?.generation?.description ?? "")
    receipt.append("since", range.since?.description ?? "")
    receipt.append("until", range.until?.description ?? "")
    receipt.append("plan", listing.planText)
    receipt.append("requests", requests?.description ?? "")
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

  private static func layout(_ text: String?, of location: Location) throws(Failure) -> Layout {
    guard let text else {
      throw Failure(
        .usage, cannot: "list", location.description,
        because: "no layout; say how time is spelled in its paths, as in -l dt=%Y-%m-%d/hour=%H")
    }
    return try Layout(text)
  }

  private static func every(_ text: String?, _ layout: Layout) throws(Failure) -> Int64 {
    guard let every = try span(text, "--every") else { return layout.step }
    guard every % layout.step == 0 else {
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
