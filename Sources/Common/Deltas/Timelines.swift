/// Deletes of groups: when each group was forgotten.
struct GroupDeletes {
  private let mentions: [Mention]

  init(_ mentions: [Mention]) { self.mentions = mentions.sorted(by: <) }

  /// Whether the group was deleted behind one place and before another.
  func contains(_ group: ByteKey, after: Place, before: Place) -> Bool {
    if mentions.isEmpty { return false }
    let index = mentions.partitioningIndex { !($0.key < group || $0.key == group && $0.place < after) }
    return index < mentions.count && mentions[index].key == group && mentions[index].place < before
  }

  /// The last delete of the group; nil where there is none.
  func last(of group: ByteKey) -> Place? {
    let end = mentions.partitioningIndex { group < $0.key }
    return end > 0 && mentions[end - 1].key == group ? mentions[end - 1].place : nil
  }

  /// The groups that were deleted, in byte order, each once.
  var groups: [ByteKey] {
    mentions.indices
      .filter { $0 == 0 || !(mentions[$0 - 1].key == mentions[$0].key) }
      .map { mentions[$0].key }
  }
}

extension Array {
  /// The first index whose element satisfies the predicate, as all behind it do.
  func partitioningIndex(_ belongsBehind: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongsBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A document that is there after the last record.
struct PresentDocument {
  let id: ByteKey
  let group: ByteKey
  /// The mentions of the records that it is folded from.
  let records: Range<Int>
}

/// What became of the documents: their records one after the other, and the deletes of their groups between them.
///
///     a record of the document      it is there, in the record's group; the record counts
///     a delete by its id            it is gone, and what counted until then is forgotten
///     a delete of the group that    the same
///     it is in at that place
struct Timelines {
  private(set) var present: [PresentDocument] = []
  /// The ids of those that are gone.
  private(set) var gone: [ByteKey] = []

  /// The group that a record names, and whether the record is a delete.
  typealias Facts = (group: ByteKey?, isDelete: Bool)

  /// `mentions` are the records with an id, sorted.
  init(_ mentions: [Mention], deletes: GroupDeletes, facts: (Place) -> Facts) {
    present.reserveCapacity(mentions.count)
    var start = 0
    while start < mentions.count {
      let id = mentions[start].key
      var end = start + 1
      while end < mentions.count, mentions[end].key == id { end += 1 }
      if let document = Self.document(mentions, start..<end, deletes, facts) {
        present.append(document)
      } else {
        gone.append(id)
      }
      start = end
    }
  }

  /// What the records of one document leave; nil where it is gone in the end.
  private static func document(
    _ mentions: [Mention], _ records: Range<Int>, _ deletes: GroupDeletes, _ facts: (Place) -> Facts
  ) -> PresentDocument? {
    // The group that the document is in, while it is there, and the first record that still counts.
    var group: ByteKey?
    var first = records.lowerBound
    for index in records {
      let place = mentions[index].place
      let (named, isDelete) = facts(place)
      if isDelete {
        group = nil
      } else {
        if group == nil { first = index }
        group = named
      }
      let next = index + 1 < records.upperBound ? mentions[index + 1].place : .end
      if let known = group, deletes.contains(known, after: place, before: next) { group = nil }
    }
    return group.map {
      PresentDocument(id: mentions[first].key, group: $0, records: first..<records.upperBound)
    }
  }
}
