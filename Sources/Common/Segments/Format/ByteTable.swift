internal import Failures

/// Reads what ByteTableWriter wrote. Where the strings are in byte order they can be found by it.
final class ByteTable {
  let part: Part
  let count: Int
  private let blocks: Int
  private let strings: UnsafeRawBufferPointer

  /// `count` is what the segment says elsewhere, so that a table of another length is found out.
  init(_ part: Part, count: Int) throws(Failure) {
    self.part = part
    self.count = count
    blocks = (count + SegmentFormat.tableBlockLength - 1) / SegmentFormat.tableBlockLength
    guard count > 0 else {
      strings = part.bytes
      if part.bytes.count > 0 { throw part.corrupt("it is not empty") }
      return
    }
    guard try part.u64(at: 0) == UInt64(count) else { throw part.corrupt("its count is wrong") }
    let start = 8 + 8 * blocks
    guard start <= part.bytes.count else { throw part.corrupt("it is too short") }
    strings = try part.slice(start..<part.bytes.count)
    // A byte each, at the least: what is allocated by the number of documents is thereby bounded by the file.
    guard strings.count >= count else { throw part.corrupt("it is too short") }
  }

  /// The string of that number; valid as long as the segment is mapped.
  func string(_ index: Int) throws(Failure) -> UnsafeRawBufferPointer {
    guard index >= 0, index < count else { throw part.corrupt("it has no string \(index)") }
    var cursor = try cursor(block: index / SegmentFormat.tableBlockLength)
    for _ in 0..<index % SegmentFormat.tableBlockLength { cursor.skipString() }
    let string = Self.next(&cursor)
    guard !cursor.overrun else { throw part.corrupt("it is too short") }
    return string
  }

  fileprivate func cursor(block: Int) throws(Failure) -> ByteCursor {
    ByteCursor(strings, from: try part.offset(at: 8 + 8 * block, limit: strings.count))
  }

  fileprivate static func next(_ cursor: inout ByteCursor) -> UnsafeRawBufferPointer {
    cursor.bytes(cursor.count(limit: cursor.remaining))
  }

  /// The number of a string, where they are in byte order.
  func find(_ wanted: UnsafeRawBufferPointer) throws(Failure) -> Int? {
    let end = try SortedSearch.first(in: 0..<blocks) { (block) throws(Failure) in
      try begins(block, behind: wanted)
    }
    return try find(wanted, inBlock: end - 1)
  }

  /// The same for strings that are looked for in byte order; `block` is 0 for the first, and kept from one to the next.
  func find(_ wanted: UnsafeRawBufferPointer, from block: inout Int) throws(Failure) -> Int? {
    block = try SortedSearch.gallop(in: block..<blocks) { (block) throws(Failure) in
      try begins(block, behind: wanted)
    }
    return try find(wanted, inBlock: block - 1)
  }

  private func begins(_ block: Int, behind wanted: UnsafeRawBufferPointer) throws(Failure) -> Bool {
    ByteOrder.compare(try string(block * SegmentFormat.tableBlockLength), wanted) > 0
  }

  private func find(_ wanted: UnsafeRawBufferPointer, inBlock block: Int) throws(Failure) -> Int? {
    guard block >= 0 else { return nil }
    let start = block * SegmentFormat.tableBlockLength
    var cursor = try cursor(block: block)
    for index in start..<min(start + SegmentFormat.tableBlockLength, count) {
      let string = Self.next(&cursor)
      guard !cursor.overrun else { throw part.corrupt("it is too short") }
      let order = ByteOrder.compare(string, wanted)
      if order >= 0 { return order == 0 ? index : nil }
    }
    return nil
  }

  func find(_ wanted: [UInt8]) throws(Failure) -> Int? {
    try wanted.withUnsafeBufferPointer { (buffer) throws(Failure) in try find(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Every string in order, by one pass; checks that the blocks begin where the table says.
  func forEach(_ body: (Int, UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
    var cursor = ByteCursor(strings)
    for index in 0..<count {
      if index % SegmentFormat.tableBlockLength == 0 {
        let start = try part.u64(at: 8 + 8 * (index / SegmentFormat.tableBlockLength))
        guard start == UInt64(cursor.position) else { throw part.corrupt("a block begins at a wrong place") }
      }
      let string = Self.next(&cursor)
      guard !cursor.overrun else { throw part.corrupt("it is too short") }
      try body(index, string)
    }
    guard count == 0 || cursor.isAtEnd else { throw part.corrupt("something follows its last string") }
  }

  /// Checks that the strings are in byte order, each once.
  func verifyOrder() throws(Failure) {
    var previous: UnsafeRawBufferPointer?
    try forEach { (_, string) throws(Failure) in
      if let previous, !ByteOrder.precedes(previous, string) { throw part.corrupt("it is not in byte order") }
      previous = string
    }
  }
}

/// Reads the strings of a table one after the other; going on from one to the next costs no search.
struct ByteTableWalk {
  private let table: ByteTable
  private var cursor: ByteCursor
  private var next = 0

  init(_ table: ByteTable) throws(Failure) {
    self.table = table
    cursor = table.count > 0 ? try table.cursor(block: 0) : ByteCursor(table.part.bytes)
  }

  mutating func string(_ index: Int) throws(Failure) -> UnsafeRawBufferPointer {
    guard index >= 0, index < table.count else { throw table.part.corrupt("it has no string \(index)") }
    if index < next || index / SegmentFormat.tableBlockLength > next / SegmentFormat.tableBlockLength {
      next = index / SegmentFormat.tableBlockLength * SegmentFormat.tableBlockLength
      cursor = try table.cursor(block: index / SegmentFormat.tableBlockLength)
    }
    while next < index {
      _ = ByteTable.next(&cursor)
      next += 1
    }
    let string = ByteTable.next(&cursor)
    next += 1
    guard !cursor.overrun else { throw table.part.corrupt("it is too short") }
    return string
  }
}
