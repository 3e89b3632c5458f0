import Bytes
import ParquetForge
import Testing

@testable import Parquet

// Not tested here: which of the forms of lists and maps a schema has: that is for the rows to know.

private func schema(_ nodes: [[Int: Thrift]], members: Int) throws -> Schema {
  try ParquetFile(ArrayBytes(ForgedFile(nodes, members: members, groups: []).bytes)).schema
}

private func logical(_ leaf: [Int: Thrift]) throws -> LogicalType? {
  try schema([leaf], members: 1).leaves[0].logical
}

private func unit(_ id: Int, isUTC: Bool = true) -> Thrift {
  .structure([1: .bool(isUTC), 2: .structure([id: .empty])])
}

/// A leaf and what it means.
private struct Meaning: Sendable, CustomStringConvertible {
  let leaf: [Int: Thrift]
  let logical: LogicalType?

  init(
    _ logical: LogicalType?, _ type: Int, length: Int? = nil, converted: Int? = nil,
    _ field: [Int: Thrift]? = nil
  ) {
    leaf = Forged.leaf("c", type, length: length, converted: converted, logical: field)
    self.logical = logical
  }

  var description: String { "\(logical.map { "\($0)" } ?? "nothing")" }

  static let all = [
    Meaning(nil, 6), Meaning(nil, 6, [:]),
    Meaning(.string, 6, converted: 0), Meaning(.string, 6, [1: .empty]),
    Meaning(.enum, 6, converted: 4), Meaning(.enum, 6, [4: .empty]),
    Meaning(.json, 6, converted: 19), Meaning(.json, 6, [12: .empty]),
    Meaning(.bson, 6, converted: 20), Meaning(.bson, 6, [13: .empty]),
    Meaning(.date, 1, converted: 6), Meaning(.date, 1, [6: .empty]),
    Meaning(.time(.milliseconds, isUTC: true), 1, converted: 7),
    Meaning(.time(.microseconds, isUTC: true), 2, converted: 8),
    Meaning(.time(.nanoseconds, isUTC: false), 2, [7: unit(3, isUTC: false)]),
    Meaning(.timestamp(.milliseconds, isUTC: true), 2, converted: 9),
    Meaning(.timestamp(.microseconds, isUTC: true), 2, converted: 10),
    Meaning(.timestamp(.microseconds, isUTC: false), 2, converted: 10, [8: unit(2, isUTC: false)]),
    Meaning(.timestamp(.nanoseconds, isUTC: true), 2, [8: unit(3)]),
    Meaning(.integer(bits: 8, isSigned: false), 1, converted: 11),
    Meaning(.integer(bits: 64, isSigned: false), 2, converted: 14),
    Meaning(.integer(bits: 8, isSigned: true), 1, converted: 15),
    Meaning(.integer(bits: 64, isSigned: true), 2, converted: 18),
    Meaning(.integer(bits: 16, isSigned: false), 1, [10: .structure([1: .int8(16), 2: .bool(false)])]),
    Meaning(.interval, 7, length: 12, converted: 21),
    Meaning(.uuid, 7, length: 16, [14: .empty]), Meaning(.float16, 7, length: 2, [15: .empty]),
    Meaning(.unknown, 1, [11: .empty]),
    Meaning(.decimal(precision: 9, scale: 2), 1, [5: .structure([1: .int32(2), 2: .int32(9)])]),
    Meaning(.other("VARIANT"), 6, [16: .empty]), Meaning(.other("GEOMETRY"), 6, [17: .empty]),
    Meaning(.other("logical type 99"), 6, converted: 0, [99: .empty]),
    Meaning(.other("converted type 22"), 6, converted: 22),
    Meaning(.other("TIME of an unknown unit"), 2, [7: unit(4)]),
    Meaning(.other("uuid of fixedLengthByteArray"), 7, length: 15, [14: .empty]),
    Meaning(.other("string of int32"), 1, converted: 0),
    Meaning(.other("list of int32"), 1, converted: 3),
    Meaning(
      .other("decimal(precision: 2, scale: 3) of int32"), 1, [5: .structure([1: .int32(3), 2: .int32(2)])]),
  ]
}

@Suite struct `A schema` {
  @Test(arguments: Meaning.all)
  fileprivate func `says what values mean`(meaning: Meaning) throws {
    #expect(try logical(meaning.leaf) == meaning.logical)
  }

  @Test func `of an old decimal has its digits beside it`() throws {
    var leaf = Forged.leaf("c", 6, converted: 5)
    leaf[7] = .int32(3)
    leaf[8] = .int32(12)
    #expect(try logical(leaf) == .decimal(precision: 12, scale: 3))
  }

  @Test func `is a tree with levels`() throws {
    let nodes = [
      Forged.leaf("id", 2),
      Forged.group("tags", 1, Forged.optional, converted: 3),
      Forged.group("list", 1, Forged.repeated),
      Forged.leaf("element", 6, Forged.optional, converted: 0),
      Forged.group("map", 1, Forged.optional, converted: 2),
      Forged.group("pairs", 2, Forged.repeated, converted: 2),
      Forged.leaf("key", 6),
      Forged.leaf("value", 1, Forged.repeated),
    ]
    let schema = try schema(nodes, members: 3)
    #expect(
      schema.leaves.map { $0.path.joined(separator: ".") }
        == ["id", "tags.list.element", "map.pairs.key", "map.pairs.value"])
    #expect(schema.leaves.map(\.maxDefinition) == [0, 3, 2, 3])
    #expect(schema.leaves.map(\.maxRepetition) == [0, 1, 1, 2])
    #expect(schema.leaves.map(\.index) == [0, 1, 2, 3])
    #expect(schema.nodes.map(\.logical) == [nil, .list, .map])
    guard case .group(let pairs) = schema.nodes[2].content else { return #expect(Bool(false)) }
    #expect(pairs.map(\.logical) == [nil] && pairs[0].maxRepetition == 1)
  }

  @Test func `that is no tree is refused`() {
    let broken = "the tree of its schema is damaged"
    let leaf = Forged.leaf("c", 1)
    #expect(refusal { try schema([leaf], members: 2) } == broken)
    #expect(refusal { try schema([leaf], members: -1) } == broken)
    #expect(refusal { try schema([Forged.group("g", 2), leaf], members: 1) } == broken)
    #expect(refusal { try schema([Forged.group("g", Int(Int32.max)), leaf], members: 1) } == broken)
    let deep = (0..<70).map { _ in Forged.group("g", 1) } + [leaf]
    #expect(refusal { try schema(deep, members: 1) } == broken)
    #expect(
      refusal { try schema([Forged.leaf("c", 1, 3)], members: 1) }
        == "its schema has an unknown repetition, 3")
    #expect(
      refusal { try schema([Forged.leaf("c", 8)], members: 1) }
        == "unsupported: column 'c' is of an unknown type, 8")
    #expect(refusal { try schema([Forged.leaf("c", 7)], members: 1) } == "column 'c' has values of 0 bytes")
    #expect(
      refusal { try schema([Forged.leaf("c", 7, length: -1)], members: 1) }
        == "column 'c' has values of -1 bytes")
    var file = ForgedFile([], groups: [])
    file.elements = []
    #expect(refusal { try ParquetFile(ArrayBytes(file.bytes)) } == "its schema is empty")
    var name = leaf
    name[4] = .binary([0xFF])
    #expect(refusal { try schema([name], members: 1) } == "its footer is damaged")
  }
}
