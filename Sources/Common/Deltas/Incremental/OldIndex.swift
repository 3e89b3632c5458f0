internal import Failures
internal import Runs
internal import Segments

/// The last build's index, while a batch hides in it what it replaces.
struct OldIndex {
  struct Segment {
    let entry: IndexManifest.Segment
    let reader: SegmentReader
    let documents: Int
    let groups: Int
    let groupTombstones: Int
    let idTombstones: Int
    var live: LiveSet
    var isChanged = false

    init(_ entry: IndexManifest.Segment, _ reader: SegmentReader, _ live: LiveSet?) {
      self.entry = entry
      self.reader = reader
      documents = reader.documents
      groups = reader.meta.groups
      groupTombstones = reader.meta.groupTombstones
      idTombstones = reader.meta.idTombstones
      self.live = live ?? LiveSet(of: reader)
    }

    var size: Tiers.Size { Tiers.Size(live: live.count, all: live.size) }
  }

  private(set) var segments: [Segment] = []
  /// How many groups were hidden that had documents.
  private(set) var hiddenGroups = 0

  init(_ manifest: IndexManifest, in work: WorkDirectory) throws(Failure) {
    for entry in manifest.segments {
      let (reader, live) = try work.segment(entry)
      segments.append(Segment(entry, reader, live))
    }
  }

  /// Segments by their identities: the place of each.
  var places: [RunIdentity: Int] {
    var places: [RunIdentity: Int] = [:]
    for (index, segment) in segments.enumerated() { places[segment.entry.identity] = index }
    return places
  }

  func isLive(document: Int, of segment: Int) -> Bool { segments[segment].live.contains(document: document) }

  /// Hides an id tombstone, as live files count entries, if it is one; a document is left as it is.
  mutating func hide(idTombstone entry: Int, of segment: Int) {
    let number = entry - segments[segment].documents - segments[segment].groupTombstones
    guard number >= 0, number < segments[segment].idTombstones,
      segments[segment].live.contains(idTombstone: number)
    else {
      return
    }
    segments[segment].live.remove(idTombstone: number)
    segments[segment].isChanged = true
  }

  /// Hides the documents of a group, or its tombstone: groups are counted first, then the tombstones.
  mutating func hide(group entry: Int, of segment: Int) throws(Failure) {
    let tombstone = entry - segments[segment].groups
    if tombstone >= 0 {
      guard tombstone < segments[segment].groupTombstones,
        segments[segment].live.contains(groupTombstone: tombstone)
      else { return }
      segments[segment].live.remove(groupTombstone: tombstone)
      segments[segment].isChanged = true
    } else {
      var found = false
      for document in try segments[segment].reader.documents(inGroupNumber: entry) {
        if hide(document, of: segment) { found = true }
      }
      if found { hiddenGroups += 1 }
    }
  }

  /// Hides a document that is its own group.
  mutating func hide(documentOfItsOwn document: Int, of segment: Int) {
    if hide(document, of: segment) { hiddenGroups += 1 }
  }

  /// Whether it was there.
  private mutating func hide(_ document: Int, of segment: Int) -> Bool {
    guard segments[segment].live.contains(document: document) else { return false }
    segments[segment].live.remove(document: document)
    segments[segment].isChanged = true
    return true
  }
}

extension IndexManifest.Segment {
  /// The segment as a source of keys: the first 16 bytes of its SHA-256.
  var identity: RunIdentity { RunIdentity(hex: sha256.prefix(32)) ?? RunIdentity(high: 0, low: 0) }
}
