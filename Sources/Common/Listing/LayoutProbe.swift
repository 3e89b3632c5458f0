internal import Objects
internal import Partitions

/// Why nothing was found: whether nothing is there, or nothing of the range, or nothing that the layout matches.
///
/// It goes down along the newest names that match, with one small listing a level, and one more where none does.
struct LayoutProbe {
  private let listing: Listing
  private static let pageSize = 1000

  init(_ listing: Listing) { self.listing = listing }

  /// What was found, below the listing's place, in place of a name as the layout has it; nil where a whole path matches,
  /// and where there is nothing at all.
  func stranger() throws(StoreError) -> [UInt8]? {
    var directory = LayoutDirectory(key: listing.prefix, known: .init())
    for component in listing.layout.components {
      guard let next = try newest(component, in: directory) else { return try anything(in: directory) }
      directory = next
    }
    return nil
  }

  private func newest(_ component: Layout.Component, in directory: LayoutDirectory) throws(StoreError)
    -> LayoutDirectory?
  {
    let prefix = component.bounds(over: TimeRange.always, knowing: directory.known).prefix
    let page = try listing.store.list(
      ListRequest(prefix: Key(directory.key + prefix), delimited: true, limit: Self.pageSize))
    let matching = page.prefixes.compactMap { key -> (time: Int64, directory: LayoutDirectory)? in
      let name = key.bytes.dropFirst(directory.key.count).dropLast()
      guard let known = component.match(name, knowing: directory.known),
        let time = known.first(in: TimeRange.always)
      else { return nil }
      return (time, LayoutDirectory(key: key.bytes, known: known))
    }
    return matching.max { $0.time < $1.time }?.directory
  }

  private func anything(in directory: LayoutDirectory) throws(StoreError) -> [UInt8]? {
    let page = try listing.store.list(
      ListRequest(prefix: Key(directory.key), delimited: true, limit: Self.pageSize))
    return (page.prefixes + page.objects.map(\.key)).map { $0.bytes.dropFirst(directory.key.count) }
      .first { !$0.isEmpty && !Layout.isIgnored($0) }
      .map { Array(directory.key.dropFirst(listing.prefix.count) + $0) }
  }
}
