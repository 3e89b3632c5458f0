internal import Failures
internal import Segments

/// Tells what was deleted from what merely left the window.
struct Expiry {
  private let new: IndexState
  private var names: VisibleNames

  init(_ new: IndexState) {
    self.new = new
    names = new.names
  }

  /// Of a document that the new state does not show. One that has gone from a group that is still there was replaced.
  mutating func isExpired(id: UnsafeRawBufferPointer, group: UnsafeRawBufferPointer) throws(Failure) -> Bool {
    if try names.deletes(id: id) { return false }
    if try names.deletes(group: group) { return false }
    return try !names.contains(group: group)
  }

  /// The id tombstones of the new state, by its segments, that not every old state has, and none shows as a document, which
  /// would be deleted anyway.
  func tombstones(since old: [IndexState]) throws(Failure) -> [[UInt32]] {
    var oldNames = old.map(\.names)
    var own = names
    var found: [[UInt32]] = []
    // A base and its delta may delete the same.
    var given: Set<[UInt8]> = []
    for segment in new.view.segments {
      var numbers: [UInt32] = []
      try segment.forEachIDTombstone { (number, id) throws(Failure) in
        var (isKnown, isShown) = (true, try own.contains(id: id))
        for index in oldNames.indices {
          if try !oldNames[index].deletes(id: id) { isKnown = false }
          if try oldNames[index].contains(id: id) { isShown = true }
        }
        if !isKnown && !isShown && given.insert(Array(id)).inserted { numbers.append(UInt32(number)) }
      }
      found.append(numbers)
    }
    return found
  }
}
