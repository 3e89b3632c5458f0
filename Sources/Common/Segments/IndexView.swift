package import Failures
package import Fields
package import Files

/// An index as a reader sees it: layers of segments, and which of their documents are visible.
///
/// A document of a lower layer is hidden where a higher one has its group (with a document that counts, or as a tombstone) or
/// its id. Within a layer, live files say what counts.
package struct IndexView: @unchecked Sendable {
  package struct Segment {
    package let reader: SegmentReader
    /// The documents, group tombstones and id tombstones that count; nil where all do.
    package let live: LiveSet?
    /// Those of the documents that nothing above hides.
    package internal(set) var visible: Bitmap
  }

  /// From the lowest layer to the highest, in each in the order of the manifest.
  package let segments: [Segment]
  /// What each field is, by name; where layers differ, as the highest has it.
  package let kinds: [String: Field.Kind]

  /// The base first, where there is one.
  package init(
    _ layers: [(manifest: IndexManifest, segments: [MappedFile], live: [MappedFile?])]
  ) throws(Failure) {
    var opened: [[Segment]] = []
    for layer in layers {
      var segments: [Segment] = []
      for (index, entry) in layer.manifest.segments.enumerated() {
        segments.append(try Segment(entry, layer.segments[index], live: layer.live[index]))
      }
      opened.append(segments)
    }
    try self.init(layers: opened)
  }

  init(layers: [[Segment]]) throws(Failure) {
    var segments: [Segment] = []
    for (number, layer) in layers.enumerated() {
      for var segment in layer {
        for upper in layers[(number + 1)...].joined() { try segment.hide(below: upper) }
        segments.append(segment)
      }
    }
    self.segments = segments
    var kinds: [String: Field.Kind] = [:]
    for column in segments.flatMap(\.reader.meta.columns) { kinds[column.name] = column.kind }
    self.kinds = kinds
  }

  package var documents: Int { segments.reduce(0) { $0 + $1.visible.count } }

  /// The field's number in a segment; nil where the segment has none of that name and kind.
  func field(_ name: String, in segment: SegmentReader) -> Int? {
    segment.meta.columns.firstIndex { $0.name == name && $0.kind == kinds[name] }
  }
}

extension IndexView.Segment {
  package init(_ entry: IndexManifest.Segment, _ file: MappedFile, live: MappedFile?) throws(Failure) {
    let reader = try SegmentReader(file, name: entry.name)
    let name = entry.live?.name ?? entry.name
    try self.init(
      reader, live: live.map { (file) throws(Failure) in try LiveSet(file.bytes, of: reader, name: name) })
  }

  init(_ reader: SegmentReader, live: LiveSet? = nil) throws(Failure) {
    self.reader = reader
    self.live = live
    visible = Bitmap(all: reader.documents)
    if let live {
      for document in 0..<reader.documents where !live.contains(document: document) {
        visible.remove(document)
      }
    }
  }

  /// Hides what a segment of a higher layer replaces.
  fileprivate mutating func hide(below upper: Self) throws(Failure) {
    let above = upper.reader
    for number in 0..<above.meta.groups {
      let documents = try above.documents(inGroupNumber: number)
      if documents.contains(where: { upper.live?.contains(document: $0) ?? true }) {
        try hide(group: try above.groupBytes(number))
      }
    }
    for number in 0..<above.documents where upper.live?.contains(document: number) ?? true {
      try hide(id: try above.ids.string(number))
    }
    for number in 0..<above.meta.groupTombstones where upper.live?.contains(groupTombstone: number) ?? true {
      try hide(group: try above.groupTombstones.string(number))
    }
    for number in 0..<above.meta.idTombstones where upper.live?.contains(idTombstone: number) ?? true {
      try hide(id: try above.idTombstones.string(number))
    }
  }

  private mutating func hide(group: UnsafeRawBufferPointer) throws(Failure) {
    if let documents = try reader.documents(inGroup: group) { visible.remove(documents) }
  }

  private mutating func hide(id: UnsafeRawBufferPointer) throws(Failure) {
    if let document = try reader.document(id: id) { visible.remove(document) }
  }
}
