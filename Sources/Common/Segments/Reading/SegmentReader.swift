package import Failures
package import Files

/// A segment that was opened, read where it is mapped.
///
/// The file is hostile: every access is checked, and what is damaged is a failure (65) that names the file and the part.
/// Opening checks the table of parts and what bounds every allocation; `verify` checks all the rest.
package final class SegmentReader: @unchecked Sendable {
  package let name: String
  package let meta: SegmentMeta

  let parts: PartTable
  let ids: ByteTable
  let idOrder: Part
  let groups: ByteTable
  let groupStarts: Part
  let groupTombstones: ByteTable
  let idTombstones: ByteTable
  let store: DocumentStore
  /// By field; nil where the field isn't of that kind.
  let termColumns: [TermColumn?]
  let numberColumns: [NumberColumn?]
  let hasGroups: Bool
  /// Keeps the bytes mapped.
  private let owner: AnyObject

  package convenience init(_ file: MappedFile, name: String) throws(Failure) {
    try self.init(file.bytes, owner: file, name: name)
  }

  /// Reads bytes that are valid as long as `owner` lives.
  package init(_ bytes: UnsafeRawBufferPointer, owner: AnyObject, name: String) throws(Failure) {
    self.name = name
    self.owner = owner
    parts = try PartTable(bytes, file: name)
    let meta = try SegmentMeta(parts.part(.meta))
    self.meta = meta
    hasGroups = meta.hasGroups
    ids = try ByteTable(parts.part(.ids), count: meta.documents)
    idOrder = parts.part(.idOrder)
    groups = try ByteTable(parts.part(.groups), count: hasGroups ? meta.groups : 0)
    groupStarts = parts.part(.groupStarts)
    groupTombstones = try ByteTable(parts.part(.groupTombstones), count: meta.groupTombstones)
    idTombstones = try ByteTable(parts.part(.idTombstones), count: meta.idTombstones)
    store = try DocumentStore(
      store: parts.part(.store), blocks: parts.part(.storeBlocks), documents: meta.documents)
    (termColumns, numberColumns) = try Self.columns(parts, meta)
    guard groupStarts.bytes.count == groups.count * 4 else {
      throw groupStarts.corrupt("its length is wrong")
    }
    guard idOrder.bytes.isEmpty || idOrder.bytes.count == meta.documents * 4 else {
      throw idOrder.corrupt("its length is wrong")
    }
  }

  private static func columns(
    _ parts: PartTable, _ meta: SegmentMeta
  ) throws(Failure) -> ([TermColumn?], [NumberColumn?]) {
    var terms: [TermColumn?] = []
    var numbers: [NumberColumn?] = []
    for (field, column) in meta.columns.enumerated() {
      terms.append(
        column.hasTerms ? try TermColumn(parts, field: field, column, documents: meta.documents) : nil)
      let part = parts.part(.numbers, field: field, label: column.name)
      numbers.append(
        column.kind == .number
          ? try NumberColumn(part, documents: meta.documents, having: column.documents) : nil)
    }
    return (terms, numbers)
  }

  package var documents: Int { meta.documents }

  /// Gives back the memory of what was read of the file so far.
  func forget() { (owner as? MappedFile)?.forget() }
}

// MARK: - Documents, ids and groups

extension SegmentReader {
  package func id(of document: Int) throws(Failure) -> [UInt8] { Array(try ids.string(document)) }

  package func group(of document: Int) throws(Failure) -> [UInt8] { Array(try groupBytes(of: document)) }

  func groupBytes(of document: Int) throws(Failure) -> UnsafeRawBufferPointer {
    try groupBytes(hasGroups ? try groupNumber(of: document) : document)
  }

  /// The documents as JSON.
  package var stored: StoredDocuments { StoredDocuments(store) }

  /// The documents in byte order of their ids: the number of the one at that place.
  package func document(atPlace place: Int) throws(Failure) -> Int {
    if idOrder.bytes.isEmpty { return place }
    let document = Int(try idOrder.u32(at: place * 4))
    guard document < documents else { throw idOrder.corrupt("it has a document that is not there") }
    return document
  }

