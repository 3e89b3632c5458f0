package import Failures
package import Fields
package import Files

/// An index as a reader sees it: layers of segments. Which of their documents are visible is Visibility's to say.
///
/// Opening one costs what the tables of parts cost, and nothing for each document.
package struct IndexView: @unchecked Sendable {
  package struct Segment {
    package let reader: SegmentReader
    /// The documents, group tombstones and id tombstones that count; nil where all do.
    package let live: LiveSet?
    /// The layer it belongs to, 0 being the lowest.
    fileprivate(set) var layer = 0
  }

  /// From the lowest layer to the highest, in each in the order of the manifest.
  package let segments: [Segment]
  /// In byte order of their names; where layers differ, as the highest has it.
  let fields: [IndexField]

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
    self.init(layers: opened)
  }

  /// One without segments.
  package init() { self.init(layers: []) }

  init(layers: [[Segment]]) {
    var segments: [Segment] = []
    for (number, layer) in layers.enumerated() {
      for var segment in layer {
        segment.layer = number
        segments.append(segment)
      }
    }
    self.segments = segments
    let metas = segments.map(\.reader.meta)
    var kinds: [String: Field.Kind] = [:]
    for column in metas.flatMap(\.columns) { kinds[column.name] = column.kind }
    fields = kinds.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
      IndexField($0.key, $0.value, in: metas)
    }
  }

  /// What each field is, by name.
  package var kinds: [String: Field.Kind] {
    Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.kind) })
  }

  /// The number of visible documents, for which all have to be looked at where there is more than one layer.
  package var documents: Int {
    get throws(Failure) {
      var count = 0
      for number in segments.indices { count += try visible(inSegment: number).count }
      return count
    }
  }

  /// The visible documents of a segment.
  package func visible(inSegment number: Int) throws(Failure) -> Bitmap { try visibility(ofSegment: number).all() }

  func visibility(ofSegment number: Int) -> Visibility {
    let segment = segments[number]
    return Visibility(of: segment, below: segments.filter { $0.layer > segment.layer })
  }
}

extension IndexView.Segment {
  package init(_ entry: IndexManifest.Segment, _ file: MappedFile, live: MappedFile?) throws(Failure) {
    let reader = try SegmentReader(file, name: entry.name)
    let name = entry.live?.name ?? entry.name
    self.init(
      reader, live: try live.map { (file) throws(Failure) in try LiveSet(file.bytes, of: reader, name: name) }
    )
  }

  init(_ reader: SegmentReader, live: LiveSet? = nil) {
    self.reader = reader
    self.live = live
  }

  /// The number of documents that count, hidden or not.
  var documentCount: Int { live?.documentCount ?? reader.documents }
}
