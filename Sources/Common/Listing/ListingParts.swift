internal import Objects
internal import Partitions
internal import Threads

extension ListingWalk {
  /// What is below a directory and within the range. Where the first page promises many more, the rest of the range
  /// is listed in parts, side by side.
  func flat(_ directory: LayoutDirectory, from level: Int, jobs: Int) throws(StoreError) -> [ListedObject] {
    var start = FlatListing(listing, below: directory, from: level, over: range)
    guard try start.take(pages: 1) else { return start.found }
    let isDivisible = listing.layout.coverage(from: level, over: range) >= .day
    let parts = isDivisible ? parts(of: directory, behind: start.found, atMost: jobs) : [range]
    let rest = try parallelMap(count: parts.count, threads: jobs) { [start] (index) throws(StoreError) in
      var part = FlatListing(
        listing, below: directory, from: level, over: parts[index], after: index == 0 ? start.last : nil)
      _ = try part.take()
      return part.found
    }
    return start.found + rest.joined()
  }

  /// The range, divided so that each part behind the first page has about the same length, of two pages or more.
  private func parts(
    of directory: LayoutDirectory, behind page: [ListedObject], atMost limit: Int
  ) -> [Range<Int64>] {
    let step = listing.layout.step
    let end = min(
      range.upperBound, directory.known.slot.upperBound, max(listing.now?.seconds ?? .max, range.lowerBound))
    guard let first = page.first?.time.seconds, let last = page.last?.time.seconds, first <= last, last < end
    else { return [range] }
    let pages = (end - last) / max(last - first, step)
    let count = min(Int64(limit), pages / 2)
    guard count > 1, (end - last) / count > step else { return [range] }
    let cuts = (1..<count).map {
      Instant(seconds: last + (end - last) / count * $0).floored(to: step).seconds
    }
    return zip([range.lowerBound] + cuts, cuts + [range.upperBound]).map { $0..<$1 }
  }
}
