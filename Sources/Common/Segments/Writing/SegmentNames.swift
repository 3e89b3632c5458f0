internal import Failures

/// The ids and the groups of a segment's documents, put together of several ranges of them.
struct SegmentNames: ~Copyable {
  private let hasGroups: Bool
  private var lists: [ByteList.View] = []
  /// Of each list the numbers in byte order.
  private var orders: [[UInt32]] = []
  private var ids = ByteTableWriter()
  private var groups = ByteTableWriter()
  private var starts = ByteArena()
  /// The documents' numbers in byte order of their ids, and whether that is the order they have.
  private var order = ByteArena()
  private var isOrder = true
  private var lastID: UnsafeRawBufferPointer?
  private var lastGroup: UnsafeRawBufferPointer?

  init(hasGroups: Bool) { self.hasGroups = hasGroups }

  /// The documents that follow: their ids and these in byte order, their groups, and each group's first document, counted
  /// from 0.
  mutating func add(
    _ names: ByteList.View, order: [UInt32], groups list: ByteList.View,
    starts firsts: UnsafeMutableBufferPointer<UInt32>
  ) throws(Failure) {
    guard names.count > 0 else { return }
    var goesOn = !hasGroups
    if hasGroups, let lastGroup {
      let order = ByteOrder.compare(lastGroup, list[0])
      if order > 0 { throw Self.refusal("the groups are out of order") }
      goesOn = order == 0
    }
    if goesOn, let lastID, !ByteOrder.precedes(lastID, names[0]) {
      throw Self.refusal("the documents are out of order")
    }
    for index in (hasGroups && goesOn ? 1 : 0)..<max(list.count, hasGroups && goesOn ? 1 : 0) {
      starts.append(firsts[index] &+ UInt32(truncatingIfNeeded: ids.count))
      groups.add(list[index])
    }
    for index in 0..<names.count { ids.add(names[index]) }
    lists.append(names)
    orders.append(order)
    lastID = names[names.count - 1]
    if hasGroups { lastGroup = list[list.count - 1] }
  }

  private static func refusal(_ reason: String) -> Failure {
    Failure(.software, "cannot build a segment: \(reason)")
  }

  /// The number of groups.
  var count: Int { hasGroups ? groups.count : ids.count }

  mutating func write(to parts: inout PartsWriter) throws(Failure) {
    try ids.write(.ids, to: &parts)
    guard hasGroups else { return }
    if !isOrder { try parts.add(.idOrder, order.bytes) }
    try groups.write(.groups, to: &parts)
    try parts.add(.groupStarts, starts.bytes)
  }

  /// Puts the documents in byte order of their ids, where that is not the order they have.
  mutating func sort() throws(Failure) {
    guard hasGroups else { return }
    var firsts: [Int] = []
    var documents = 0
    for list in lists {
      firsts.append(documents)
      documents += list.count
    }
    var merge = StringMerge(lists, orders: orders)
    order.reserve(documents * 4)
    while let (item, isNew) = merge.next() {
      if !isNew { throw Self.refusal("a document comes twice") }
      let document = firsts[item.list] + item.number
      if document != order.count / 4 { isOrder = false }
      order.append(UInt32(truncatingIfNeeded: document))
    }
  }
}
