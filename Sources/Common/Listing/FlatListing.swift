internal import Bytes
internal import Objects
internal import Partitions

/// All objects below a directory that lie between the first and the last key of a range of times: listed in pages, as
/// they sort, whatever directories they are in.
struct FlatListing: Sendable {
  let listing: Listing
  let directory: LayoutDirectory
  let level: Int
  let range: Range<Int64>
  /// The last key that was seen, of whatever kind: only what lies behind it is listed.
  private(set) var last: Key?
  /// The partition of the last object that was found; all that comes behind it is of that one's day, or whatever it is
  /// that the layout sorts by, or of later ones.
  private(set) var lastTime: Int64?
  /// How the objects of the last page lie in time.
  private(set) var density: PageDensity?

  init(_ listing: Listing, below directory: LayoutDirectory, from level: Int, over range: Range<Int64>) {
    self.listing = listing
    self.directory = directory
    self.level = level
    self.range = range
  }

  /// The same over a part of the range; `behind` what this one has seen, or from its own beginning.
  func part(_ range: Range<Int64>, behind: Bool) -> FlatListing {
    var part = FlatListing(listing, below: directory, from: level, over: range)
    if behind { (part.last, part.lastTime) = (last, lastTime) }
    return part
  }

  /// Lists so many pages, as long as it goes on; whether all of the range was among them. Where so many were not all,
  /// `last` has moved: a page without entries does not count.
  mutating func take(
    pages limit: Int, into found: inout ListedObjects, while goesOn: () -> Bool
  ) throws(StoreError) -> Bool {
    let bounds = listing.layout.pieces(from: level).bounds(over: range, knowing: directory.known)
    var request = ListRequest(prefix: prefix(bounds), startAfter: last ?? bounds.startAfter(directory.key))
    request.limit = listing.pageSize
    var matcher = PartitionMatcher(listing.layout, from: level, below: directory)
    var pages = 0
    while pages < limit && goesOn() {
      let page = try listing.store.packed(request)
      try check(page)
      if take(page, bounds, &matcher, into: &found) { return true }
      guard try request.goOn(at: page.next) else { return true }
      if !page.entries.isEmpty { pages += 1 }
    }
    return false
  }

  private func prefix(_ bounds: TextBounds) -> Key {
    let path = bounds.onlyName.map { $0.isEmpty ? $0 : $0 + [UInt8(ascii: "/")] } ?? bounds.prefix
    return Key(directory.key + path)
  }

  /// A listing that changes while it is read may leave out, or have more than before, but never goes back.
  private func check(_ page: PackedPage) throws(StoreError) {
    if let last, !page.entries.isEmpty, page.key(0) <= last {
      throw .invalid("the store's listing is not in order")
    }
  }

  /// Whether the range is past.
  private mutating func take(
    _ page: PackedPage, _ bounds: TextBounds, _ matcher: inout PartitionMatcher,
    into found: inout ListedObjects
  ) -> Bool {
    func isPast(_ entry: PackedPage.Entry) -> Bool {
      bounds.isPast(page.bytes[entry.key.range].dropFirst(directory.key.count))
    }
    let start = found.count
    let reachesEnd = page.entries.last.map(isPast) ?? false
    page.bytes.withUnsafeBufferPointer { bytes in
      for entry in page.entries {
        if reachesEnd && isPast(entry) { return }
        guard let match = matcher.match(entry.key.range, of: page.bytes), range.contains(match.time),
          Self.isData(bytes[of: entry.key.range.dropFirst(match.directoryCount + 1)])
        else { continue }
        found.append(
          key: bytes[entry.key], tag: bytes[entry.tag], in: match, size: entry.bytes, modified: entry.modified
        )
      }
    }
    if !page.entries.isEmpty { last = page.key(page.entries.count - 1) }
    if found.count > start {
      lastTime = found.time(found.count - 1)
      density = PageDensity(found, from: start, entries: page.entries.count)
    }
    return reachesEnd
  }

  /// Whether no name below the partition's directory is one that is ignored, nor the last one empty.
  private static func isData(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
    var isStart = true
    for byte in path {
      if isStart && (byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")) { return false }
      isStart = byte == UInt8(ascii: "/")
    }
    return !isStart
  }
}
