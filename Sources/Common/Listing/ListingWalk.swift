internal import Objects
internal import Partitions
internal import Threads

/// A directory on the way down the layout, and what its path says of the time.
struct LayoutDirectory: Sendable {
  /// Empty, or with a `/` at its end.
  let key: [UInt8]
  let known: PartialTime
}

/// The way down to the level of a plan.
struct ListingWalk: Sendable {
  let listing: Listing
  let range: Range<Int64>

  /// The directories of this level that the range can touch: those above are listed, once each.
  func directories(at level: Int) throws(StoreError) -> [LayoutDirectory] {
    var directories = [LayoutDirectory(key: listing.prefix, known: .init())]
    for level in 0..<level {
      let parents = directories
      let children = try parallelMap(count: parents.count, threads: listing.jobs) {
        index throws(StoreError) in
        try self.children(of: parents[index], at: level)
      }
      directories = Array(children.joined())
    }
    return directories
  }

  /// The directories one level down that the range can touch. Where only one name is possible, nobody is asked
  /// whether it is there.
  private func children(of parent: LayoutDirectory, at level: Int) throws(StoreError) -> [LayoutDirectory] {
    let component = listing.layout.components[level]
    let bounds = component.bounds(over: range, knowing: parent.known)
    if let name = bounds.onlyName { return [child(name[...], of: parent, component)].compactMap { $0 } }
    var children: [LayoutDirectory] = []
    var request = ListRequest(prefix: Key(parent.key + bounds.prefix), delimited: true)
    request.startAfter = bounds.startAfter(parent.key)
    request.limit = listing.pageSize
    var (last, next): (Key?, String?) = (nil, nil)
    repeat {
      let page = try listing.store.list(request)
      // Some stores give the prefix with which a page ends on the next one as well.
      for prefix in page.prefixes where prefix != last {
        if let last, prefix < last { throw .invalid("the store's listing is not in order") }
        last = prefix
        let name = prefix.bytes.dropFirst(parent.key.count).dropLast()
        if bounds.isPast(name) { return children }
        if let child = child(name, of: parent, component) { children.append(child) }
      }
      next = page.next
    } while try request.goOn(at: next)
    return children
  }

  /// Nil where the name is not spelled as the layout says, or the range has no time of that name.
  private func child(
    _ name: ArraySlice<UInt8>, of directory: LayoutDirectory, _ component: Layout.Component
  ) -> LayoutDirectory? {
    guard let known = component.match(name, knowing: directory.known), known.first(in: range) != nil else {
      return nil
    }
    return LayoutDirectory(key: directory.key + name + [UInt8(ascii: "/")], known: known)
  }
}
