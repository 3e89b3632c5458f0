internal import Failures
internal import Segments

/// What changed from one state to another, by the places of the documents.
///
/// Both are gone over in the order of groups and ids, and no further than they differ in files and what hides:
///
///     only in the old one    deleted, unless the new one shows its id in another group
///     only in the new one    added
///     in both                added where the bytes differ: a merge moves documents and changes none
struct StateChange {
  /// By the new state's segments, in ascending order.
  private(set) var adds: [[UInt32]]
  /// By the old state's.
  private(set) var deletes: [[UInt32]]

  init(from old: IndexState, to new: IndexState) throws(Failure) {
    adds = Array(repeating: [], count: new.view.segments.count)
    deletes = Array(repeating: [], count: old.view.segments.count)
    let shared = SharedSegments(old.view, old.contents, new.view, new.contents)
    var before = try old.merge(of: try shared.documentsOfOneAlone())
    var after = try new.merge(of: try shared.reversed.documentsOfOneAlone())
    var (oldStored, newStored) = (old.stored, new.stored)
    var names = new.names
    while true {
      switch Self.order(before, after) {
      case nil: return
      case .old(let segment, let document):
        if try !names.contains(id: before.walks[segment].id) { deletes[segment].append(UInt32(document)) }
        try before.advance()
      case .new(let segment, let document):
        adds[segment].append(UInt32(document))
        try after.advance()
      case .both(let old, let new):
        let was = try oldStored[old.segment].document(old.document)
        let isSame = try newStored[new.segment].document(new.document) == was
        if !isSame { adds[new.segment].append(UInt32(new.document)) }
        try before.advance()
        try after.advance()
      }
    }
  }

  private typealias Place = (segment: Int, document: Int)

  private enum Next {
    case old(segment: Int, document: Int)
    case new(segment: Int, document: Int)
    case both(old: Place, new: Place)
  }

  private static func order(_ before: DocumentMerge, _ after: DocumentMerge) -> Next? {
    let old = before.first.flatMap { segment in before.walks[segment].number.map { (segment, $0) } }
    let new = after.first.flatMap { segment in after.walks[segment].number.map { (segment, $0) } }
    guard let old else { return new.map { .new(segment: $0.0, document: $0.1) } }
    guard let new else { return .old(segment: old.0, document: old.1) }
    let order = ChosenWalk.compare(before.walks[old.0], after.walks[new.0])
    if order == 0 { return .both(old: old, new: new) }
    return order < 0
      ? .old(segment: old.0, document: old.1) : .new(segment: new.0, document: new.1)
  }
}

extension IndexState {
  /// By segment.
  var stored: [StoredDocuments] { view.segments.map(\.reader.stored) }

  func merge(of chosen: [ChosenDocuments]) throws(Failure) -> DocumentMerge {
    var walks: [ChosenWalk] = []
    for (segment, chosen) in zip(view.segments, chosen) {
      walks.append(try ChosenWalk(chosen, of: segment.reader))
    }
    return DocumentMerge(walks)
  }
}
