/// Sorts strings by eight bytes at a time: as numbers, which is what tells most words apart.
extension ByteList.View {
  private struct Key {
    /// Eight bytes of the string, the first one the highest; zeros stand where there are fewer.
    var head: UInt64
    let number: UInt32
  }

  /// Below this length a run is sorted by comparing whole strings.
  private static let shortRun = 24

  /// The strings' numbers, in byte order of the strings; equal ones by number.
  func sorted() -> [UInt32] {
    var keys: [Key] = []
    keys.reserveCapacity(count)
    for number in 0..<count { keys.append(Key(head: head(of: number, from: 0), number: UInt32(number))) }
    keys.withUnsafeMutableBufferPointer { sort(&$0, from: 0) }
    return keys.map(\.number)
  }

  private func head(of number: Int, from offset: Int) -> UInt64 {
    let string = self[number]
    guard offset < string.count else { return 0 }
    return UInt64(bigEndian: ByteList.head(of: UnsafeRawBufferPointer(rebasing: string[offset...])))
  }

  /// Strings that have the same first `offset` bytes; the keys' heads are those that follow.
  private func sort(_ keys: inout UnsafeMutableBufferPointer<Key>, from offset: Int) {
    keys.sort { $0.head < $1.head }
    var start = 0
    while start < keys.count {
      var end = start + 1
      while end < keys.count && keys[end].head == keys[start].head { end += 1 }
      if end - start > 1 {
        var run = UnsafeMutableBufferPointer(rebasing: keys[start..<end])
        sortRun(&run, from: offset)
      }
      start = end
    }
  }

  /// Strings whose eight bytes at `offset` are the same too.
  private func sortRun(_ keys: inout UnsafeMutableBufferPointer<Key>, from offset: Int) {
    let next = offset + 8
    if keys.count <= Self.shortRun || keys.contains(where: { self[Int($0.number)].count <= next }) {
      return keys.sort { ByteOrder.precedes(self[Int($0.number)], self[Int($1.number)]) }
    }
    for index in keys.indices { keys[index].head = head(of: Int(keys[index].number), from: next) }
    sort(&keys, from: next)
  }
}
