internal import JSON

/// Puts rows together from columns, by the levels of their values (Melnik and others, "Dremel", 2010): where a node is
/// missing its columns have one entry in its place, whose definition level says how much of the path is there; where it
/// is repeated, they have one entry or more for each item, and the first of a further item has the node's repetition level.
///
/// Each column is believed only where the others of the same node say the same.
struct RowAssembler: ~Copyable {
  /// A row of more JSON than that is not printed: few bytes of levels can stand for very many nulls.
  private static let largestRow = 1 << 28
  /// Names are copied by so many bytes, and there are so many more behind them.
  private static let block = 16

  private let plan: RowPlan
  private let open: ColumnOpening
  /// One for each leaf, once the first row has been asked for.
  private var sources: [any ColumnSource] = []
  private let nodes: UnsafeMutableBufferPointer<PlanNode>
  private let cursors: UnsafeMutableBufferPointer<LeafCursor>
  private let prefixes: UnsafeMutableBufferPointer<UInt8>
  /// The number of the row in the file, from 1, and where its line begins.
  private var row: Int
  private var start = 0

  /// `row` is the number of the first row in the file, from 0.
  init(_ plan: RowPlan, row: Int, _ open: @escaping ColumnOpening) {
    self.plan = plan
    self.open = open
    self.row = row
    nodes = .allocate(capacity: plan.nodes.count)
    _ = nodes.initialize(from: plan.nodes)
    cursors = .allocate(capacity: plan.leaves.count)
    _ = cursors.initialize(from: plan.leaves.map { LeafCursor(greatest: UInt8(clamping: $0.maxDefinition)) })
    prefixes = .allocate(capacity: plan.prefixes.count + Self.block)
    prefixes.initialize(repeating: 0)
    _ = prefixes.update(from: plan.prefixes)
  }

  deinit {
    nodes.deallocate()
    cursors.deallocate()
    prefixes.deallocate()
  }

  /// Passes over some rows, and appends the next one as a JSON object.
  mutating func append(to text: inout JSONText, after skipped: Int) throws(ParquetError) {
    if skipped > 0 { try skip(skipped) }
    row += 1
    start = text.count
    append(prefix: nodes[0], to: &text)
    if nodes.count == 1 {
      // Its one column is there to be counted.
      row -= 1
      try skip(1)
    } else {
      for leaf in cursors.indices { try beginRow(leaf) }
    }
    try appendMembers(of: 0, to: &text)
  }

  private mutating func skip(_ rows: Int) throws(ParquetError) {
    for _ in 0..<rows {
      row += 1
      for leaf in cursors.indices {
        try beginRow(leaf)
        repeat { skipEntry(leaf) } while try repetition(leaf) > 0
      }
    }
  }

  /// Checks that the columns end where the rows do.
  mutating func finish() throws(ParquetError) {
    for leaf in cursors.indices where try load(leaf) {
      throw fault(leaf, "it has more rows than its row group")
    }
  }

  private mutating func beginRow(_ leaf: Int) throws(ParquetError) {
    guard try load(leaf) else { throw fault(leaf, "it has fewer rows than its row group") }
    guard try repetition(leaf) == 0 else { throw fault(leaf, Self.contradiction) }
  }
}

// What is there.
extension RowAssembler {
  private static let contradiction =
    "the levels of its values contradict each other, or those of another column"

  /// Makes sure that there is a next entry; false at the end of the column.
  @inline(__always)
  private mutating func load(_ leaf: Int) throws(ParquetError) -> Bool {
    if cursors[leaf].entry < cursors[leaf].entries { return true }
    return try refill(leaf)
  }

