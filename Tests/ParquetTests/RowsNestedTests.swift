import ParquetForge
import Seeded
import Testing

@testable import Parquet

// Not tested here: schemas and values made at random (RowsRandomTests).

private let list = 3
private let map = 1
private let mapKeyValue = 2
private let text = 0

/// A file of one row group.
private func file(_ nodes: [[Int: Thrift]], members: Int, rows: Int, _ columns: ForgedColumn...) -> ForgedFile
{
  ForgedFile(nodes, members: members, groups: [.init(rows: rows, columns: columns)])
}

@Suite struct `Lists of Parquet` {
  /// null, [], [null], [1, null, 2]
  private let entries: [Entry<Int>] = [
    (0, 0, nil), (0, 1, nil), (0, 2, nil), (0, 3, 1), (1, 2, nil), (1, 3, 2),
  ]

  @Test(arguments: [("list", "element"), ("bag", "array_element"), ("element", "x")])
  func `have three levels, whatever their names`(names: (String, String)) throws {
    let nodes = [
      Forged.group("l", 1, Forged.optional, converted: list), Forged.group(names.0, 1, Forged.repeated),
      Forged.leaf(names.1, 1, Forged.optional),
    ]
    let column = RowColumn.ints(entries, repetition: 1, definition: 3)
    #expect(
      try lines(file(nodes, members: 1, rows: 4, column)) == [
        #"{"l":null}"#, #"{"l":[]}"#, #"{"l":[null]}"#, #"{"l":[1,null,2]}"#,
      ])
  }

  @Test(arguments: [3_400_000, 8_000_000].prefix(Sample.rounds(quick: 0, full: 2, long: 2)))
  fileprivate func `are cut where the row is longer than a record may be`(count: Int) throws {
    let nodes = [
      Forged.group("l", 1, Forged.optional, converted: list), Forged.group("list", 1, Forged.repeated),
      Forged.leaf("element", 1, Forged.optional),
    ]
    let entries = [Entry<Int>(0, 3, 1)] + (0..<count).map { ($0 == 0 ? 0 : 1, 2, nil) } + [(0, 3, 2)]
    let column = RowColumn.ints(entries, repetition: 1, definition: 3)
    let found = try lines(file(nodes, members: 1, rows: 3, column))
    #expect(found.count == 3 && found.first == #"{"l":[1]}"# && found.last == #"{"l":[2]}"#)
    #expect(found[1].utf8.count > 16 << 20 && found[1].utf8.count < 17 << 20)
  }

  @Test(arguments: ["array", "l_tuple"])
  func `have two levels where the name says so`(name: String) throws {
    let nodes = [
      Forged.group("l", 1, Forged.optional, converted: list), Forged.group(name, 1, Forged.repeated),
      Forged.leaf("x", 1, Forged.optional),
    ]
    let column = RowColumn.ints(entries, repetition: 1, definition: 3)
    #expect(
      try lines(file(nodes, members: 1, rows: 4, column)) == [
        #"{"l":null}"#, #"{"l":[]}"#, #"{"l":[{"x":null}]}"#, #"{"l":[{"x":1},{"x":null},{"x":2}]}"#,
      ])
  }

  @Test func `have two levels where the items are no groups, or of several members`() throws {
    let nodes = [
      Forged.group("a", 1, converted: list), Forged.leaf("element", 1, Forged.repeated),
      Forged.group("b", 1, converted: list), Forged.group("element", 2, Forged.repeated), Forged.leaf("x", 1),
      Forged.leaf("y", 1),
    ]
    let one = RowColumn.ints([(0, 1, 1), (1, 1, 2), (0, 0, nil)], repetition: 1, definition: 1)
    let two = RowColumn.ints([(0, 0, nil), (0, 1, 3), (1, 1, 4)], repetition: 1, definition: 1)
    let three = RowColumn.ints([(0, 0, nil), (0, 1, 5), (1, 1, 6)], repetition: 1, definition: 1)
    #expect(
      try lines(file(nodes, members: 2, rows: 2, one, two, three)) == [
        #"{"a":[1,2],"b":[]}"#, #"{"a":[],"b":[{"x":3,"y":5},{"x":4,"y":6}]}"#,
      ])
  }

  @Test func `lie in lists, of two levels and of three`() throws {
    let two = [
      Forged.group("l", 1, converted: list), Forged.group("array", 1, Forged.repeated, converted: list),
      Forged.leaf("array", 1, Forged.repeated),
    ]
    let column = RowColumn.ints(
      [(0, 2, 1), (2, 2, 2), (1, 1, nil), (1, 2, 3), (0, 0, nil)], repetition: 2, definition: 2)
    let expected = [#"{"l":[[1,2],[],[3]]}"#, #"{"l":[]}"#]
    #expect(try lines(file(two, members: 1, rows: 2, column)) == expected)
    let three = [
      Forged.group("l", 1, converted: list), Forged.group("list", 1, Forged.repeated),
      Forged.group("element", 1, converted: list), Forged.group("list", 1, Forged.repeated),
      Forged.leaf("element", 1),
    ]
    #expect(try lines(file(three, members: 1, rows: 2, column)) == expected)
  }

  @Test func `are what is repeated without an annotation`() throws {
    let nodes = [
      Forged.leaf("a", 1, Forged.repeated), Forged.group("b", 1, Forged.repeated),
      Forged.leaf("c", 1, Forged.repeated),
    ]
    let one = RowColumn.ints([(0, 1, 1), (1, 1, 2), (0, 0, nil)], repetition: 1, definition: 1)
    let two = RowColumn.ints([(0, 0, nil), (0, 2, 3), (2, 2, 4), (1, 1, nil)], repetition: 2, definition: 2)
    #expect(
      try lines(file(nodes, members: 2, rows: 2, one, two)) == [
        #"{"a":[1,2],"b":[]}"#, #"{"a":[],"b":[{"c":[3,4]},{"c":[]}]}"#,
      ])
  }

  @Test func `are refused where they have no one repeated member`() throws {
    let cases: [([[Int: Thrift]], Int)] = [
      ([Forged.group("l", 1, converted: list), Forged.leaf("x", 1)], 0),
      (
        [Forged.group("l", 2, converted: list), Forged.leaf("x", 1, Forged.repeated), Forged.leaf("y", 1)], 1
      ),
    ]
    for (nodes, more) in cases {
      let columns = Array(repeating: RowColumn.ints([1]), count: more + 1)
      let file = ForgedFile(nodes, members: 1, groups: [.init(rows: 1, columns: columns)])
      let reason = "column 'l': a list must have one repeated member, and nothing else"
      #expect(throws: ParquetError.damaged(reason)) { try lines(file) }
    }
  }
}

