internal import Failures

/// Which documents of one segment are visible.
///
/// A document is hidden where a segment of a higher layer has its group (with a document that counts, or as a tombstone) or
/// its id. Within a layer, live files say what counts.
///
/// One document is looked up in what is above; a search asks for few. After so many look-ups as cost as much as a filter of
/// all that is above, there is one, which most visible documents pass; after so many as cost as much as looking up all that
/// is above, that is done, once. So whatever is asked costs at most a few times what would have been best.
struct Visibility {
  /// Strings that are put into a filter, and strings that are looked up one after the other, in the time of a look-up.
  private static let filtered = 256
  private static let merged = 4

  private let segment: IndexView.Segment
  private let above: [IndexView.Segment]
  private var lookups = 0
  private var filter: StringFilter?
  private var known: Bitmap?

  init(of segment: IndexView.Segment, below above: [IndexView.Segment]) {
    (self.segment, self.above) = (segment, above)
  }

  mutating func contains(_ document: Int) throws(Failure) -> Bool {
    if let known { return known[document] }
    guard segment.counts(document) else { return false }
    if above.isEmpty { return true }
    let reader = segment.reader
    let (id, group) = (try reader.ids.string(document), try reader.groupBytes(of: document))
    if let filter, !filter.mayHave(id, kind: Self.idKind), !filter.mayHave(group, kind: Self.groupKind) {
      return true
    }
    try look()
    for upper in above where try upper.hides(group: group, id: id) { return false }
    return true
  }

  private mutating func look() throws(Failure) {
    lookups += 1
    let strings = above.reduce(0) {
      $0 + $1.reader.meta.groups + $1.reader.documents + $1.reader.meta.tombstones
    }
    if lookups > strings / Self.merged {
      known = try all()
    } else if filter == nil && lookups > strings / Self.filtered {
      filter = try everything(strings)
    }
  }

  private static let idKind: UInt8 = 0
  private static let groupKind: UInt8 = 1

  private func everything(_ count: Int) throws(Failure) -> StringFilter {
    var filter = StringFilter(capacity: count)
    for reader in above.map(\.reader) {
      for table in [reader.ids, reader.idTombstones] {
        try table.forEach { (_, id) throws(Failure) in filter.add(id, kind: Self.idKind) }
      }
      for table in [reader.groupNames, reader.groupTombstones] {
        try table.forEach { (_, group) throws(Failure) in filter.add(group, kind: Self.groupKind) }
      }
    }
    return filter
  }

  /// All of them.
  func all() throws(Failure) -> Bitmap {
    var visible = segment.live?.documentBits ?? Bitmap(all: segment.reader.documents)
    for upper in above {
      try upper.forEachHiddenGroup(foundIn: segment.reader) { visible.remove($0) }
      try upper.forEachHiddenID(foundIn: segment.reader) { visible.remove($0) }
    }
    return visible
  }
}

extension IndexView.Segment {
  func counts(_ document: Int) -> Bool { live?.contains(document: document) ?? true }

  /// Whether a document of a lower layer is hidden.
  fileprivate func hides(
    group: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer
  ) throws(Failure) -> Bool {
    if let documents = try reader.documents(inGroup: group), documents.contains(where: counts) { return true }
    if let document = try reader.document(id: id), counts(document) { return true }
    if let number = try reader.groupTombstones.find(group), live?.contains(groupTombstone: number) ?? true {
      return true
    }
    guard let number = try reader.idTombstones.find(id) else { return false }
    return live?.contains(idTombstone: number) ?? true
  }

  /// The documents of a lower segment by the groups that hide them. Both come in byte order: what was found so far says where
  /// to go on.
  func forEachHiddenGroup(
    foundIn lower: SegmentReader, _ body: (Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    var place = 0
    for number in 0..<reader.meta.groups
    where try reader.documents(inGroupNumber: number).contains(where: counts) {
      if let found = try lower.documents(inGroup: try reader.groupBytes(number), from: &place) { try body(found) }
    }
    place = 0
    for number in 0..<reader.meta.groupTombstones where live?.contains(groupTombstone: number) ?? true {
      let group = try reader.groupTombstones.string(number)
      if let found = try lower.documents(inGroup: group, from: &place) { try body(found) }
    }
  }

  func forEachHiddenID(
    foundIn lower: SegmentReader, _ body: (Int) throws(Failure) -> Void
  ) throws(Failure) {
    var place = 0
    for number in 0..<reader.documents {
      let document = try reader.document(atPlace: number)
      guard counts(document) else { continue }
      if let found = try lower.document(id: try reader.ids.string(document), from: &place) { try body(found) }
    }
    place = 0
    for number in 0..<reader.meta.idTombstones where live?.contains(idTombstone: number) ?? true {
      let id = try reader.idTombstones.string(number)
      if let found = try lower.document(id: id, from: &place) { try body(found) }
    }
  }
}
