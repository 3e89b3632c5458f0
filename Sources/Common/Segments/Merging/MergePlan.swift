internal import Failures
internal import Files

/// Which documents of some segments come in which order, and the names of the documents and groups that come of it.
final class MergePlan: @unchecked Sendable {
  /// Stands for a document that does not count.
  static let gone = UInt32.max

  /// Neighbours in their segment that are neighbours in the new one too.
  struct Run {
    let input: Int
    var documents: Range<Int>
  }

  struct Input {
    let reader: SegmentReader
    let live: LiveSet?
    /// The new number of each document.
    let numbers: UnsafeMutableBufferPointer<UInt32>

    func counts(_ document: Int) -> Bool { live?.contains(document: document) ?? true }
  }

  let inputs: [Input]
  let hasGroups: Bool
  private(set) var documents = 0
  private(set) var groups = 0
  private var runs = ByteArena()
  private var ids: ByteTableWriter
  private var groupNames: ByteTableWriter
  private var groupStarts: Spool
  private var order: Spool

  init(
    _ inputs: [(reader: SegmentReader, live: LiveSet?)], hasGroups: Bool, limit: Int, in directory: Directory
  ) throws(Failure) {
    self.hasGroups = hasGroups
    self.inputs = inputs.map {
      let numbers = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: $0.reader.documents)
      numbers.initialize(repeating: Self.gone)
      return Input(reader: $0.reader, live: $0.live, numbers: numbers)
    }
    ids = ByteTableWriter(limit: limit, in: directory)
    groupNames = ByteTableWriter(limit: limit, in: directory)
    groupStarts = Spool(limit: limit, in: directory)
    order = Spool(limit: limit, in: directory)
    try interleave()
    if hasGroups { try sortIDs() }
  }

  deinit { for input in inputs { input.numbers.deallocate() } }

  // MARK: - By group and id

  private func interleave() throws(Failure) {
    var walks: [DocumentWalk] = []
    for (index, input) in inputs.enumerated() {
      let walk = try DocumentWalk(input, index)
      if try walk.next() { walks.append(walk) }
    }
    var last: DocumentWalk.Key?
    while !walks.isEmpty {
      let (first, second) = Self.firstTwo(walks)
      let end = second.map { walks[$0].key }
      repeat {
        try take(walks[first], after: last)
        last = walks[first].key
        if try !walks[first].next() {
          walks.remove(at: first)
          break
        }
      } while end.map { walks[first].key.precedes($0) } ?? true
    }
  }

  /// The places of the walks with the least key, and the least but one.
  private static func firstTwo(_ walks: [DocumentWalk]) -> (first: Int, second: Int?) {
    var first = 0
    var second: Int?
    for index in walks.indices.dropFirst() {
      if walks[index].key.precedes(walks[first].key) {
        (first, second) = (index, first)
      } else if second.map({ walks[index].key.precedes(walks[$0].key) }) ?? true {
        second = index
      }
    }
    return (first, second)
  }

  private func take(_ walk: DocumentWalk, after last: DocumentWalk.Key?) throws(Failure) {
    let key = walk.key
    if let last, !last.precedes(key) { throw walk.corrupt("a document comes twice") }
    guard documents < SegmentFormat.maxDocuments else {
      throw Failure(
        .badData, "cannot merge segments: there are more than \(SegmentFormat.maxDocuments) documents")
    }
    if hasGroups, last.map({ ByteOrder.compare($0.group, key.group) != 0 }) ?? true {
      groupNames.add(key.group)
      groupStarts.arena.append(UInt32(documents))
      groupStarts.settle()
    }
    ids.add(key.id)
    inputs[walk.input].numbers[walk.document] = UInt32(documents)
    note(walk.input, walk.document)
    documents += 1
    groups = hasGroups ? groupNames.count : documents
  }

  /// Three u32 a run: the input, the first document, their number.
  private func note(_ input: Int, _ document: Int) {
    let all = runs.elements(UInt32.self)
    let last = all.count - 3
    if last >= 0, Int(all[last]) == input, Int(all[last + 1]) + Int(all[last + 2]) == document {
      all[last + 2] += 1
    } else {
      runs.append(UInt32(input))
      runs.append(UInt32(document))
      runs.append(UInt32(1))
    }
  }

  /// All runs, in the order of the new documents.
  func forEachRun(_ body: (Run) throws(Failure) -> Void) throws(Failure) {
    let all = runs.elements(UInt32.self)
    for at in stride(from: 0, to: all.count, by: 3) {
      let first = Int(all[at + 1])
      try body(Run(input: Int(all[at]), documents: first..<first + Int(all[at + 2])))
    }
  }

  // MARK: - By id

  /// Each input knows its own order.
  private func sortIDs() throws(Failure) {
    var walks: [IDWalk] = []
    for input in inputs {
      let walk = IDWalk(input)
      if try walk.next() { walks.append(walk) }
    }
    var last: UnsafeRawBufferPointer?
    while !walks.isEmpty {
      var first = 0
      for index in walks.indices.dropFirst()
      where ByteOrder.precedes(walks[index].id, walks[first].id) { first = index }
      if let last, !ByteOrder.precedes(last, walks[first].id) { throw walks[first].corrupt() }
      last = walks[first].id
      order.arena.append(walks[first].number)
      order.settle()
      if try !walks[first].next() { walks.remove(at: first) }
    }
  }

  // MARK: - Writing

  func writeNames(to parts: inout PartsWriter) throws(Failure) {
    try ids.write(.ids, to: &parts)
    guard hasGroups else { return }
    guard order.count == documents * 4 else {
      throw Failure(.badData, "cannot merge segments: an order of ids leaves out documents")
    }
    if try !isInOrder() { try parts.add(.idOrder, &order) }
    try groupNames.write(.groups, to: &parts)
    try parts.add(.groupStarts, &groupStarts)
  }

  /// Whether the documents' order is that of their ids.
  private func isInOrder() throws(Failure) -> Bool {
    var (isInOrder, next) = (true, 0)
    try order.read(0..<order.count) { (bytes) throws(Failure) in
      for at in stride(from: 0, to: bytes.count, by: 4) {
        let number = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        if number != UInt32(next) { isInOrder = false }
        next += 1
      }
    }
    return isInOrder
  }
}