@Suite struct `Maps of Parquet` {
  private func nodes(_ annotation: Int, _ key: [Int: Thrift], _ pair: [Int: Thrift]) -> [[Int: Thrift]] {
    [
      Forged.group("m", 1, Forged.optional, converted: annotation), pair, key,
      Forged.leaf("value", 1, Forged.optional),
    ]
  }

  private let values = RowColumn.ints(
    [(0, 0, nil), (0, 1, nil), (0, 3, 1), (1, 2, nil)], repetition: 1, definition: 3)

  @Test(arguments: [map, mapKeyValue], [nil, mapKeyValue, map])
  func `are objects, whatever they and their pairs are called`(annotation: Int, inner: Int?) throws {
    let nodes = nodes(
      annotation, Forged.leaf("k", 6, converted: text),
      Forged.group("map", 2, Forged.repeated, converted: inner))
    let keys = RowColumn.texts(
      [(0, 0, nil), (0, 1, nil), (0, 2, "a\n"), (1, 2, "")], repetition: 1, definition: 2)
    #expect(
      try lines(file(nodes, members: 1, rows: 3, keys, values)) == [
        #"{"m":null}"#, #"{"m":{}}"#, #"{"m":{"a\n":1,"":null}}"#,
      ])
  }

  @Test func `have the text of numbers and dates as keys`() throws {
    let pair = Forged.group("key_value", 2, Forged.repeated)
    let keys = RowColumn.ints(
      [(0, 0, nil), (0, 1, nil), (0, 2, 7), (1, 2, -1)], repetition: 1, definition: 2)
    let numbers = file(nodes(map, Forged.leaf("key", 1), pair), members: 1, rows: 3, keys, values)
    #expect(try lines(numbers).last == #"{"m":{"7":1,"-1":null}}"#)
    let dates = file(nodes(map, Forged.leaf("key", 1, converted: 6), pair), members: 1, rows: 3, keys, values)
    #expect(try lines(dates).last == #"{"m":{"1970-01-08":1,"1969-12-31":null}}"#)
  }

  @Test func `are arrays of pairs where a key has no text`() throws {
    let pair = Forged.group("key_value", 2, Forged.repeated)
    let keys = RowColumn.texts(
      [(0, 0, nil), (0, 1, nil), (0, 2, "a"), (1, 2, "b")], repetition: 1, definition: 2)
    let file = file(nodes(map, Forged.leaf("key", 6), pair), members: 1, rows: 3, keys, values)
    #expect(
      try lines(file) == [
        #"{"m":null}"#, #"{"m":[]}"#, #"{"m":[{"key":"a","value":1},{"key":"b","value":null}]}"#,
      ])
  }

  @Test func `may have keys that could be null, and are not`() throws {
    let nodes = nodes(
      map, Forged.leaf("key", 6, Forged.optional, converted: text),
      Forged.group("key_value", 2, Forged.repeated))
    func keys(_ second: Entry<String>) -> ForgedColumn {
      RowColumn.texts([(0, 0, nil), (0, 1, nil), (0, 3, "a"), second], repetition: 1, definition: 3)
    }
    #expect(
      try lines(file(nodes, members: 1, rows: 3, keys((1, 3, "b")), values)).last
        == #"{"m":{"a":1,"b":null}}"#)
    #expect(throws: ParquetError.damaged("column 'm.key_value.key', row 3: a key of the map is null")) {
      try lines(file(nodes, members: 1, rows: 3, keys((1, 2, nil)), values))
    }
  }

  @Test func `without values are lists of their keys`() throws {
    let nodes = [
      Forged.group("m", 1, converted: map), Forged.group("key_value", 1, Forged.repeated),
      Forged.leaf("key", 1),
    ]
    let keys = RowColumn.ints([(0, 1, 1), (1, 1, 2), (0, 0, nil)], repetition: 1, definition: 1)
    #expect(try lines(file(nodes, members: 1, rows: 2, keys)) == [#"{"m":[1,2]}"#, #"{"m":[]}"#])
  }

  @Test func `keep their keys when something of their values is selected`() throws {
    let nodes = [
      Forged.group("m", 1, converted: map), Forged.group("key_value", 2, Forged.repeated),
      Forged.leaf("key", 6, converted: text), Forged.group("value", 2), Forged.leaf("x", 1),
      Forged.leaf("y", 1),
    ]
    let keys = RowColumn.texts([(0, 1, "a"), (1, 1, "b")], repetition: 1, definition: 1)
    let numbers = RowColumn.ints([(0, 1, 1), (1, 1, 2)], repetition: 1, definition: 1)
    let file = file(nodes, members: 1, rows: 1, keys, numbers, numbers)
    var selection = RowSelection()
    selection.columns = [["m", "key_value", "value", "y"]]
    #expect(try lines(file, selection) == [#"{"m":{"a":{"y":1},"b":{"y":2}}}"#])
    selection.columns = [["m", "key_value", "key"]]
    #expect(try lines(file, selection) == [#"{"m":["a","b"]}"#])
  }
}

