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
  /// Where the partitions are thought to end, which decides how the work is divided and nothing else.
  let now: Instant?
  /// The place's key in its store: empty, or with a `/` at its end.
  let prefix: [UInt8]

  /// `key` is that of the location in its store.
  package init(
    _ store: any ObjectStore, at location: Location, key: Key, layout: Layout, range: TimeRange = .init(),
    every: Int64? = nil, jobs: Int = 8, now: Instant? = nil
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
  }

  /// Where the store's keys begin: in the directory itself, or in the bucket.
  var root: Location {
    switch location {
    case .local: location
    case .s3(let bucket, _): .s3(bucket: bucket, key: [])
    }
  }

  /// How the objects will be found.
  package var plan: ListingPlan {
    range.isUnbounded
      ? ListingPlan(flatFrom: 0) : .cheapest(layout, over: layout.aligned(range), every: every)
  }

  /// The plan in words: `flat from dt=2026-05-04/hour=08`, `descend`.
  package var planText: String {
    let level = plan.flatFrom
    let first = layout.pieces(from: 0).bounds(over: layout.aligned(range), knowing: .init()).lower
    if level == 0 {
      return "flat from \(range.since == nil ? "the start" : PercentEncoding.encodeForLine(first))"
    }
    return level == layout.components.count
      ? "descend" : "descend \(level) of \(layout.components.count), then flat"
  }

  /// The objects of the partitions within the range, by time and then location; 66 where there is no such place, or
  /// where something is there and nothing of it is spelled as the layout says.
  package func run(by plan: ListingPlan? = nil) throws(Failure) -> ListedObjects {
    let objects: [ListedObject]
    let stranger: [UInt8]?
    do throws(StoreError) {
      objects = try ListingWalk(self).objects(plan ?? self.plan)
      stranger = objects.isEmpty ? try LayoutProbe(self).stranger() : nil
    } catch { throw error.failure(cannot: "list", location) }
    if let stranger {
      throw Failure(
        .noInput, cannot: "match the layout '\(layout)'", "below \(location)",
        because: "found e.g. '\(PercentEncoding.encodeForLine(stranger))'")
    }
    return ListedObjects(root: root, objects: objects, requests: store.requests)
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
