internal import JSON

/// Puts rows together from columns, by the levels of their values (Melnik and others, "Dremel", 2010): where a node is
/// missing its columns have one entry in its place, whose definition level says how much of the path is there; where it
/// is repeated, they have one entry or more for each item, and the first of a further item has the node's repetition level.
struct RowAssembler: ~Copyable {
  /// A longer line is no record to who reads lines: of a row's line so much is kept, and what shows that there was more.
  static let longestLine = 16 << 20
  /// How much of one row is passed over so: few bytes of levels can stand for very many nulls.
  private static let mostCut = 1 << 30
  /// Names are copied by so many bytes, and there are so many more behind them.
  private static let block = 16

  private let nodes: UnsafeMutableBufferPointer<PlanNode>
  private let prefixes: UnsafeMutableBufferPointer<UInt8>
  private var columns: LeafCursors
  /// Where the row's line begins.
  private var start = 0
  /// How much of the line was not kept.
  private var cut = 0

  /// `row` is the number of the first row in the file, from 0.
  init(_ plan: RowPlan, row: Int, _ open: @escaping ColumnOpening) {
    columns = LeafCursors(plan.leaves, row: row, open)
    nodes = .allocate(capacity: plan.nodes.count)
    _ = nodes.initialize(from: plan.nodes)
    prefixes = .allocate(capacity: plan.prefixes.count + Self.block)
    prefixes.initialize(repeating: 0)
    _ = prefixes.update(from: plan.prefixes)
  }

  deinit {
    nodes.deallocate()
    prefixes.deallocate()
  }

  /// Passes over some rows, and appends the next one as a JSON object.
  mutating func append(to text: inout JSONText, after skipped: Int) throws(ParquetError) {
    for _ in 0..<skipped { try columns.skipRow() }
    start = text.count
    cut = 0
    append(prefix: nodes[0], to: &text)
    // Where there is no member, there is one column to be counted.
    if nodes.count == 1 { try columns.skipRow() } else { try columns.beginRow() }
    try appendMembers(of: 0, to: &text)
  }

  /// Checks that the columns end where the rows do.
  mutating func finish() throws(ParquetError) { try columns.finish() }

  @inline(__always)
  private func append(prefix node: PlanNode, to text: inout JSONText) {
    guard let source = prefixes.baseAddress else { return }
    let prefix = UnsafeRawPointer(source + node.prefix)
    let start = text.room(for: node.prefixLength + Self.block)
    var done = 0
    while done < node.prefixLength {
      let bytes = prefix.loadUnaligned(fromByteOffset: done, as: SIMD16<UInt8>.self)
      (start + done).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
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
      if text.count - start > Self.longestLine { try shorten(&text, member) }
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
    if node.isOptional, try !columns.isDefined(node, from: node.definition) {
      columns.skipEntries(of: node)
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
    if try columns.isDefined(node, from: node.itemDefinition) {
      try appendItem(of: index, to: &text)
      while try columns.isRepeated(node) {
        text.append(UInt8(ascii: ","))
        try appendItem(of: index, to: &text)
        if text.count - start > Self.longestLine { try shorten(&text, index) }
      }
    } else {
      columns.skipEntries(of: node)
    }
    text.append(UInt8(ascii: ends.1))
  }

  @inline(never)
  private mutating func shorten(_ text: inout JSONText, _ index: Int) throws(ParquetError) {
    let kept = start + Self.longestLine + 1
    cut += text.count - kept
    text.truncate(to: kept)
    guard cut <= Self.mostCut else {
      throw columns.fault(nodes[index].firstLeaf, "the row has more than \(Self.mostCut >> 20) MiB of JSON")
    }
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
    guard try columns.isValue(node.firstLeaf) else {
      throw columns.fault(node.firstLeaf, "a key of the map is null")
    }
    if !kind.isQuoted { text.append(UInt8(ascii: "\"")) }
    try append(kind, node, to: &text)
    if !kind.isQuoted { text.append(UInt8(ascii: "\"")) }
  }

  @inline(__always)
  private mutating func append(
    _ kind: ValueKind, _ node: PlanNode, to text: inout JSONText
  ) throws(ParquetError) {
    guard let (values, index) = try columns.take(node) else { return text.append("null") }
    if let reason = text.append(kind, values, index, depth: node.depth) {
      throw columns.fault(node.firstLeaf, reason)
    }
  }
}
