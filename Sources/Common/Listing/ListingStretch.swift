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
    let cuts = sizes.cuts(of: flat)
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
}
