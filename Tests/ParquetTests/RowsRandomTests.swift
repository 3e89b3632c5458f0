import JSON
import ParquetForge
import Seeded
import Testing

@testable import Parquet

// Rows of random schemas, taken apart into columns by what README.md of parquet-format says of levels, and put together by
// the reader. Not tested here: types other than numbers and text; the oldest forms of lists (RowsNestedTests).

/// What a member of a row may be.
private indirect enum Kind {
  case number, text
  case structure([Field])
  /// In three levels, in two, or just repeated.
  case list(Field)
  case shortList(Kind)
  case bareList(Kind)
  case map(key: Kind, value: Field)
}

private struct Field {
  let kind: Kind
  let isOptional: Bool
}

/// A node of the file's schema.
private final class RawNode {
  let name: String
  let repetition: Int
  let annotation: Int?
  let children: [RawNode]
  /// Of a leaf.
  let isText: Bool
  var entries: [(repetition: Int, definition: Int, value: [UInt8]?)] = []

  init(
    _ name: String, _ repetition: Int, annotation: Int? = nil, isText: Bool = false,
    _ children: [RawNode] = []
  ) {
    (self.name, self.repetition, self.annotation) = (name, repetition, annotation)
    (self.isText, self.children) = (isText, children)
  }

  var leaves: [RawNode] { children.isEmpty ? [self] : children.flatMap(\.leaves) }

  var elements: [[Int: Thrift]] {
    if children.isEmpty {
      return [Forged.leaf(name, isText ? 6 : 1, repetition, converted: isText ? 0 : nil)]
    }
    return [Forged.group(name, children.count, repetition, converted: annotation)]
      + children.flatMap(\.elements)
  }

  /// The greatest levels of each leaf.
  func greatest(_ above: (repetition: Int, definition: Int) = (0, 0)) -> [(repetition: Int, definition: Int)]
  {
    let here = (
      above.repetition + (repetition == Forged.repeated ? 1 : 0),
      above.definition + (repetition == Forged.required ? 0 : 1)
    )
    return children.isEmpty ? [here] : children.flatMap { $0.greatest(here) }
  }
}

/// What a node of the schema has in one place.
private indirect enum RawValue {
  case missing
  case value([UInt8])
  case group([RawValue])
  case items([RawValue])
}

extension RawNode {
  /// Adds the value to the columns. `levels` are those of the place, `depth` the repeated nodes above it.
  func shred(_ value: RawValue, repetition: Int = 0, definition: Int = 0, depth: Int = 0) {
    switch (self.repetition, value) {
    case (Forged.required, _): shredHere(value, repetition, definition, depth)
    case (Forged.optional, .missing): skip(repetition, definition)
    case (Forged.optional, _): shredHere(value, repetition, definition + 1, depth)
    case (_, .items(let items)):
      if items.isEmpty { skip(repetition, definition) }
      for (place, item) in items.enumerated() {
        shredHere(item, place == 0 ? repetition : depth + 1, definition + 1, depth + 1)
      }
    default: Issue.record("a value that its schema does not allow")
    }
  }

  private func skip(_ repetition: Int, _ definition: Int) {
    for leaf in leaves { leaf.entries.append((repetition, definition, nil)) }
  }

  private func shredHere(_ value: RawValue, _ repetition: Int, _ definition: Int, _ depth: Int) {
    switch value {
    case .value(let bytes): entries.append((repetition, definition, bytes))
    case .group(let values):
      for (child, value) in zip(children, values) {
        child.shred(value, repetition: repetition, definition: definition, depth: depth)
      }
    default: Issue.record("a value that its schema does not allow")
    }
  }
}

private final class Dice {
  private var random: SeededRandom

  init(_ seed: UInt64) { random = SeededRandom(seed) }

  func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  func coin() -> Bool { roll(0...1) == 0 }
  func many<Value>(_ most: Int = 3, _ make: () -> Value) -> [Value] {
    (0..<roll(0...most)).map { _ in make() }
  }
}

extension Kind {
  static func random(_ depth: Int, _ dice: Dice) -> Kind {
    switch depth == 0 ? dice.roll(0...1) : dice.roll(0...6) {
    case 0: .number
    case 1: .text
    case 2: .list(.random(depth - 1, dice))
    case 3: .shortList(random(depth - 1, dice))
    case 4: .map(key: dice.coin() ? .number : .text, value: .random(depth - 1, dice))
    default: .structure(members(depth, dice))
    }
  }

  static func members(_ depth: Int, _ dice: Dice) -> [Field] {
    (0..<dice.roll(1...3)).map { _ in
      let field = Field.random(depth - 1, dice)
      return dice.roll(0...5) == 0 ? Field(kind: .bareList(field.kind), isOptional: false) : field
    }
  }

  func node(_ name: String, _ repetition: Int) -> RawNode {
    switch self {
    case .number: return RawNode(name, repetition)
    case .text: return RawNode(name, repetition, isText: true)
    case .structure(let fields): return RawNode(name, repetition, Field.nodes(fields))
    case .list(let field):
      let items = RawNode("list", Forged.repeated, [field.node("element")])
      return RawNode(name, repetition, annotation: 3, [items])
    case .shortList(let kind):
      return RawNode(name, repetition, annotation: 3, [kind.node("array", Forged.repeated)])
    case .bareList(let kind): return kind.node(name, Forged.repeated)
    case .map(let key, let value):
      let pairs = [key.node("key", Forged.required), value.node("value")]
      return RawNode(name, repetition, annotation: 1, [RawNode("key_value", Forged.repeated, pairs)])
    }
  }