  package func document(id: [UInt8]) throws(Failure) -> Int? {
    try id.withUnsafeBufferPointer { (buffer) throws(Failure) in
      try document(id: UnsafeRawBufferPointer(buffer))
    }
  }

  /// Whether documents are numbered in byte order of their ids.
  var isInOrderOfIDs: Bool { idOrder.bytes.isEmpty }

  func document(id: UnsafeRawBufferPointer) throws(Failure) -> Int? {
    if idOrder.bytes.isEmpty { return try ids.find(id) }
    let place = try SortedSearch.first(in: 0..<documents) { (place) throws(Failure) in
      try !precedes(place, id)
    }
    return try document(atPlace: place, id: id)
  }

  /// The same for ids that are looked for in byte order; `place` is 0 for the first, and kept from one to the next.
  func document(id: UnsafeRawBufferPointer, from place: inout Int) throws(Failure) -> Int? {
    if idOrder.bytes.isEmpty { return try ids.find(id, from: &place) }
    place = try SortedSearch.gallop(in: place..<documents) { (place) throws(Failure) in
      try !precedes(place, id)
    }
    return try document(atPlace: place, id: id)
  }

  private func precedes(_ place: Int, _ id: UnsafeRawBufferPointer) throws(Failure) -> Bool {
    ByteOrder.precedes(try ids.string(try document(atPlace: place)), id)
  }

  private func document(atPlace place: Int, id: UnsafeRawBufferPointer) throws(Failure) -> Int? {
    guard place < documents else { return nil }
    let document = try document(atPlace: place)
    return ByteOrder.compare(try ids.string(document), id) == 0 ? document : nil
  }

  package func documents(inGroup group: [UInt8]) throws(Failure) -> Range<Int>? {
    try group.withUnsafeBufferPointer { (buffer) throws(Failure) in
      try documents(inGroup: UnsafeRawBufferPointer(buffer))
    }
  }

  func documents(inGroup group: UnsafeRawBufferPointer) throws(Failure) -> Range<Int>? {
    guard let number = try groupNames.find(group) else { return nil }
    return try documents(inGroupNumber: number)
  }

  /// The same for groups that are looked for in byte order; `place` is 0 for the first, and kept from one to the next.
  func documents(inGroup group: UnsafeRawBufferPointer, from place: inout Int) throws(Failure) -> Range<Int>?
  {
    guard let number = try groupNames.find(group, from: &place) else { return nil }
    return try documents(inGroupNumber: number)
  }

  /// Without a group field each document is its own group, named by its id.
  var groupNames: ByteTable { hasGroups ? groups : ids }

  /// The documents of a group by its number in byte order.
  package func documents(inGroupNumber number: Int) throws(Failure) -> Range<Int> {
    guard hasGroups else { return number..<number + 1 }
    let start = Int(try groupStarts.u32(at: number * 4))
    let end = number + 1 < groups.count ? Int(try groupStarts.u32(at: (number + 1) * 4)) : documents
    guard start < end, end <= documents else { throw groupStarts.corrupt("its documents are out of order") }
    return start..<end
  }

  package func group(number: Int) throws(Failure) -> [UInt8] { Array(try groupBytes(number)) }

  func groupBytes(_ number: Int) throws(Failure) -> UnsafeRawBufferPointer {
    try groupNames.string(number)
  }

  func groupNumber(of document: Int) throws(Failure) -> Int {
    var (low, high) = (0, groups.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if Int(try groupStarts.u32(at: middle * 4)) <= document { low = middle } else { high = middle }
    }
    return low
  }

  /// By its number in byte order.
  package func groupTombstone(_ number: Int) throws(Failure) -> [UInt8] {
    Array(try groupTombstones.string(number))
  }
  package func idTombstone(_ number: Int) throws(Failure) -> [UInt8] {
    Array(try idTombstones.string(number))
  }
  package func groupTombstone(_ group: [UInt8]) throws(Failure) -> Int? { try groupTombstones.find(group) }
  package func idTombstone(_ id: [UInt8]) throws(Failure) -> Int? { try idTombstones.find(id) }
}
