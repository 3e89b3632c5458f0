extension Schema {
  /// How far groups may lie within each other.
  private static let mostDepth = 64

  /// Builds the tree from the footer's list, whose first is the root.
  init(_ elements: [SchemaElement]) throws(ParquetError) {
    guard let root = elements.first else { throw .damaged("its schema is empty") }
    var builder = SchemaBuilder(elements: elements)
    nodes = try builder.children(of: root, below: SchemaBuilder.Place())
    leaves = builder.leaves
  }

  private struct SchemaBuilder {
    struct Place {
      var path: [String] = []
      var definition = 0
      var repetition = 0
    }

    let elements: [SchemaElement]
    var next = 1
    var leaves: [Leaf] = []

    init(elements: [SchemaElement]) { self.elements = elements }

    mutating func children(of element: SchemaElement, below place: Place) throws(ParquetError) -> [Node] {
      guard (0...elements.count - next).contains(element.children), place.path.count < mostDepth else {
        throw .damaged("the tree of its schema is damaged")
      }
      var nodes: [Node] = []
      for _ in 0..<element.children { nodes.append(try node(below: place)) }
      return nodes
    }

    private mutating func node(below parent: Place) throws(ParquetError) -> Node {
      guard next < elements.count else { throw .damaged("the tree of its schema is damaged") }
      let element = elements[next]
      next += 1
      guard let repetition = Repetition(rawValue: element.repetition) else {
        throw .damaged("its schema has an unknown repetition, \(element.repetition)")
      }
      var place = parent
      place.path.append(element.name)
      place.definition += repetition == .required ? 0 : 1
      place.repetition += repetition == .repeated ? 1 : 0
      let content = try content(of: element, at: place)
      var logical = element.meaning
      if case .leaf(let leaf) = content { logical = leaf.logical }
      return Node(
        name: element.name, repetition: repetition, logical: logical,
        maxDefinition: place.definition, maxRepetition: place.repetition, content: content)
    }

    private mutating func content(of element: SchemaElement, at place: Place) throws(ParquetError)
      -> Node.Content
    {
      guard let type = element.type, element.children == 0 else {
        return .group(try children(of: element, below: place))
      }
      guard let physical = PhysicalType(rawValue: type) else {
        throw .unsupported("\(columnTitle(place.path)) is of an unknown type, \(type)")
      }
      let isFixed = physical == .fixedLengthByteArray
      guard !isFixed || (1...Int(Int32.max)).contains(element.length) else {
        throw .damaged("\(columnTitle(place.path)) has values of \(element.length) bytes")
      }
      let length = isFixed ? element.length : 0
      let leaf = Leaf(
        index: leaves.count, path: place.path, physical: physical, length: length,
        logical: element.meaning?.fitting(physical, length: length),
        maxDefinition: place.definition, maxRepetition: place.repetition)
      leaves.append(leaf)
      return .leaf(leaf)
    }
  }
}

extension Leaf {
  /// As errors name it.
  var title: String { columnTitle(path) }
}

/// What a column is called in errors.
func columnTitle(_ path: [String]) -> String { "column '\(path.joined(separator: "."))'" }
