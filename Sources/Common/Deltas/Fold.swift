package import Fields

/// Makes documents of records: the core of every build, and a function of the records and the fields alone.
///
/// A document is the fold of its records in slice order, wherever they lie; it belongs to the group of the last one. What
/// is of group scope is folded from all records of that group, and given to each of its documents. A delete forgets
/// what came before it, and leaves a tombstone unless later records bring back what it deleted.
package struct Fold {
  private let fields: Fields
  private let scopes: [Field.Scope]
  private let objects: [DecodedObject]
  private let views: [DecodedObject.View]

  /// `objects` are in slice order.
  package init(_ objects: [DecodedObject], fields: Fields) {
    self.fields = fields
    scopes = fields.all.map(\.scope)
    self.objects = objects
    views = objects.map(\.view)
  }

  /// Hands over all documents, sorted by group and id, and then the tombstones.
  package func run(into sink: inout some DocumentSink & ~Copyable) {
    withExtendedLifetime(objects) {
      let mentions = sortedMentions()
      let timelines = Timelines(mentions.documents, deletes: mentions.deletes) { place in
        let record = views[place.object].records[place.record]
        let group = record.group.exists ? ByteKey(views[place.object].bytes(record.group)) : nil
        return (group, record.isDelete)
      }
      let documents = timelines.present.sorted {
        $0.group == $1.group ? $0.id < $1.id : $0.group < $1.group
      }
      write(documents, mentions, to: &sink)
      writeTombstones(documents, timelines.gone, mentions.deletes, to: &sink)
    }
  }

  // MARK: - Sorting

  /// Who is spoken of, by whom.
  private struct Mentions {
    var documents: [Mention] = []
    /// Of groups, by records that have values of group scope.
    var groups: [Mention] = []
    var deletes = GroupDeletes([])
  }

  private func sortedMentions() -> Mentions {
    var mentions = Mentions()
    var deletes: [Mention] = []
    mentions.documents.reserveCapacity(objects.reduce(0) { $0 + $1.count })
    for (object, view) in views.enumerated() {
      for (index, record) in view.records.enumerated() {
        func mention(_ piece: Piece) -> Mention {
          Mention(key: ByteKey(view.bytes(piece)), place: Place(object: object, record: index))
        }
        if record.id.exists {
          mentions.documents.append(mention(record.id))
        } else if record.isDelete, record.group.exists {
          deletes.append(mention(record.group))
        }
        if record.speaksOfGroup, record.group.exists { mentions.groups.append(mention(record.group)) }
      }
    }
    mentions.documents.sort(by: <)
    mentions.groups.sort(by: <)
    mentions.deletes = GroupDeletes(deletes)
    return mentions
  }

  // MARK: - Folding

  private func write(
    _ documents: [PresentDocument], _ mentions: Mentions, to sink: inout some DocumentSink & ~Copyable
  ) {
    var composer = DocumentComposer(fields: fields)
    var own = FoldedValues(fields: fields)
    var shared = FoldedValues(fields: fields)
    var next = 0
    for (index, document) in documents.enumerated() {
      if fields.group != nil, index == 0 || !(documents[index - 1].group == document.group) {
        next = foldGroup(document.group, mentions, from: next, into: &shared)
      }
      own.reset()
      for mention in mentions.documents[document.records] { apply(mention.place, scope: .document, to: &own) }
      own.finish()
      composer.write(
        id: document.id.bytes, group: document.group.bytes, own: own, shared: shared, to: &sink)
    }
  }

  /// Folds a group's records, of which none lies before `start`; gives where the next group's begin.
  private func foldGroup(
    _ group: ByteKey, _ mentions: Mentions, from start: Int, into shared: inout FoldedValues
  ) -> Int {
    shared.reset()
    let deleted = mentions.deletes.last(of: group)
    var index = start
    while index < mentions.groups.count, mentions.groups[index].key < group { index += 1 }
    while index < mentions.groups.count, mentions.groups[index].key == group {
      let place = mentions.groups[index].place
      if deleted.map({ $0 < place }) ?? true { apply(place, scope: .group, to: &shared) }
      index += 1
    }
    shared.finish()
    return index
  }

  private func apply(_ place: Place, scope: Field.Scope, to values: inout FoldedValues) {
    let view = views[place.object]
    for value in view.values(of: view.records[place.record])
    where scopes[Int(value.field)] == scope {
      values.apply(value, of: view)
    }
  }

  private func writeTombstones(
    _ documents: [PresentDocument], _ gone: [ByteKey], _ deletes: GroupDeletes,
    to sink: inout some DocumentSink & ~Copyable
  ) {
    for id in gone { sink.add(idTombstone: id.bytes) }
    for group in deletes.groups {
      let index = documents.partitioningIndex { !($0.group < group) }
      if index < documents.count, documents[index].group == group { continue }
      sink.add(groupTombstone: group.bytes)
    }
  }
}
