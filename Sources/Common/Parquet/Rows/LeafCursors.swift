/// Where the rows stand in each of their columns, by the levels of what comes next.
///
/// Each column is believed only where the others of the same node say the same.
struct LeafCursors: ~Copyable {
  static let contradiction = "the levels of its values contradict each other, or those of another column"

  private let leaves: [Leaf]
  private let open: ColumnOpening
  /// One for each leaf, once the first row has been asked for.
  private var sources: [any ColumnSource] = []
  private let cursors: UnsafeMutableBufferPointer<LeafCursor>
  /// The number of the row in the file, from 1.
  private var row: Int

  /// `row` is the number of the first row in the file, from 0.
  init(_ leaves: [Leaf], row: Int, _ open: @escaping ColumnOpening) {
    self.leaves = leaves
    self.open = open
    self.row = row
    cursors = .allocate(capacity: leaves.count)
    _ = cursors.initialize(from: leaves.map { LeafCursor(greatest: UInt8(clamping: $0.maxDefinition)) })
  }

  deinit { cursors.deallocate() }

  mutating func beginRow() throws(ParquetError) {
    row += 1
    for leaf in cursors.indices {
      guard try load(leaf) else { throw fault(leaf, "it has fewer rows than its row group") }
      guard try repetition(leaf) == 0 else { throw fault(leaf, Self.contradiction) }
    }
  }

  mutating func skipRow() throws(ParquetError) {
    try beginRow()
    for leaf in cursors.indices {
      repeat { skipEntry(leaf) } while try repetition(leaf) > 0
    }
  }

  /// Checks that the columns end where the rows do.
  mutating func finish() throws(ParquetError) {
    for leaf in cursors.indices where try load(leaf) {
      throw fault(leaf, "it has more rows than its row group")
    }
  }

  @inline(never)
  func fault(_ leaf: Int, _ reason: String) -> ParquetError {
    .damaged("\(leaves[leaf].title), row \(row): \(reason)")
  }
}

extension LeafCursors {
  /// Makes sure that there is a next entry; false at the end of the column.
  @inline(__always)
  private mutating func load(_ leaf: Int) throws(ParquetError) -> Bool {
    if cursors[leaf].entry < cursors[leaf].entries { return true }
    return try refill(leaf)
  }

  @inline(never)
  private mutating func refill(_ leaf: Int) throws(ParquetError) -> Bool {
    if sources.isEmpty { sources = try open(leaves) }
    let greatest = cursors[leaf].greatest
    repeat {
      guard let next = try sources[leaf].next() else { return false }
      cursors[leaf] = next
      cursors[leaf].greatest = greatest
    } while cursors[leaf].entries == 0
    return true
  }

  /// The definition level of the next entry, which must be loaded.
  @inline(__always)
  private func definition(_ leaf: Int) -> UInt8 {
    cursors[leaf].definitions.map { $0[cursors[leaf].entry] } ?? 0
  }

  /// The repetition level of the next entry; 0 at the end of the column, too.
  @inline(__always)
  private mutating func repetition(_ leaf: Int) throws(ParquetError) -> UInt8 {
    guard cursors[leaf].repetitions != nil, try load(leaf) else { return 0 }
    return cursors[leaf].repetitions.map { $0[cursors[leaf].entry] } ?? 0
  }

  /// Whether all columns of the node are defined from that level on; all must be, or none.
  @inline(__always)
  mutating func isDefined(_ node: PlanNode, from level: UInt8) throws(ParquetError) -> Bool {
    guard try load(node.firstLeaf) else { throw fault(node.firstLeaf, Self.contradiction) }
    let isDefined = definition(node.firstLeaf) >= level
    for leaf in node.firstLeaf + 1..<node.endLeaf {
      guard try load(leaf), (definition(leaf) >= level) == isDefined else {
        throw fault(leaf, Self.contradiction)
      }
    }
    return isDefined
  }

  /// Whether a further item of the node comes next in all of its columns; in all it must, or in none.
  @inline(__always)
  mutating func isRepeated(_ node: PlanNode) throws(ParquetError) -> Bool {
    let isRepeated = try repetition(node.firstLeaf) == node.repetition
    for leaf in node.firstLeaf..<node.endLeaf {
      let level = try repetition(leaf)
      let isItem = level == node.repetition
      guard level <= node.repetition, isItem == isRepeated, !isItem || definition(leaf) >= node.itemDefinition
      else { throw fault(leaf, Self.contradiction) }
    }
    return isRepeated
  }

  @inline(__always)
  private mutating func skipEntry(_ leaf: Int) {
    if definition(leaf) == cursors[leaf].greatest { cursors[leaf].value += 1 }
    cursors[leaf].entry += 1
  }

  /// Passes over the one entry that each column of a node has in place of it.
  mutating func skipEntries(of node: PlanNode) {
    for leaf in node.firstLeaf..<node.endLeaf { skipEntry(leaf) }
  }

  /// Whether the next entry of a column has a value.
  @inline(__always)
  mutating func isValue(_ leaf: Int) throws(ParquetError) -> Bool {
    try load(leaf) && definition(leaf) == cursors[leaf].greatest
  }

  /// Passes over the next entry of a node's one column; gives the column's values and which of them it is, or nil where it
  /// is null.
  @inline(__always)
  mutating func take(_ node: PlanNode) throws(ParquetError) -> (values: UnsafeRawPointer, index: Int)? {
    let leaf = node.firstLeaf
    guard try load(leaf) else { throw fault(leaf, Self.contradiction) }
    let level = definition(leaf)
    cursors[leaf].entry += 1
    if node.isOptional, level == node.definition &- 1 { return nil }
    let index = cursors[leaf].value
    guard level == node.definition, index < cursors[leaf].count, let values = cursors[leaf].values else {
      throw fault(leaf, Self.contradiction)
    }
    cursors[leaf].value = index + 1
    return (values, index)
  }
}