  /// A random value, as the columns have it and as JSON.
  func value(_ dice: Dice) -> (raw: RawValue, json: JSONValue) {
    switch self {
    case .number:
      let number = dice.roll(-1000...1000)
      return (.value(littleEndian(Int32(number))), .number(number))
    case .text:
      let text = ["", "a", "some \"text\"", "é\n"][dice.roll(0...3)]
      return (.value(littleEndian(UInt32(text.utf8.count)) + Array(text.utf8)), .string(text))
    case .structure(let fields): return Field.values(fields, dice)
    case .list(let field):
      let values = dice.many { field.value(dice) }
      return (.group([.items(values.map { .group([$0.raw]) })]), .array(values.map(\.json)))
    case .shortList(let kind):
      let values = dice.many { kind.value(dice) }
      return (.group([.items(values.map(\.raw))]), .array(values.map(\.json)))
    case .bareList(let kind):
      let values = dice.many { kind.value(dice) }
      return (.items(values.map(\.raw)), .array(values.map(\.json)))
    case .map(let key, let value):
      let pairs = dice.many { (key: key.value(dice), value: value.value(dice)) }
      let members = pairs.map { JSONValue.Member($0.key.json.string ?? $0.key.json.text, $0.value.json) }
      return (.group([.items(pairs.map { .group([$0.key.raw, $0.value.raw]) })]), .object(members))
    }
  }
}

extension Field {
  static func random(_ depth: Int, _ dice: Dice) -> Field {
    Field(kind: .random(max(depth, 0), dice), isOptional: dice.coin())
  }

  static func nodes(_ fields: [Field]) -> [RawNode] { fields.enumerated().map { $1.node("m\($0)") } }

  static func values(_ fields: [Field], _ dice: Dice) -> (raw: RawValue, json: JSONValue) {
    let values = fields.map { $0.value(dice) }
    let members = values.enumerated().map { JSONValue.Member("m\($0)", $1.json) }
    return (.group(values.map(\.raw)), .object(members))
  }

  func node(_ name: String) -> RawNode { kind.node(name, isOptional ? Forged.optional : Forged.required) }

  func value(_ dice: Dice) -> (raw: RawValue, json: JSONValue) {
    isOptional && dice.roll(0...3) == 0 ? (.missing, .null) : kind.value(dice)
  }
}

/// A row group of a random schema, and the lines that its rows are.
private struct RandomRows {
  let file: ForgedFile
  let lines: [String]

  /// With `damage`, levels of so many entries of each column are others.
  init(_ dice: Dice, damage: Int = 0) {
    let fields = Kind.members(dice.roll(1...5), dice)
    let schema = RawNode("schema", Forged.required, Field.nodes(fields))
    let rows = (0..<dice.roll(1...60)).map { _ in Field.values(fields, dice) }
    for row in rows { schema.shred(row.raw) }
    let perPage = dice.roll(1...20)
    let columns = zip(schema.leaves, schema.greatest()).map { leaf, greatest in
      for _ in 0..<damage { leaf.damage(dice.roll(0...leaf.entries.count - 1), greatest, dice) }
      let type = leaf.isText ? 6 : 1
      return RowColumn.column(type, leaf.entries, greatest.repetition, greatest.definition, perPage)
    }
    lines = rows.map(\.json.text)
    file = ForgedFile(
      schema.children.flatMap(\.elements), members: fields.count,
      groups: [.init(rows: rows.count, columns: columns)])
  }
}

extension RawNode {
  fileprivate func damage(_ place: Int, _ greatest: (repetition: Int, definition: Int), _ dice: Dice) {
    let definition = dice.roll(0...greatest.definition)
    // The first is left alone: a column that begins within a row is refused before there are rows.
    let repetition = place == 0 ? 0 : dice.roll(0...greatest.repetition)
    let value = definition == greatest.definition ? entries[place].value ?? [0, 0, 0, 0] : nil
    entries[place] = (repetition, definition, value)
  }
}

@Suite struct `Rows of random schemas` {
  @Test(arguments: 0..<Sample.rounds(quick: 150, full: 1500, long: 20_000))
  func `are put together as they were taken apart`(seed: Int) throws {
    let dice = Dice(UInt64(seed))
    let rows = RandomRows(dice)
    #expect(try lines(rows.file, size: dice.roll(1...300)) == rows.lines)

    var selection = RowSelection()
    selection.deleted = rows.lines.indices.filter { _ in dice.coin() }
    let deleted = Set(selection.deleted)
    let expected = rows.lines.enumerated().map { deleted.contains($0) ? "" : $1 }
    #expect(try lines(rows.file, selection) == expected)
  }

  /// Not every change is seen: a null may have become a value.
  @Test func `whose levels are damaged are JSON still, or errors that name column and row`() throws {
    var errors = 0
    let rounds = Sample.rounds(quick: 100, full: 1500, long: 30_000)
    for seed in 0..<rounds {
      let rows = RandomRows(Dice(UInt64(seed)), damage: 1)
      do throws(ParquetError) {
        let damaged = try parquetLines(rows.file)
        #expect(damaged.count == rows.lines.count)
        for line in damaged { #expect((try? JSONValue.parse(line)) != nil) }
      } catch {
        errors += 1
        guard case .damaged(let reason) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(reason.hasPrefix("column 'm"))
      }
    }
    #expect(errors > rounds / 4)
  }
}

private func parquetLines(_ file: ForgedFile) throws(ParquetError) -> [String] {
  do { return try lines(file) } catch let error as ParquetError { throw error } catch { return [] }
}
