package import Failures
package import Fields

/// Builds one segment in memory, document by document, and gives its bytes.
///
/// Documents come sorted by group, then id, in byte order, each once. The bytes are a function of the calls alone.
/// The format is drawn in SegmentFormat.swift.
package struct SegmentWriter: ~Copyable {
  private enum Place {
    case terms(Int)
    case numbers(Int)
    case none
  }

  private var meta: SegmentMeta
  /// Where each field's values are gathered, by its index in the fields file.
  private let places: [Place]
  private let termFields: UnsafeMutableBufferPointer<TermField>
  private let columns: UnsafeMutableBufferPointer<NumberColumnWriter>
  private var tokenizer = Tokenizer()
  private var store = DocumentStoreWriter()
  private var ids = ByteList()
  private var groups = ByteList()
  /// u32 a group: its first document.
  private var groupStarts = ByteArena()
  private var groupTombstones = TermTable()
  private var idTombstones = TermTable()
  private var refusal: Failure?

  package init(fields: Fields) {
    meta = SegmentMeta(fields)
    var places: [Place] = []
    var (terms, numbers) = (0, 0)
    for column in meta.columns {
      places.append(column.hasTerms ? .terms(terms) : column.kind == .number ? .numbers(numbers) : .none)
      if column.hasTerms { terms += 1 }
      if column.kind == .number { numbers += 1 }
    }
    self.places = places
    termFields = .allocate(capacity: terms)
    for (index, column) in meta.columns.filter(\.hasTerms).enumerated() {
      termFields.initializeElement(
        at: index, to: TermField(isText: column.kind == .text, hasPositions: column.hasPositions))
    }
    columns = .allocate(capacity: numbers)
    for index in 0..<numbers { columns.initializeElement(at: index, to: NumberColumnWriter()) }
  }

  deinit {
    termFields.deinitialize().deallocate()
    columns.deinitialize().deallocate()
  }

  /// The number of the document that is being added.
  private var current: Int { ids.count - 1 }

  /// Begins a document. Without a group field in `fields`, the group is the id.
  package mutating func begin(id: UnsafeRawBufferPointer, group: UnsafeRawBufferPointer) {
    let isNewGroup = meta.hasGroups && beginGroup(group)
    if !isNewGroup, let order = ids.orderOfLast(id), order >= 0 { refuse("the documents are out of order") }
    ids.append(id)
  }

  /// Whether the group of the next document is not that of the one before.
  private mutating func beginGroup(_ group: UnsafeRawBufferPointer) -> Bool {
    let order = groups.orderOfLast(group) ?? -1
    if order == 0 { return false }
    if order > 0 { refuse("the groups are out of order") }
    groupStarts.append(UInt32(truncatingIfNeeded: ids.count))
    groups.append(group)
    return true
  }

  /// A caller that breaks its promises is a bug of ours; what is simply too much is said by the parts themselves.
  private mutating func refuse(_ reason: String) {
    if refusal == nil { refusal = Failure(.software, "cannot build a segment: \(reason)") }
  }

  /// One value of a text field, as unescaped UTF-8; `field` is its index in `fields.all`. A second value of the same
  /// field goes on behind the first, with a gap between their positions, so that no phrase spans both.
  package mutating func add(text: UnsafeRawBufferPointer, field: Int) {
    guard case .terms(let index) = places[field], termFields[index].isText else {
      return refuse("field \(field) is no text")
    }
    termFields[index].add(text: text, document: current, by: &tokenizer)
  }

  /// One value of a keyword field, as unescaped UTF-8. The same value twice counts once.
  package mutating func add(keyword: UnsafeRawBufferPointer, field: Int) {
    guard case .terms(let index) = places[field], !termFields[index].isText else {
      return refuse("field \(field) is no keyword")
    }
    termFields[index].add(keyword: keyword, document: current)
  }

  /// The value of a number field; at most one a document. Finite.
  package mutating func add(number: Double, field: Int) {
    guard case .numbers(let index) = places[field], number.isFinite else {
      return refuse("field \(field) is no finite number")
    }
    columns[index].add(number, document: current)
  }

  /// Ends the document; `stored` is the whole document as one JSON object, which the index gives back as it is.
  package mutating func end(stored: UnsafeRawBufferPointer) {
    for index in termFields.indices { termFields[index].endDocument() }
    store.add(stored)
  }

  /// A group, or a document by its id, that this segment hides in what lies below it, and does not have itself.
  /// In any order, each once.
  package mutating func add(groupTombstone: UnsafeRawBufferPointer) {
    _ = groupTombstones.intern(groupTombstone)
  }
  package mutating func add(idTombstone: UnsafeRawBufferPointer) { _ = idTombstones.intern(idTombstone) }

  /// The finished segment, and its counts.
  package consuming func finish() throws(Failure) -> FinishedSegment {
    store.flush()
    if let refusal { throw refusal }
    guard ids.count <= SegmentFormat.maxDocuments else {
      throw Failure(
        .badData, "cannot build a segment: it has more than \(SegmentFormat.maxDocuments) documents")
    }
    let order = try idOrder()
    if let reason = store.refusal { throw Failure(.badData, "cannot build a segment: \(reason)") }
    meta.documents = ids.count
    meta.groups = meta.hasGroups ? groups.count : ids.count
    meta.groupTombstones = groupTombstones.count
    meta.idTombstones = idTombstones.count
    var parts = PartsWriter(capacity: store.store.count * 2 + 4096)
    for field in meta.columns.indices { try write(field, to: &parts) }
    writeDocuments(order, to: &parts)
    Self.write(
      groupTombstones.strings, in: groupTombstones.strings.sorted(), as: .groupTombstones, to: &parts)
    Self.write(idTombstones.strings, in: idTombstones.strings.sorted(), as: .idTombstones, to: &parts)
    var bytes = ByteArena()
    meta.write(to: &bytes)
    parts.add(.meta, bytes.bytes)
    return FinishedSegment(
      bytes: parts.finish(), documents: meta.documents, groups: meta.groups, tombstones: meta.tombstones)
  }

  private mutating func write(_ field: Int, to parts: inout PartsWriter) throws(Failure) {
    switch places[field] {
    case .terms(let index):
      if let reason = termFields[index].refusal {
        throw Failure(.badData, "cannot build a segment: \(reason)")
      }
      Self.write(termFields[index], of: field, counts: &meta.columns[field], to: &parts)
    case .numbers(let index):
      var bytes = ByteArena()
      columns[index].write(documents: meta.documents, to: &bytes)
      meta.columns[field].documents = columns[index].documents
      parts.add(.numbers, field: field, bytes.bytes)
    case .none: break
    }
  }

  private static func write(
    _ terms: borrowing TermField, of field: Int, counts: inout SegmentMeta.Column, to parts: inout PartsWriter
  ) {
    let hasNorms = terms.documents > 0
    let norms = hasNorms ? terms.norms.bytes : UnsafeRawBufferPointer(start: nil, count: 0)
    var encoder = PostingsEncoder(norms: norms)
    var dictionary = TermDictionaryWriter()
    var inversion = Inversion(terms)
    let postings = inversion.encode(terms, &encoder, &dictionary)
    counts.documents = terms.documents
    counts.sumOfLengths = terms.isText ? terms.sumOfLengths : postings
    counts.terms = dictionary.count
    counts.postings = postings
    parts.add(.terms, field: field, dictionary.terms.bytes)
    parts.add(.termBlocks, field: field, dictionary.blocks.bytes)
    parts.add(.postings, field: field, encoder.postings.bytes)
    parts.add(.positions, field: field, encoder.positions.bytes)
    parts.add(.norms, field: field, norms)
  }

  /// The documents in byte order of their ids; nil where that is the order they have.
  private func idOrder() throws(Failure) -> [UInt32]? {
    guard meta.hasGroups else { return nil }
    let order = ids.sorted()
    for (first, second) in zip(order, order.dropFirst())
    where ByteOrder.compare(ids[Int(first)], ids[Int(second)]) == 0 {
      throw Failure(.software, "cannot build a segment: a document comes twice")
    }
    return zip(order, order.indices).allSatisfy { Int($0) == $1 } ? nil : order
  }

  private func writeDocuments(_ order: [UInt32]?, to parts: inout PartsWriter) {
    parts.add(.store, store.store.bytes)
    parts.add(.storeBlocks, store.blocks.bytes)
    Self.write(ids, in: nil, as: .ids, to: &parts)
    order?.withUnsafeBytes { parts.add(.idOrder, $0) }
    guard meta.hasGroups else { return }
    Self.write(groups, in: nil, as: .groups, to: &parts)
    parts.add(.groupStarts, groupStarts.bytes)
  }

  /// In the given order, or in that of their numbers.
  private static func write(
    _ strings: borrowing ByteList, in order: [UInt32]?, as kind: PartKind, to parts: inout PartsWriter
  ) {
    var table = ByteTableWriter()
    for index in 0..<strings.count { table.add(strings[order.map { Int($0[index]) } ?? index]) }
    var bytes = ByteArena()
    table.write(to: &bytes)
    parts.add(kind, bytes.bytes)
  }
}

package struct FinishedSegment: Sendable {
  package let bytes: [UInt8]
  package let documents: Int
  package let groups: Int
  package let tombstones: Int

  package init(bytes: [UInt8], documents: Int, groups: Int, tombstones: Int) {
    self.bytes = bytes
    self.documents = documents
    self.groups = groups
    self.tombstones = tombstones
  }
}
