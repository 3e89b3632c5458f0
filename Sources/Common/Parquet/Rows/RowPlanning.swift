internal import JSON

// The plan of a row, from the schema: what is selected, and what of it is a list or a map, in whatever form it was written
// (parquet-format, LogicalTypes.md, "Nested Types", with its rules of compatibility).

extension RowPlan {
  init(_ schema: Schema, _ selection: RowSelection) throws(ParquetError) {
    var planning = RowPlanning()
    try planning.addRow(schema, selection)
    nodes = planning.nodes
    leaves = planning.leaves.isEmpty ? schema.shortest : planning.leaves
    prefixes = planning.prefixes
  }
}

private struct RowPlanning {
  private(set) var nodes: [PlanNode] = []
  private(set) var leaves: [Leaf] = []
  private(set) var prefixes: [UInt8] = []
  /// The names from the root down to the node that is being added.
  private var path: [String] = []
  /// How many objects and arrays are open there.
  private var depth = 0

  private var title: String { columnTitle(path) }

  mutating func addRow(_ schema: Schema, _ selection: RowSelection) throws(ParquetError) {
    let row = try open(.structure, isOptional: false, definition: 0)
    for constant in selection.constants {
      prefixes.append(UInt8(ascii: prefixes.isEmpty ? "{" : ","))
      JSONValue.write(constant.name, to: &prefixes)
      prefixes.append(UInt8(ascii: ":"))
      prefixes.append(contentsOf: constant.json.utf8)
    }
    if prefixes.isEmpty { prefixes.append(UInt8(ascii: "{")) }
    nodes[row].prefixLength = prefixes.count
    let taken = Set(selection.constants.map { Array($0.name.utf8) })
    let members = schema.nodes.filter { !taken.contains(Array($0.name.utf8)) }
    try addMembers(members, Projection(selection.columns), isFirst: taken.isEmpty)
    close(row)
  }

  private mutating func addMembers(
    _ members: [Node], _ wanted: Projection, isFirst: Bool = true
  ) throws(ParquetError) {
    var isFirst = isFirst
    for member in members {
      guard let wanted = wanted[member.name] else { continue }
      let index = nodes.count
      try addField(member, wanted)
      guard index < nodes.count else { continue }
      nodes[index].prefix = prefixes.count
      if !isFirst { prefixes.append(UInt8(ascii: ",")) }
      JSONValue.write(member.name, to: &prefixes)
      prefixes.append(UInt8(ascii: ":"))
      nodes[index].prefixLength = prefixes.count - nodes[index].prefix
      isFirst = false
    }
  }

  /// A node as its repetition says: one that is repeated, and no list's or map's, is a list of itself that is never null.
  private mutating func addField(_ node: Node, _ wanted: Projection) throws(ParquetError) {
    guard node.repetition == .repeated else {
      return try add(node, wanted, isOptional: node.repetition == .optional)
    }
    let list = try open(.list, isOptional: false, definition: node.maxDefinition - 1, items: node)
    try add(node, wanted, isOptional: false)
    close(list)
  }

  /// A node without its repetition. Nothing is added where no column of it is selected.
  private mutating func add(_ node: Node, _ wanted: Projection, isOptional: Bool) throws(ParquetError) {
    path.append(node.name)
    switch (node.content, node.logical) {
    case (.leaf(let leaf), _): try addValue(leaf, wanted, isOptional: isOptional)
    case (.group(let members), nil):
      let structure = try open(.structure, isOptional: isOptional, definition: node.maxDefinition)
      try addMembers(members, wanted)
      close(structure)
    case (.group(let members), .list): try addList(node, members, wanted, isOptional: isOptional)
    case (.group(let members), .map): try addMap(node, members, wanted, isOptional: isOptional)
    case (.group, .other(let name)): throw .unsupported("\(title): \(name) is not read")
    default: throw .damaged("\(title): a group has a type that only values can have")
    }
    path.removeLast()
  }

