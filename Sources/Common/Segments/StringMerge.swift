/// Strings of several lists in one byte order; of equal ones the earlier list's first.
struct StringMerge {
  struct Item {
    let list: Int
    let number: Int
  }

  private let lists: [ByteList.View]
  /// Each list's numbers in byte order, and how many of them were given.
  private let orders: [[UInt32]]
  private var given: [Int]
  /// The lists that are not at their end.
  private var open: [Int]
  private var previous: Item?

  init(_ lists: [ByteList.View], orders: [[UInt32]]) {
    self.lists = lists
    self.orders = orders
    given = Array(repeating: 0, count: lists.count)
    open = lists.indices.filter { !orders[$0].isEmpty }
  }

  /// The next string, and whether it is not that before.
  mutating func next() -> (item: Item, isNew: Bool)? {
    guard var first = open.first else { return nil }
    for list in open.dropFirst() where ByteOrder.precedes(head(of: list), head(of: first)) { first = list }
    let item = Item(list: first, number: Int(orders[first][given[first]]))
    let isNew = isNew(item)
    given[first] += 1
    if given[first] == orders[first].count { open.removeAll { $0 == first } }
    previous = item
    return (item, isNew)
  }

  private func head(of list: Int) -> UnsafeRawBufferPointer { lists[list][Int(orders[list][given[list]])] }

  private func isNew(_ item: Item) -> Bool {
    // Within a list no string comes twice, where it is a list of distinct ones.
    guard let previous else { return true }
    return ByteOrder.compare(lists[previous.list][previous.number], lists[item.list][item.number]) != 0
  }
}
