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
  private var found: [ListedObject] = []
  /// The partition that the last object was in, with the `/` behind its directory.
  private var current: (path: ArraySlice<UInt8>, match: Layout.Match)?

  init(_ listing: Listing, below directory: LayoutDirectory, from level: Int, over range: Range<Int64>) {
    self.listing = listing
    self.directory = directory
    self.level = level
    self.range = range
    bounds = listing.layout.pieces(from: level).bounds(over: range, knowing: directory.known)
  }

  var request: ListRequest {
    let path = bounds.onlyName.map { $0.isEmpty ? $0 : $0 + [UInt8(ascii: "/")] } ?? bounds.prefix
    return ListRequest(prefix: Key(directory.key + path), startAfter: bounds.startAfter(directory.key))
  }

  mutating func objects() throws(StoreError) -> [ListedObject] {
    let (store, size, request) = (listing.store, listing.pageSize, request)
    try store.eachPage(request, ofAtMost: size) { page in page.objects.allSatisfy { take($0) } }
    return found
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