  @inline(never)
  private mutating func refill(_ leaf: Int) throws(ParquetError) -> Bool {
    if sources.isEmpty { sources = try open(plan.leaves) }
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
  private mutating func isDefined(_ node: PlanNode, from level: UInt8) throws(ParquetError) -> Bool {
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
  private mutating func isRepeated(_ node: PlanNode) throws(ParquetError) -> Bool {
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
  private mutating func skipEntries(of node: PlanNode) {
    for leaf in node.firstLeaf..<node.endLeaf { skipEntry(leaf) }
  }

  @inline(never)
  private func fault(_ leaf: Int, _ reason: String) -> ParquetError {
    .damaged("\(plan.leaves[leaf].title), row \(row): \(reason)")
  }
}

// What is printed.
extension RowAssembler {
  @inline(__always)
  private func append(prefix node: PlanNode, to text: inout JSONText) {
    guard let source = prefixes.baseAddress else { return }
    let prefix = UnsafeRawPointer(source + node.prefix)
    guard let start = text.room(for: node.prefixLength + Self.block) else { return }
    var done = 0
    while done < node.prefixLength {
      let bytes = prefix.loadUnaligned(fromByteOffset: done, as: SIMD16<UInt8>.self)
      UnsafeMutableRawPointer(start + done).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
      done += Self.block
    }
    text.advance(by: node.prefixLength)
  }

  /// All but the opening brace.
  private mutating func appendMembers(of index: Int, to text: inout JSONText) throws(ParquetError) {
    var member = index + 1
    while member < nodes[index].end {
      append(prefix: nodes[member], to: &text)
      try append(member, to: &text)
      member = nodes[member].end
    }
    text.append(UInt8(ascii: "}"))
  }

  @inline(__always)
  private mutating func append(_ index: Int, to text: inout JSONText) throws(ParquetError) {
    if case .value(let kind) = nodes[index].shape {
      try append(kind, nodes[index], to: &text)
    } else {
      try appendNested(index, to: &text)
    }
  }

  private mutating func appendNested(_ index: Int, to text: inout JSONText) throws(ParquetError) {
    let node = nodes[index]
    if node.isOptional, try !isDefined(node, from: node.definition) {
      skipEntries(of: node)
      return text.append("null")
    }
    switch node.shape {
    case .value: break
    case .structure:
      text.append(UInt8(ascii: "{"))
      try appendMembers(of: index, to: &text)
    case .list: try appendItems(of: index, between: ("[", "]"), to: &text)
    case .object: try appendItems(of: index, between: ("{", "}"), to: &text)
    case .pairs: try appendItems(of: index, between: ("[", "]"), to: &text)
    }
  }

  private mutating func appendItems(
    of index: Int, between ends: (Unicode.Scalar, Unicode.Scalar), to text: inout JSONText
  ) throws(ParquetError) {
    let node = nodes[index]
    text.append(UInt8(ascii: ends.0))
    if try isDefined(node, from: node.itemDefinition) {
      try appendItem(of: index, to: &text)
      while try isRepeated(node) {
        text.append(UInt8(ascii: ","))
        try appendItem(of: index, to: &text)
        guard text.count - start < Self.largestRow else {
          throw fault(node.firstLeaf, "the row has more than \(Self.largestRow >> 20) MiB of JSON")
        }
      }
    } else {
      skipEntries(of: node)
    }
    text.append(UInt8(ascii: ends.1))
  }

  @inline(__always)
  private mutating func appendItem(of index: Int, to text: inout JSONText) throws(ParquetError) {
    let first = index + 1
    switch nodes[index].shape {
    case .object:
      try appendKey(nodes[first], to: &text)
      text.append(UInt8(ascii: ":"))
      try append(nodes[first].end, to: &text)
    case .pairs:
      text.append("{\"key\":")
      try append(first, to: &text)
      text.append(",\"value\":")
      try append(nodes[first].end, to: &text)
      text.append(UInt8(ascii: "}"))
    default:
      try append(first, to: &text)
    }
  }

  private mutating func appendKey(_ node: PlanNode, to text: inout JSONText) throws(ParquetError) {
    guard case .value(let kind) = node.shape else { return }
    guard try load(node.firstLeaf), definition(node.firstLeaf) == node.definition else {
      throw fault(node.firstLeaf, "a key of the map is null")
    }
    if !kind.isQuoted { text.append(UInt8(ascii: "\"")) }
    try append(kind, node, to: &text)
    if !kind.isQuoted { text.append(UInt8(ascii: "\"")) }
  }

  @inline(__always)
  private mutating func append(
    _ kind: ValueKind, _ node: PlanNode, to text: inout JSONText
  ) throws(ParquetError) {
    let leaf = node.firstLeaf
    guard try load(leaf) else { throw fault(leaf, Self.contradiction) }
    let level = definition(leaf)
    cursors[leaf].entry += 1
    guard level == node.definition else {
      guard node.isOptional, level == node.definition &- 1 else { throw fault(leaf, Self.contradiction) }
      return text.append("null")
    }
    let index = cursors[leaf].value
    guard index < cursors[leaf].count, let values = cursors[leaf].values else {
      throw fault(leaf, Self.contradiction)
    }
    cursors[leaf].value = index + 1
    if let reason = text.append(kind, values, index, depth: node.depth) { throw fault(leaf, reason) }
  }
}
