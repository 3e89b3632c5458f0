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
  /// The string at hand of each list, and its first eight bytes as a number.
  private var strings: [UnsafeRawBufferPointer]
  private var heads: [UInt64]
  /// The lists that are not at their end.
  private var open: [Int]
  private var previous: Item?

  init(_ lists: [ByteList.View], orders: [[UInt32]]) {
    self.lists = lists
    self.orders = orders
    given = Array(repeating: 0, count: lists.count)
    strings = Array(repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: lists.count)
    heads = Array(repeating: 0, count: lists.count)
    open = lists.indices.filter { !orders[$0].isEmpty }
    if lists.count > 1 { for list in open { look(at: list) } }
  }

  /// The next string, and whether it is not that before.
  mutating func next() -> (item: Item, isNew: Bool)? {
    guard var first = open.first else { return nil }
    for list in open.dropFirst() where precedes(list, first) { first = list }
    let item = Item(list: first, number: Int(orders[first][given[first]]))
    let isNew = isNew(item)
    previous = item
    given[first] += 1
    if given[first] == orders[first].count {
      open.removeAll { $0 == first }
    } else if lists.count > 1 {
      look(at: first)
    }
    return (item, isNew)
  }

  private mutating func look(at list: Int) {
    strings[list] = lists[list][Int(orders[list][given[list]])]
    heads[list] = UInt64(bigEndian: ByteList.head(of: strings[list]))
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    heads[a] == heads[b] ? ByteOrder.precedes(strings[a], strings[b]) : heads[a] < heads[b]
  }

  private func isNew(_ item: Item) -> Bool {
    // Within a list no string comes twice, where it is a list of distinct ones.
    guard let previous, previous.list != item.list else { return true }
    return ByteOrder.compare(lists[previous.list][previous.number], lists[item.list][item.number]) != 0
  }
}
