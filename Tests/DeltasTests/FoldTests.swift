import Deltas
import Fields
import Testing

/// What records become, by tables: one object a string, a record a line.
/// Not tested here: which records are malformed (RecordsTests), what a segment makes of the documents (SegmentsTests).
@Suite struct FoldTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let objects: [String]
    var documents: [String] = []
    var ids: Set<String> = []
    var groups: Set<String> = []

    var testDescription: String { name }
  }

  static func records(_ records: String...) -> [String] { [records.joined(separator: "\n")] }

  // MARK: - Groups, moves and deletes

  static let lives: [Case] = [
    Case(name: "no record", objects: records()),
    Case(
      name: "a document alone", objects: records(#"{"id":"a","g":"x","t":"one"}"#),
      documents: [#"{"id":"a","g":"x","t":"one"}"#]),
    Case(
      name: "sorted by group, then id",
      objects: records(
        #"{"id":"a","g":"y"}"#, #"{"id":"c","g":"x"}"#, #"{"id":"b","g":"x"}"#, #"{"id":"bb","g":"x"}"#),
      documents: [
        #"{"id":"b","g":"x"}"#, #"{"id":"bb","g":"x"}"#, #"{"id":"c","g":"x"}"#, #"{"id":"a","g":"y"}"#,
      ]),
    Case(
      name: "objects follow one another",
      objects: [#"{"id":"a","g":"x","t":"one"}"#, "", #"{"id":"a","g":"x","t":"two"}"#],
      documents: [#"{"id":"a","g":"x","t":"two"}"#]),
    Case(
      name: "a move takes the document's values with it",
      objects: records(#"{"id":"a","g":"x","t":"one"}"#, #"{"id":"a","g":"y","n":1}"#),
      documents: [#"{"id":"a","g":"y","t":"one","n":1}"#]),
    Case(
      name: "a move and back",
      objects: records(#"{"id":"a","g":"x"}"#, #"{"id":"a","g":"y"}"#, #"{"id":"a","g":"x"}"#),
      documents: [#"{"id":"a","g":"x"}"#]),
    Case(
      name: "a move leaves what is the group's",
      objects: records(#"{"id":"a","g":"x","k":"of x"}"#, #"{"id":"a","g":"y"}"#, #"{"id":"b","g":"x"}"#),
      documents: [#"{"id":"b","g":"x","k":"of x"}"#, #"{"id":"a","g":"y"}"#]),
    Case(
      name: "a delete by id", objects: records(#"{"id":"a","g":"x"}"#, #"{"id":"a","_delete":true}"#),
      ids: ["a"]),
    Case(
      name: "a delete by id of what is not there", objects: records(#"{"id":"a","g":"x","_delete":true}"#),
      ids: ["a"]),
    Case(
      name: "a delete that says false is none",
      objects: records(#"{"id":"a","g":"x","_delete":false,"t":"one"}"#),
      documents: [#"{"id":"a","g":"x","t":"one"}"#]),
    Case(
      name: "a revived document has forgotten what it was",
      objects: records(
        #"{"id":"a","g":"x","t":"one","n":1}"#, #"{"id":"a","_delete":true}"#, #"{"id":"a","g":"x","n":2}"#),
      documents: [#"{"id":"a","g":"x","n":2}"#]),
    Case(
      name: "a delete's own values count for nothing",
      objects: records(#"{"id":"a","g":"x","k":"lost","t":"lost","_delete":true}"#, #"{"id":"b","g":"x"}"#),
      documents: [#"{"id":"b","g":"x"}"#], ids: ["a"]),
    Case(
      name: "what a deleted document said of its group stays",
      objects: records(
        #"{"id":"a","g":"x","k":"kept"}"#, #"{"id":"a","_delete":true}"#, #"{"id":"b","g":"x"}"#),
      documents: [#"{"id":"b","g":"x","k":"kept"}"#], ids: ["a"]),
    Case(
      name: "a delete by group",
      objects: records(#"{"id":"a","g":"x"}"#, #"{"id":"b","g":"x"}"#, #"{"g":"x","_delete":true}"#),
      ids: ["a", "b"], groups: ["x"]),
    Case(
      name: "a delete of a group that is not there", objects: records(#"{"g":"x","_delete":true}"#),
      groups: ["x"]),
    Case(
      name: "a revived group has forgotten what it was",
      objects: records(
        #"{"id":"a","g":"x","t":"one","k":"lost"}"#, #"{"id":"b","g":"x"}"#, #"{"g":"x","_delete":true}"#,
        #"{"id":"a","g":"x","n":1}"#),
      documents: [#"{"id":"a","g":"x","n":1}"#], ids: ["b"]),
    Case(
      name: "a group's values alone do not revive it",
      objects: records(#"{"g":"x","_delete":true}"#, #"{"g":"x","k":"value"}"#), groups: ["x"]),
    Case(
      name: "a delete of the group that a document has left",
      objects: records(
        #"{"id":"a","g":"x","t":"one"}"#, #"{"id":"a","g":"y"}"#, #"{"g":"x","_delete":true}"#),
      documents: [#"{"id":"a","g":"y","t":"one"}"#], groups: ["x"]),
    Case(
      name: "a delete of the group before the document leaves it",
      objects: records(
        #"{"id":"a","g":"x","t":"one"}"#, #"{"g":"x","_delete":true}"#, #"{"id":"a","g":"y","n":1}"#),
      documents: [#"{"id":"a","g":"y","n":1}"#], groups: ["x"]),
    Case(
      name: "a delete of the group that a document has come to",
      objects: records(#"{"id":"a","g":"x"}"#, #"{"id":"a","g":"y"}"#, #"{"g":"y","_delete":true}"#),
      ids: ["a"], groups: ["y"]),
    Case(
      name: "a delete of a group before its document comes",
      objects: records(#"{"g":"x","_delete":true}"#, #"{"id":"a","g":"x"}"#),
      documents: [#"{"id":"a","g":"x"}"#]),
    Case(
      name: "a group without documents is not there", objects: records(#"{"g":"x","k":"value"}"#)),
    Case(
      name: "members come in the order of the fields file",
      objects: records(#"{"n":1,"other":[1],"t":"one","g":"x","id":"a"}"#),
      documents: [#"{"id":"a","g":"x","t":"one","n":1}"#]),
    Case(
      name: "names are written as JSON", objects: records(#"{"id":"a\"\\\u0007\u00e9/\n","g":"x\u007f\t"}"#),
      documents: [#"{"id":"a\"\\\u0007é/\n","g":"x\u007f\t"}"#]),
    Case(
      name: "a name can be a whole number", objects: records(#"{"id":7,"g":70e-1}"#),
      documents: [#"{"id":"7","g":"7"}"#]),
  ]

  @Test(arguments: lives) func `documents live and die in slice order`(_ life: Case) throws {
    let fields = try fields("id id", "g group", "t text", "n number", "k keyword group")
    #expect(try Folded.of(life.objects, fields) == life.folded)
  }

  // MARK: - Merges

  static let merges: [(field: String, values: [String], result: String?)] = [
    ("v text", [#""a""#, #""b""#], #""b""#),
    ("v text", [#""a""#, "null"], nil),
    ("v text", ["null", #""a""#], #""a""#),
    ("v text", [#"["a","b"]"#], #"["a","b"]"#),
    ("v text - first", ["null", #""a""#, #""b""#, "null"], #""a""#),
    ("v keyword - first", ["null"], nil),
    ("v keyword", ["1.50", "true"], #""true""#),
    ("v keyword", ["1.50"], #""1.50""#),
    ("v keyword - min", [#""b""#, #""a\u0000""#, #""a""#, "null"], #""a""#),
    ("v keyword - min", [#"["c","b"]"#, #""d""#], #""b""#),
    ("v keyword - max", [#""b""#, #"["bb","a"]"#], #""bb""#),
    ("v keyword - max", ["[]"], nil),
    // By the bytes of the strings, not of their JSON: a quote comes before a letter, its escape behind.
    ("v keyword - min", [#""a""#, #""\"""#], #""\"""#),
    ("v keyword - union", [#""b""#, #"["a","b"]"#, "null", #""a""#], #"["a","b"]"#),
    ("v keyword - union", [#"["a","\"","\\","\u000a"]"#], #"["\n","\"","\\","a"]"#),
    ("v keyword - union", ["[]"], "[]"),
    ("v keyword - union", ["null"], nil),
    ("v text - union", [#""one two""#, #""one""#], #"["one","one two"]"#),
    ("v number", ["1", "2.5"], "2.5"),
    ("v number", ["1", "null"], nil),
    ("v number - first", ["null", "1", "2"], "1"),
    ("v number - sum", ["1", "null", "2.5", "-4"], "-0.5"),
    ("v number - sum", ["0.1", "0.2"], "0.30000000000000004"),
    ("v number - sum", ["1e16", "1", "1", "-1e16"], "0"),
    ("v number - sum", ["1e308", "1e308"], "1.7976931348623157e+308"),
    ("v number - min", ["3", "-2", "7"], "-2"),
    ("v number - max", ["3", "null", "7", "-2"], "7"),
    ("v stored", [#"{"b":[1.50, "x"], "a":null}"#], #"{"b":[1.50,"x"],"a":null}"#),
    ("v stored", ["true", "null"], nil),
    ("v stored - first", ["[ ]", "1"], "[]"),
  ]

  @Test(arguments: merges)
  func `values merge in slice order`(_ field: String, _ values: [String], _ result: String?) throws {
    let expected = #"{"id":"a""# + (result.map { #","v":"# + $0 } ?? "") + "}"
    let objects = values.map { #"{"id":"a","v":"# + $0 + "}" }
    #expect(try Folded.of(objects, try fields("id id", field)).documents == [expected])
  }

  @Test(arguments: merges)
  func `values merge in the same way for a group`(_ field: String, _ values: [String], _ result: String?)
    throws
  {
    let member = result.map { #","v":"# + $0 } ?? ""
    let expected = ["a", "b"].map { #"{"id":"\#($0)","g":"x"\#(member)}"# }
    // By records of both documents, and by those that speak of the group alone.
    let objects =
      [#"{"id":"a","g":"x"}"#, #"{"id":"b","g":"x"}"#]
      + values.enumerated().map { index, value in
        #"{\#(["", #""id":"a","#, #""id":"b","#][index % 3])"g":"x","v":\#(value)}"#
      }
    let scoped = field.split(separator: " ").enumerated().map { $0 == 2 ? "group" : String($1) }
    let line = (scoped + (scoped.count == 2 ? ["group"] : [])).joined(separator: " ")
    #expect(
      try Folded.of([objects.joined(separator: "\n")], try fields("id id", "g group", line)).documents
        == expected
    )
  }

  @Test func `each value of a field is searched`() throws {
    let fields = try fields("id id", "t text", "k keyword - union", "n number", "s stored")
    let record = #"{"id":"a","t":["one \"two\"","three"],"k":["b","a\\"],"n":2,"s":"not"}"#
    var collector = Collector()
    try fold([record], fields, into: &collector)
    #expect(collector.names == ["a/a"])
    #expect(
      collector.added == [
        [#"1:text:one "two""#, "1:text:three", #"2:keyword:a\"#, "2:keyword:b", "3:number:2.0"]
      ])
  }
}

extension FoldTests.Case {
  var folded: Folded { Folded(documents: documents, deletedIDs: ids, deletedGroups: groups) }
}
