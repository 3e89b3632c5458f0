internal import Objects
internal import Partitions

/// All objects below a directory that lie between the first and the last key of a range of times: listed in pages, as
/// they sort, whatever directories they are in.
struct FlatListing {
  private let listing: Listing
  private let directory: LayoutDirectory
  private let level: Int
  private let range: Range<Int64>
  private let bounds: TextBounds
  private(set) var found: [ListedObject] = []
  /// The last key that was seen, of whatever kind.
  private(set) var last: Key?
  /// The partition that the last object was in, with the `/` behind its directory.
  private var current: (path: ArraySlice<UInt8>, match: Layout.Match)?

  /// With `last`, only what lies behind this key too.
  init(
    _ listing: Listing, below directory: LayoutDirectory, from level: Int, over range: Range<Int64>,
    after last: Key? = nil
  ) {
    self.listing = listing
    self.directory = directory
    self.level = level
    self.range = range
    self.last = last
    bounds = listing.layout.pieces(from: level).bounds(over: range, knowing: directory.known)
  }

  private var request: ListRequest {
    let path = bounds.onlyName.map { $0.isEmpty ? $0 : $0 + [UInt8(ascii: "/")] } ?? bounds.prefix
    return ListRequest(
      prefix: Key(directory.key + path), startAfter: last ?? bounds.startAfter(directory.key))
  }

  /// Adds what so many pages hold to what was found; false when the last was among them.
  mutating func take(pages limit: Int = .max) throws(StoreError) -> Bool {
    var left = limit
    var isOver = false
    let (store, size, request) = (listing.store, listing.pageSize, request)
    try store.eachPage(request, ofAtMost: size) { page in
      left -= 1
      last = page.objects.last?.key ?? last
      isOver = !page.objects.allSatisfy { take($0) } || page.next == nil
      return !isOver && left > 0
    }
    return !isOver
  }

  /// False when the range is past.
  private mutating func take(_ object: ObjectInfo) -> Bool {
    let path = object.key.bytes.dropFirst(directory.key.count)
    if bounds.isPast(path) { return false }
    if let match = match(path), range.contains(match.time.seconds),
      Self.isData(path[(match.directoryEnd + 1)...])
    {
      found.append(ListedObject(time: match.time, info: object, directoryEnd: match.directoryEnd))
    }
    return true
  }

  private mutating func match(_ path: ArraySlice<UInt8>) -> Layout.Match? {
    if let current, path.starts(with: current.path) { return current.match }
    let match = listing.layout.match(path, from: level, knowing: directory.known)
    if let match { current = (path[...match.directoryEnd], match) }
    return match
  }

  /// Whether no name below the partition's directory is one that is ignored, nor the last one empty.
  private static func isData(_ path: ArraySlice<UInt8>) -> Bool {
    path.last != UInt8(ascii: "/") && !path.isEmpty
      && path.split(separator: UInt8(ascii: "/")).allSatisfy { !Layout.isIgnored($0) }
  }
}
