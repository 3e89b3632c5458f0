package import Failures

/// How much of what an index holds: counts by name, in the order in which they are told.
package struct Statistics: Sendable {
  package private(set) var counts: [(name: String, count: Int)] = []

  /// Of what is visible, and of all segments together; then of each segment, its names with the segment's before them.
  package init(_ view: IndexView) throws(Failure) {
    let segments = view.segments
    let visible = try segments.indices.map { (number) throws(Failure) in
      try view.visible(inSegment: number)
    }
    add("documents", visible.reduce(0) { $0 + $1.count })
    add("groups", try Self.visibleGroups(segments, visible))
    add("tombstones", segments.reduce(0) { $0 + Self.tombstones($1) })
    add("terms", segments.reduce(0) { $0.addingSaturating(Self.sum($1, \.terms)) })
    add("postings", segments.reduce(0) { $0.addingSaturating(Self.sum($1, \.postings)) })
    add("segments", segments.count)
    add("bytes", segments.reduce(0) { $0 + $1.reader.parts.length })
    for (segment, visible) in zip(segments, visible) { add(segment, visible) }
  }

  private mutating func add(_ name: String, _ count: Int) { counts.append((name, count)) }

  private mutating func add(_ segment: IndexView.Segment, _ visible: Bitmap) {
    let name = segment.reader.name
    add("\(name) documents", segment.reader.documents)
    add("\(name) visible documents", visible.count)
    add("\(name) groups", segment.reader.meta.groups)
    add("\(name) tombstones", Self.tombstones(segment))
    add("\(name) terms", Self.sum(segment, \.terms))
    add("\(name) postings", Self.sum(segment, \.postings))
    add("\(name) bytes", segment.reader.parts.length)
    for entry in segment.reader.parts.entries {
      add("\(name) bytes of \(segment.reader.label(entry))", entry.range.count)
    }
  }

  private static func tombstones(_ segment: IndexView.Segment) -> Int {
    segment.live?.tombstoneCount ?? segment.reader.meta.tombstones
  }

  private static func sum(_ segment: IndexView.Segment, _ count: KeyPath<SegmentMeta.Column, Int>) -> Int {
    segment.reader.meta.columns.reduce(0) { $0.addingSaturating($1[keyPath: count]) }
  }

  /// A group may have documents in several segments.
  private static func visibleGroups(
    _ segments: [IndexView.Segment], _ visible: [Bitmap]
  ) throws(Failure) -> Int {
    var groups: Set<[UInt8]> = []
    for (segment, visible) in zip(segments, visible) {
      for number in 0..<segment.reader.meta.groups {
        let documents = try segment.reader.documents(inGroupNumber: number)
        if documents.contains(where: { visible[$0] }) {
          groups.insert(try segment.reader.group(number: number))
        }
      }
    }
    return groups.count
  }
}