@Suite struct `Structures of Parquet` {
  @Test func `that are null differ from those of nulls`() throws {
    let nodes = [
      Forged.group("s", 2, Forged.optional), Forged.leaf("a", 1, Forged.optional),
      Forged.group("t", 1, Forged.optional), Forged.leaf("b", 1, Forged.optional),
    ]
    let one = RowColumn.ints([(0, 0, nil), (0, 1, nil), (0, 1, nil), (0, 2, 1)], definition: 2)
    let two = RowColumn.ints([(0, 0, nil), (0, 1, nil), (0, 2, nil), (0, 3, 2)], definition: 3)
    #expect(
      try lines(file(nodes, members: 1, rows: 4, one, two)) == [
        #"{"s":null}"#, #"{"s":{"a":null,"t":null}}"#, #"{"s":{"a":null,"t":{"b":null}}}"#,
        #"{"s":{"a":1,"t":{"b":2}}}"#,
      ])
  }

  @Test func `are refused where they are of a type that is not read, when they are selected`() throws {
    let nodes = [
      Forged.leaf("a", 1), Forged.group("v", 1, logical: [16: .empty]), Forged.leaf("metadata", 6),
    ]
    let file = file(nodes, members: 2, rows: 1, RowColumn.ints([1]), RowColumn.texts(["x"]))
    #expect(throws: ParquetError.unsupported("column 'v': VARIANT is not read")) {
      try lines(file)
    }
    var selection = RowSelection()
    selection.columns = [["a"]]
    #expect(try lines(file, selection) == [#"{"a":1}"#])
  }

  @Test func `are refused deeper than JSON may be nested`() throws {
    func nested(_ depth: Int) -> ForgedFile {
      let groups = (0..<depth).map { _ in Forged.group("g", 1) }
      return file(groups + [Forged.leaf("x", 1)], members: 1, rows: 1, RowColumn.ints([1]))
    }
    let deep = String(repeating: #"{"g":"#, count: 63) + #"{"x":1}"# + String(repeating: "}", count: 63)
    #expect(try lines(nested(63)) == [deep])
    #expect(throws: ParquetError.self) { try lines(nested(64)) }
  }
}

