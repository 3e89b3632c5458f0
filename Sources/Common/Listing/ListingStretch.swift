internal import Objects
internal import Partitions

/// A part of a listing that one thread does in one go: some pages of a flat listing. What is not done then becomes
/// stretches of its own.
struct ListingStretch: Sendable {
  private var flat: FlatListing
  private let sizes: StretchSizes
  /// The number of pages after which it is divided.
  private let pages: Int
  /// No object of the stretch is of a partition before this time.
  let start: Int64

  init(_ flat: FlatListing, _ sizes: StretchSizes, pages: Int = 1) {
    self.flat = flat
    self.sizes = sizes
    self.pages = pages
    let first = flat.directory.known.first(in: flat.range) ?? flat.range.lowerBound
    guard let last = flat.lastTime, let unit = sizes.unit else {
      start = first
      return
    }
    start = max(first, Instant(seconds: last).floored(to: unit).seconds)
  }

  /// Adds what was found; what is left. Between two pages it asks whether it goes on.
  func list(
    into found: inout ListedObjects, while goesOn: () -> Bool
  ) throws(StoreError) -> [ListingStretch] {
    var listed = self
    return try listed.flat.take(pages: pages, into: &found, while: goesOn) ? [] : listed.rest()
  }

  /// Each part but the last ends a partition before a page does, and a little more, since some stores cut pages short:
  /// the page on which it ends says that it is over, and no other request is needed to know. The last one is looked at
  /// and divided again.
  private func rest() -> [ListingStretch] {
    let cuts = cuts()
    guard let first = cuts.first, let last = cuts.last else {
      return [ListingStretch(flat.part(flat.range, behind: true), sizes, pages: sizes.pages)]
    }
    let ends = zip(cuts, cuts.dropFirst() + [flat.range.upperBound])
    return [ListingStretch(flat.part(flat.range.lowerBound..<first, behind: true), sizes, pages: sizes.most)]
      + ends.map { start, end in
        ListingStretch(
          flat.part(start..<end, behind: false), sizes, pages: start == last ? 1 : sizes.most)
      }
  }

  /// Where the range can be cut; not at all where others do the rest of it anyway.
  private func cuts() -> [Int64] {
    guard sizes.parts > 1, let unit = sizes.unit, let last = flat.lastTime, let density = flat.density else {
      return []
    }
    let (range, now) = (flat.range, flat.listing.now?.seconds ?? .max)
    let end = min(range.upperBound, flat.directory.known.slot.upperBound, max(now, range.lowerBound))
    let slots = Int64(Double(sizes.pages * density.entries) * StretchSizes.fill / density.objectsInSlot) - 1
    let (length, isTooLong) = max(slots, 1).multipliedReportingOverflow(by: density.slot)
    guard !isTooLong else { return [] }
    var cuts: [Int64] = []
    while cuts.count < sizes.parts {
      let (next, isBeyond) = (cuts.last ?? last).addingReportingOverflow(max(length, unit))
      let cut = Instant(seconds: next).floored(to: unit).seconds
      guard !isBeyond, cut < end, cut > cuts.last ?? last else { break }
      cuts.append(cut)
    }
    return cuts
  }
}

/// How a listing is divided.
///
/// `width` flat listings are under way at the same time of the data: one below each directory in place of a `*`. Of each a
/// stretch is in memory, so with many of them stretches are short. One alone is cut into parts, for `jobs` threads; many
/// are not, and take not one request more than they have pages.
///
/// No stretch begins that could bring more into memory than pages * (jobs + max(jobs, width)) pages of `pageSize`, printed
/// ones left out, and each that is under way may turn out twice as long as was thought; but for what a partition, or
/// `unit`, has itself.
struct StretchSizes: Sendable {
  static let longest = 4000
  static let atOnce = 32
  static let fill = 0.992

  /// The pages of a stretch: four of a thousand, one that is larger.
  let pages: Int
  /// Into how many parts a flat listing is cut at a time.
  let parts: Int
  /// Keys sort by time as far as to such a length, in seconds; nil where they do not at all.
  let unit: Int64?
  /// How many objects a stretch has, at most and as far as was thought.
  let objects: Int
  /// How many objects are in memory before they are printed.
  let room: Int

  init(jobs: Int, width: Int, pageSize: Int, unit: Int64?) {
    pages = max(min(Self.atOnce / max(width, 1), Self.longest / max(pageSize, 1000)), 1)
    parts = jobs / max(width, 1)
    self.unit = unit
    objects = pages * pageSize
    room = objects * (jobs + max(jobs, width))
  }

  /// Where a part has twice as many pages as was thought.
  var most: Int { pages * 2 }
}