  private mutating func addValue(
    _ leaf: Leaf, _ wanted: Projection, isOptional: Bool
  ) throws(ParquetError) {
    guard wanted.isWhole else { return }
    var node = PlanNode(
      shape: .value(try ValueKind(leaf)), isOptional: isOptional,
      definition: UInt8(clamping: leaf.maxDefinition))
    node.firstLeaf = leaves.count
    node.depth = depth
    leaves.append(leaf)
    node.endLeaf = leaves.count
    node.end = nodes.count + 1
    nodes.append(node)
  }

  private mutating func addList(
    _ node: Node, _ members: [Node], _ wanted: Projection, isOptional: Bool
  ) throws(ParquetError) {
    let repeated = try onlyRepeated(members, of: "list")
    guard let wanted = wanted[repeated.name] else { return }
    let list = try open(.list, isOptional: isOptional, definition: node.maxDefinition, items: repeated)
    if let item = repeated.item(ofList: node.name) {
      if let wanted = wanted[item.name] { try add(item, wanted, isOptional: item.repetition == .optional) }
    } else {
      try add(repeated, wanted, isOptional: false)
    }
    close(list)
  }

  /// A map without values, or none of which are selected, is the list of its keys.
  private mutating func addMap(
    _ node: Node, _ members: [Node], _ wanted: Projection, isOptional: Bool
  ) throws(ParquetError) {
    let repeated = try onlyRepeated(members, of: "map")
    guard case .group(let pair) = repeated.content, (1...2).contains(pair.count) else {
      throw .damaged("\(title): a map must have keys and values, and nothing else")
    }
    guard let wanted = wanted[repeated.name] else { return }
    let map = try open(.list, isOptional: isOptional, definition: node.maxDefinition, items: repeated)
    try addField(pair[0], .whole)
    let value = nodes.count
    if pair.count == 2, let wanted = wanted[pair[1].name] {
      let shape: PlanNode.Shape = map + 1 < value && nodes[map + 1].isKey ? .object : .pairs
      if shape == .pairs { depth += 1 }
      try addField(pair[1], wanted)
      if shape == .pairs { depth -= 1 }
      if value > map + 1, value < nodes.count { nodes[map].shape = shape }
    }
    close(map)
  }

  private func onlyRepeated(_ members: [Node], of kind: String) throws(ParquetError) -> Node {
    guard members.count == 1, members[0].repetition == .repeated else {
      throw .damaged("\(title): a \(kind) must have one repeated member, and nothing else")
    }
    return members[0]
  }

  /// Adds an object or an array, and gives its place: what is added until `close` lies in it.
  private mutating func open(
    _ shape: PlanNode.Shape, isOptional: Bool, definition: Int, items: Node? = nil
  ) throws(ParquetError) -> Int {
    depth += 1
    guard depth <= JSONScanner.deepest else {
      throw .unsupported("\(title): nested deeper than \(JSONScanner.deepest) levels")
    }
    var node = PlanNode(shape: shape, isOptional: isOptional, definition: UInt8(clamping: definition))
    node.itemDefinition = UInt8(clamping: items?.maxDefinition ?? 0)
    node.repetition = UInt8(clamping: items?.maxRepetition ?? 0)
    node.firstLeaf = leaves.count
    nodes.append(node)
    return nodes.count - 1
  }

  /// Takes back what has no columns, but for the row.
  private mutating func close(_ index: Int) {
    depth -= 1
    guard leaves.count > nodes[index].firstLeaf || index == 0 else {
      nodes.removeSubrange(index...)
      return
    }
    nodes[index].endLeaf = leaves.count
    nodes[index].end = nodes.count
  }
}

extension Schema {
  /// A column with as few entries for a row as there is.
  fileprivate var shortest: [Leaf] {
    leaves.min { $0.maxRepetition < $1.maxRepetition }.map { [$0] } ?? []
  }
}

extension Node {
  /// The one member of a list's repeated node that is the list's item; nil where the node itself is.
  fileprivate func item(ofList list: String) -> Node? {
    guard case .group(let members) = content, members.count == 1, members[0].repetition != .repeated,
      name != "array", name != list + "_tuple"
    else { return nil }
    return members[0]
  }
}

extension PlanNode {
  fileprivate var isKey: Bool {
    if case .value(let kind) = shape { return kind.isKey }
    return false
  }
}
