internal import Partitions

/// How a listing is divided.
///
/// `width` flat listings are under way at the same time of the data: one below each directory in place of a `*`. Of each a
/// stretch is in memory, so with many of them stretches are short. One alone is cut into parts, for `jobs` threads; many
/// are not, and take not one request more than they have pages.
///
/// In memory are up to pages * (jobs + max(jobs, width)) pages of `pageSize` objects where each stretch is as long as was
/// thought, and pages * jobs more where those under way turn out twice as long; besides, whatever one partition has, or one
/// `unit`.
struct StretchSizes: Sendable {
  static let longest = 8000
  static let atOnce = 32
  static let fill = 0.992

  /// The pages of a stretch: eight of a thousand, one that is larger.
  let pages: Int
  /// Into how many parts a flat listing is cut at a time.
  let parts: Int
  /// Keys sort by time as far as to such a length, in seconds; nil where they do not at all.
  let unit: Int64?
  /// How many objects a stretch has, at most and as far as was thought.
  let objects: Int
  /// How many objects may be in memory, with those that the stretches under way are thought to bring, where one begins.
  let room: Int

  init(_ listing: Listing, _ plan: ListingPlan, _ directories: [LayoutDirectory], over range: Range<Int64>) {
    let (jobs, width) = (listing.jobs, Self.width(directories, range))
    pages = max(min(Self.atOnce / width, Self.longest / max(listing.pageSize, 1000)), 1)
    parts = jobs / width
    unit = listing.layout.coverage(from: plan.flatFrom, over: range).unit(listing.layout)
    objects = pages * listing.pageSize
    room = objects * (jobs + max(jobs, width))
  }

  /// Where a part has twice as many pages as was thought.
  var most: Int { pages * 2 }

  /// How many of the directories have partitions of the same time, at most.
  private static func width(_ directories: [LayoutDirectory], _ range: Range<Int64>) -> Int {
    let slots = directories.map { $0.known.slot.clamped(to: range) }
    let ends = slots.map(\.upperBound).sorted()
    var (ended, widest) = (0, 1)
    for (begun, start) in slots.map(\.lowerBound).sorted().enumerated() {
      while ends[ended] <= start && ended < begun { ended += 1 }
      widest = max(widest, begun + 1 - ended)
    }
    return widest
  }

  /// Where the range can be cut; not at all where others do the rest of it anyway.
  func cuts(of flat: FlatListing) -> [Int64] {
    guard parts > 1, let unit, let last = flat.lastTime, let density = flat.density else {
      return []
    }
    let (range, now) = (flat.range, flat.listing.now?.seconds ?? .max)
    let end = min(range.upperBound, flat.directory.known.slot.upperBound, max(now, range.lowerBound))
    let slots = Int64(Double(pages * density.entries) * Self.fill / density.objectsInSlot) - 1
    let (length, isTooLong) = max(slots, 1).multipliedReportingOverflow(by: density.slot)
    guard !isTooLong else { return [] }
    var cuts: [Int64] = []
    while cuts.count < parts {
      let (next, isBeyond) = (cuts.last ?? last).addingReportingOverflow(max(length, unit))
      let cut = Instant(seconds: next).floored(to: unit).seconds
      guard !isBeyond, cut < end, cut > cuts.last ?? last else { break }
      cuts.append(cut)
    }
    return cuts
  }
}

/// How densely the objects of a page lie in time.
struct PageDensity: Sendable {
  /// Entries of a page, of whatever kind.
  let entries: Int
  /// Seconds from one partition to the next, and how many objects one has.
  let slot: Int64
  let objectsInSlot: Double

  /// Nil where all objects are of one partition.
  init?(_ found: ListedObjects, from start: Int, entries: Int) {
    var (slots, lastSlot) = (0, start)
    for index in start + 1..<max(found.count, start + 1) where found.time(index) != found.time(index - 1) {
      slots += 1
      lastSlot = index
    }
    guard slots > 0, found.time(lastSlot) > found.time(start) else { return nil }
    self.entries = entries
    slot = max((found.time(lastSlot) - found.time(start)) / Int64(slots), 1)
    objectsInSlot = Double(lastSlot - start) / Double(slots) * Double(entries) / Double(found.count - start)
  }
}

extension Precision {
  /// As far as keys sort by time, in seconds: a day and less, but not less than from one partition to the next.
  fileprivate func unit(_ layout: Layout) -> Int64? {
    self >= .day ? length.map { max($0, layout.step) } : nil
  }
}
