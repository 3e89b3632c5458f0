package import Failures

/// Looks up what a view shows, and what it deletes, by its name.
package struct VisibleNames {
  private let view: IndexView
  private var visibilities: [Visibility]

  package init(_ view: IndexView) {
    self.view = view
    visibilities = view.segments.indices.map { view.visibility(ofSegment: $0) }
  }

  package mutating func contains(id: UnsafeRawBufferPointer) throws(Failure) -> Bool {
    for (number, segment) in view.segments.enumerated() {
      guard let document = try segment.reader.document(id: id) else { continue }
      if try visibilities[number].contains(document) { return true }
    }
    return false
  }

  package mutating func contains(id: [UInt8]) throws(Failure) -> Bool {
    try id.withUnsafeBufferPointer { (bytes) throws(Failure) in
      try contains(id: UnsafeRawBufferPointer(bytes))
    }
  }

  /// Whether any document of a group is visible.
  package mutating func contains(group: UnsafeRawBufferPointer) throws(Failure) -> Bool {
    for (number, segment) in view.segments.enumerated() {
      for document in try segment.reader.documents(inGroup: group) ?? 0..<0
      where try visibilities[number].contains(document) { return true }
    }
    return false
  }

  /// Whether a tombstone that counts has the id.
  package func deletes(id: UnsafeRawBufferPointer) throws(Failure) -> Bool {
    for segment in view.segments {
      guard let number = try segment.reader.idTombstones.find(id) else { continue }
      if segment.live?.contains(idTombstone: number) ?? true { return true }
    }
    return false
  }

  package func deletes(group: UnsafeRawBufferPointer) throws(Failure) -> Bool {
    for segment in view.segments {
      guard let number = try segment.reader.groupTombstones.find(group) else { continue }
      if segment.live?.contains(groupTombstone: number) ?? true { return true }
    }
    return false
  }
}

extension IndexView.Segment {
  /// The id tombstones that count, in byte order.
  package func forEachIDTombstone(
    _ body: (Int, UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try reader.idTombstones.forEach { (number, id) throws(Failure) in
      if live?.contains(idTombstone: number) ?? true { try body(number, id) }
    }
  }
}
