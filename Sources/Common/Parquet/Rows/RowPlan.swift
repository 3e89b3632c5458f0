/// How a row is put together: the selected nodes of the schema in the order in which they are printed, each followed by what
/// lies in it, and the leaves in that same order, which is the file's.
struct RowPlan {
  /// Node 0 is the row.
  let nodes: [PlanNode]
  /// Where no node is selected, the one column that tells how many rows there are.
  let leaves: [Leaf]
  /// What stands in front of the members' values, one behind the other: `,"name":`.
  let prefixes: [UInt8]
}

/// A node of the plan. Levels are those of Dremel: a value's definition level says how many of the optional and repeated
/// nodes on its path are there, its repetition level at which of the repeated ones a new item begins.
struct PlanNode {
  enum Shape: Equatable {
    case value(ValueKind)
    case structure
    /// One node follows: the items.
    case list
    /// Two nodes follow: the keys and the values.
    case object, pairs
  }

  var shape: Shape
  var isOptional: Bool
  /// The definition level from which it is there.
  let definition: UInt8
  /// Of a list or map: the definition level from which there is an item, and the repetition level of a further one.
  var itemDefinition: UInt8 = 0
  var repetition: UInt8 = 0
  /// Its columns: places among the plan's leaves.
  var firstLeaf = 0
  var endLeaf = 0
  /// The node behind all that lies in it.
  var end = 0
  /// The place of its name, with what stands around it, among the prefixes. Empty where it is no member.
  var prefix = 0
  var prefixLength = 0
  /// How many levels of JSON are open around it.
  var depth = 0
}