@Suite struct `Levels of Parquet that contradict each other` {
  private let contradiction = "the levels of its values contradict each other, or those of another column"

  /// A structure of two numbers that may be null, and so may they.
  private let structure = [
    Forged.group("s", 2, Forged.optional), Forged.leaf("a", 1, Forged.optional),
    Forged.leaf("b", 1, Forged.optional),
  ]
  /// A list of structures of two numbers.
  private let structures = [
    Forged.group("l", 1, converted: list), Forged.group("array", 2, Forged.repeated), Forged.leaf("a", 1),
    Forged.leaf("b", 1),
  ]

  private func expect(_ nodes: [[Int: Thrift]], rows: Int, _ columns: ForgedColumn..., damage: String) {
    let file = ForgedFile(nodes, members: 1, groups: [.init(rows: rows, columns: columns)])
    #expect(throws: ParquetError.damaged(damage)) { try lines(file) }
  }

  @Test func `between the members of a structure are damage`() {
    let here = RowColumn.ints([(0, 1, nil)], definition: 2)
    let missing = RowColumn.ints([(0, 0, nil)], definition: 2)
    expect(structure, rows: 1, here, missing, damage: "column 's.b', row 1: \(contradiction)")
    expect(structure, rows: 1, missing, here, damage: "column 's.b', row 1: \(contradiction)")
  }

  @Test func `between the members of a list's items are damage`() {
    let one = RowColumn.ints([(0, 1, 1)], repetition: 1, definition: 1)
    let two = RowColumn.ints([(0, 1, 1), (1, 1, 2)], repetition: 1, definition: 1)
    let none = RowColumn.ints([(0, 0, nil)], repetition: 1, definition: 1)
    for (a, b) in [(one, two), (two, one), (one, none), (none, one)] {
      expect(structures, rows: 1, a, b, damage: "column 'l.array.b', row 1: \(contradiction)")
    }
  }

  @Test func `between the items of a list are damage`() {
    let nested = [
      Forged.group("l", 1, converted: list), Forged.group("list", 1, Forged.repeated),
      Forged.group("element", 1, Forged.optional, converted: list), Forged.leaf("array", 1, Forged.repeated),
    ]
    let name = "column 'l.list.element.array'"
    for entries: [Entry<Int>] in [
      // An item that isn't there behind one that is; a further item of an inner list that is empty, and of one that is null.
      [(0, 3, 1), (1, 0, nil)], [(0, 2, nil), (2, 3, 1)], [(0, 1, nil), (2, 3, 1)],
    ] {
      let column = RowColumn.ints(entries, repetition: 2, definition: 3)
      expect(nested, rows: 1, column, damage: "\(name), row 1: \(contradiction)")
    }
    let column = RowColumn.ints([(0, 0, nil), (1, 3, 1)], repetition: 2, definition: 3)
    expect(nested, rows: 1, column, damage: "\(name), row 1: it has more rows than its row group")
    expect(nested, rows: 2, column, damage: "\(name), row 2: \(contradiction)")
  }

  @Test func `between columns and their row group are damage`() {
    let nodes = [Forged.leaf("a", 1), Forged.leaf("b", 1)]
    func damage(rows: Int, _ a: [Int], _ b: [Int]) -> String? {
      let columns = [RowColumn.ints(a), RowColumn.ints(b)]
      let file = ForgedFile(nodes, members: 2, groups: [.init(rows: rows, columns: columns)])
      do { _ = try lines(file) } catch ParquetError.damaged(let reason) { return reason } catch {
        return "\(error)"
      }
      return nil
    }
    #expect(damage(rows: 2, [1, 2], [3, 4]) == nil)
    #expect(damage(rows: 2, [1, 2], [3]) == "column 'b', row 2: it has fewer rows than its row group")
    #expect(damage(rows: 1, [1], [3, 4]) == "column 'b', row 1: it has more rows than its row group")
    #expect(damage(rows: 1, [1, 2], [3, 4]) == "column 'a', row 1: it has more rows than its row group")
    #expect(damage(rows: 3, [1, 2], [3, 4]) == "column 'a', row 3: it has fewer rows than its row group")
    #expect(damage(rows: .max, [1, 2], [3, 4]) == "column 'a', row 3: it has fewer rows than its row group")
  }
}
