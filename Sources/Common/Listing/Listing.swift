package import Bytes
package import Failures
package import Objects
package import Partitions

/// A directory or prefix whose partitions are listed: where, how time is spelled there, which times are wanted.
package struct Listing: Sendable {
  package let store: any ObjectStore
  /// The place, without a `/` at its end.
  package let location: Location
  package let layout: Layout
  package let range: TimeRange
  /// Seconds from one partition to the next.
  package let every: Int64
  /// How many requests are under way at once.
  package let jobs: Int
  /// The most that the store gives at a time.
  let pageSize: Int
  /// Where the partitions are thought to end, which decides how the work is divided and nothing else.
  let now: Instant?
  /// The place's key in its store: empty, or with a `/` at its end.
  let prefix: [UInt8]

  /// `key` is that of the location in its store.
  package init(
    _ store: any ObjectStore, at location: Location, key: Key, layout: Layout, range: TimeRange = .init(),
    every: Int64? = nil, jobs: Int = 8, now: Instant? = nil, pageSize: Int? = nil
  ) {
    self.store = store
    self.location = location.withoutSlash
    prefix =
      key.bytes.isEmpty || key.bytes.last == UInt8(ascii: "/") ? key.bytes : key.bytes + [UInt8(ascii: "/")]
    self.layout = layout
    self.range = range
    self.every = every ?? layout.step
    self.jobs = jobs
    self.now = now
    // S3 gives no more than 1000 at a time; a directory is read whole for each page.
    self.pageSize = pageSize ?? { if case .local = location { 1 << 16 } else { 1000 } }()
  }

  /// Where the store's keys begin: in the directory itself, or in the bucket.
  var root: Location {
    switch location {
    case .local: location
    case .s3(let bucket, _): .s3(bucket: bucket, key: [])
    }
  }

  /// The times that are listed, where partitions can begin. In a layout with `%s` those are, where no bound says
  /// otherwise, the times that have ten digits there, from 2001 to 2286: only among as many digits do names sort.
  var span: Range<Int64> {
    let whole = layout.aligned(range)
    guard layout.units(before: layout.components.count).contains(.epoch) else { return whole }
    let tenDigits: Range<Int64> = 1_000_000_000..<10_000_000_000
    let (lower, upper) = (whole.lowerBound, whole.upperBound)
    return
      (range.since == nil ? min(max(lower, tenDigits.lowerBound), upper) : lower)..<(range.until == nil
      && lower < tenDigits.upperBound ? tenDigits.upperBound : upper)
  }

  /// How the objects will be found.
  package var plan: ListingPlan { .cheapest(layout, over: span, every: every) }

  /// The plan in a word: `flat`, `flat:dt=2026-05-04/hour=08` from the first name in question on, `descend:1` where the
  /// directories of the first component of the layout are listed, and each is listed flat.
  package var planText: String {
    let level = plan.flatFrom
    if level > 0 { return "descend:\(level)" }
    let first = layout.pieces(from: 0).bounds(over: span, knowing: .init()).lower
    return range.since == nil || first.isEmpty ? "flat" : "flat:\(PercentEncoding.encodeForLine(first))"
  }

  /// Gives the objects of the partitions within the range, by time and then location, piece by piece. Of those that can't
  /// be given yet it holds as many as `StretchSizes` says, however slow `take` is; 66 where there is no such place, or where something is there and nothing of it is
  /// spelled as the layout says.
  package func run(
    by plan: ListingPlan? = nil, _ take: (ListedObjects) throws(Failure) -> Void
  ) throws(Failure) {
    var isEmpty = true
    try ListingRun(listing: self, plan: plan ?? self.plan).run { (objects) throws(Failure) in
      isEmpty = false
      try take(objects)
    }
    if isEmpty { try explain() }
  }

  /// How many requests were sent so far; 0 for a local directory.
  package var requests: Int { store.requests }

  private func explain() throws(Failure) {
    let stranger: [UInt8]?
    do { stranger = try LayoutProbe(self).stranger() } catch { throw error.failure(cannot: "list", location) }
    guard let stranger else { return }
    throw Failure(
      .noInput, cannot: "match the layout '\(layout)'", "below \(location)",
      because: "found e.g. '\(PercentEncoding.encodeForLine(stranger))'")
  }
}

extension Location {
  /// What the place itself is called, however a person ended it.
  fileprivate var withoutSlash: Location {
    switch self {
    case .local(let path):
      .local(path: path.count > 1 && path.last == UInt8(ascii: "/") ? Array(path.dropLast()) : path)
    case .s3(let bucket, let key):
      .s3(bucket: bucket, key: key.last == UInt8(ascii: "/") ? Array(key.dropLast()) : key)
    }
  }
}