/// Goes through the documents of one input that count, by group and id.
private final class DocumentWalk {
  struct Key {
    let group: UnsafeRawBufferPointer
    let id: UnsafeRawBufferPointer

    func precedes(_ other: Key) -> Bool {
      let order = ByteOrder.compare(group, other.group)
      return order == 0 ? ByteOrder.precedes(id, other.id) : order < 0
    }
  }

  let input: Int
  private let content: MergePlan.Input
  private(set) var document = -1
  /// Without groups in the fields, the group is no bytes.
  private(set) var key = Key(
    group: UnsafeRawBufferPointer(start: nil, count: 0), id: UnsafeRawBufferPointer(start: nil, count: 0))
  private var ids: ByteTableWalk
  private var groups: ByteTableWalk
  private var group = -1
  private var groupEnd = 0
  private var hasOne = false

  init(_ content: MergePlan.Input, _ input: Int) throws(Failure) {
    self.content = content
    self.input = input
    ids = try ByteTableWalk(content.reader.ids)
    groups = try ByteTableWalk(content.reader.groups)
  }

  func corrupt(_ what: String) -> Failure { content.reader.ids.part.corrupt(what) }

  /// Goes on to the next document; false behind the last.
  func next() throws(Failure) -> Bool {
    let reader = content.reader
    repeat { document += 1 } while document < reader.documents && !content.counts(document)
    guard document < reader.documents else { return false }
    let before = key
    key = Key(group: try currentGroup(), id: try ids.string(document))
    if hasOne, !before.precedes(key) { throw corrupt("the documents are out of order") }
    hasOne = true
    return true
  }

  private func currentGroup() throws(Failure) -> UnsafeRawBufferPointer {
    guard content.reader.meta.hasGroups else { return key.group }
    if document < groupEnd { return key.group }
    while document >= groupEnd {
      group += 1
      guard group < content.reader.groups.count else {
        throw content.reader.groupStarts.corrupt("a document is in no group")
      }
      groupEnd = try content.reader.documents(inGroupNumber: group).upperBound
    }
    return try groups.string(group)
  }
}

/// Goes through the documents of one input that count, by id.
private final class IDWalk {
  private let content: MergePlan.Input
  private var place = -1
  private(set) var id = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The document's new number.
  private(set) var number: UInt32 = 0

  init(_ content: MergePlan.Input) { self.content = content }

  func corrupt() -> Failure {
    content.reader.idOrder.corrupt("it is not in byte order, or an id comes twice")
  }

  func next() throws(Failure) -> Bool {
    let reader = content.reader
    while place + 1 < reader.documents {
      place += 1
      let document = try reader.document(atPlace: place)
      number = content.numbers[document]
      if number == MergePlan.gone { continue }
      id = try reader.ids.string(document)
      return true
    }
    return false
  }
}
