import Failures
import Testing

@testable import Fields

// Not tested here: what the fields do to records (RecordsTests, DeltasTests).

private func parse(_ text: String) throws(Failure) -> Fields {
  try Fields.parse(Array(text.utf8), name: "ads.fields")
}

@Suite struct `The fields file` {
  @Test func `of the design is read as it stands there`() throws {
    let fields = try parse(
      """
      # name        type      scope   merge
      ad_id         id
      item_id       group
      title         text
      brand         keyword
      price         number
      clicks        number    group   sum
      also_bought   keyword   group   union
      """)
    #expect(
      fields.all == [
        Field("ad_id", .id), Field("item_id", .group), Field("title", .text), Field("brand", .keyword),
        Field("price", .number), Field("clicks", .number, scope: .group, merge: .sum),
        Field("also_bought", .keyword, scope: .group, merge: .union),
      ])
    #expect(fields.id == 0)
    #expect(fields.group == 1)
  }

  @Test(arguments: [
    ("x id", Field("x", .id)),
    ("x id - -", Field("x", .id)),
    ("x id - - -", Field("x", .id)),
    ("\tx  id \r", Field("x", .id)),
    ("x id # y id", Field("x", .id)),
    ("x#y id", Field("x#y", .id)),
    ("naïve-名前 id", Field("naïve-名前", .id)),
    ("$.a[0]\"' id", Field("$.a[0]\"'", .id)),
    ("- id", Field("-", .id)),
  ])
  func `takes the id field`(line: String, field: Field) throws {
    #expect(try parse(line) == Fields(all: [field]))
  }

  @Test(arguments: [
    ("x text", Field("x", .text)),
    ("x text nopositions", Field("x", .text, positions: false)),
    ("x text group nopositions", Field("x", .text, scope: .group, positions: false)),
    ("x text - - nopositions", Field("x", .text, positions: false)),
    ("x text - union", Field("x", .text, merge: .union)),
    ("x text document last -", Field("x", .text)),
    ("x text stem=english", Field("x", .text, stem: "english")),
    (
      "x text group last stem=de nopositions",
      Field("x", .text, scope: .group, positions: false, stem: "german")
    ),
    ("x text - - nopositions stem=fra", Field("x", .text, positions: false, stem: "french")),
    ("x keyword - max", Field("x", .keyword, merge: .max)),
    ("x number group sum", Field("x", .number, scope: .group, merge: .sum)),
    ("x stored group first", Field("x", .stored, scope: .group, merge: .first)),
  ])
  func `takes a line`(line: String, field: Field) throws {
    #expect(try parse("k id\ng group\n\(line)").all[2] == field)
  }

  @Test(arguments: [
    ("k id\nx keywrod", "ads.fields:2: unknown type 'keywrod', did you mean keyword?"),
    ("k id\nx Text", "ads.fields:2: unknown type 'Text', did you mean text?"),
    ("k id\nx txet", "ads.fields:2: unknown type 'txet', did you mean text?"),
    (
      "k id\nx integer",
      "ads.fields:2: unknown type 'integer', it can be id, group, text, keyword, number, stored"
    ),
    ("k id\n\n# c\nx text own", "ads.fields:4: unknown scope 'own', it can be document, group"),
    ("k id\nx text gruop", "ads.fields:2: unknown scope 'gruop', did you mean group?"),
    ("k id\nx number - summ", "ads.fields:2: unknown merge 'summ', did you mean sum?"),
    ("k id\nx", "ads.fields:2: the type of 'x' is missing"),
    (
      "k id\nx text - last noposition",
      "ads.fields:2: 'noposition' is a column too many, did you mean nopositions?"
    ),
    ("k id\nx text - last - -", "ads.fields:2: '-' is a column too many"),
    ("k id\nx number nopositions", "ads.fields:2: nopositions is for fields of type text"),
    ("k id\nx keyword stem=en", "ads.fields:2: stem is for fields of type text"),
    ("k id\n\nx text stem=frensh", "ads.fields:3: there is no stemmer 'frensh', did you mean french?"),
    ("k id\nx text stem=en stem=de", "ads.fields:2: stem is there twice"),
    ("k id document", "ads.fields:1: a field of type id takes no 'document'"),
    ("k id\ng group - last", "ads.fields:2: a field of type group takes no 'last'"),
    (
      "k id\nx text - sum",
      "ads.fields:2: a field of type text can't be merged by sum, but by first, last, union"
    ),
    (
      "k id\nx keyword - sum",
      "ads.fields:2: a field of type keyword can't be merged by sum, but by first, last, union, min, max"
    ),
    (
      "k id\nx number - union",
      "ads.fields:2: a field of type number can't be merged by union, but by first, last, sum, min, max"
    ),
    (
      "k id\nx stored - min",
      "ads.fields:2: a field of type stored can't be merged by min, but by first, last"
    ),
    ("k id\nx text group", "ads.fields:2: scope group, but no field is of type group"),
    ("k id\nx text\ny text\nx number", "ads.fields:4: the name 'x' is there twice"),
    ("k id\n\u{E9} text\ne\u{301} text", "ads.fields:3: the name 'e\u{301}' is there twice"),
    ("k id\nl id", "ads.fields:2: a second field of type id, and exactly one must be"),
    ("k id\ng group\nh group", "ads.fields:3: a second field of type group, and at most one can be"),
    ("x text", "ads.fields: no field is of type id"),
    ("", "ads.fields: no field is of type id"),
    ("# k id", "ads.fields: no field is of type id"),
    ("_delete id", "ads.fields:1: the name _delete is taken: it marks deletes"),
    ("a:b id", "ads.fields:1: the name 'a:b' has a colon in it"),
    ("a\u{1B}[2J id", "ads.fields:1: the name 'a\\u{1b}[2J' has a blank or a control character in it"),
    ("a\u{0} id", "ads.fields:1: the name 'a\\u{0}' has a blank or a control character in it"),
    ("a\u{A0}b id", "ads.fields:1: the name 'a\u{A0}b' has a blank or a control character in it"),
    ("\u{FEFF}a id", "ads.fields:1: the name '\\u{feff}a' has a blank or a control character in it"),
  ])
  func `refuses`(text: String, reason: String) {
    #expect(throws: Failure(.configuration, "cannot read " + reason)) { try parse(text) }
  }

  @Test func `is UTF-8`() {
    #expect(throws: Failure(.configuration, "cannot read ads.fields: it is not UTF-8")) {
      try Fields.parse(Array("k id # \u{E9}".utf8.dropLast()), name: "ads.fields")
    }
  }

  @Test func `has at most 1,024 fields, with names of at most 1,024 bytes`() throws {
    let most = "k id\n" + (1..<1024).map { "f\($0) text\n" }.joined()
    #expect(try parse(most).all.count == 1024)
    #expect(throws: Failure(.configuration, "cannot read ads.fields:1025: more than 1024 fields")) {
      try parse(most + "one-more text\n" + "and more text\n")
    }
    let name = String(repeating: "n", count: 1024)
    #expect(try parse("\(name) id").all[0].name == name)
    #expect(throws: Failure.self) { try parse("\(name)n id") }
  }
}

@Suite struct `One spelling of the fields` {
  @Test func `has all columns, and is read back to the same fields`() throws {
    let fields = try parse(
      "  k  id\ng group\n# c\nt text nopositions\nu text\nn number group sum\ns stored - first")
    #expect(
      fields.canonicalText == """
        k\tid\t-\t-\t-
        g\tgroup\t-\t-\t-
        t\ttext\tdocument\tlast\tnopositions
        u\ttext\tdocument\tlast\t-
        n\tnumber\tgroup\tsum\t-
        s\tstored\tdocument\tfirst\t-

        """)
    #expect(try parse(fields.canonicalText) == fields)
  }

  @Test func `of every type, scope and merge that is allowed is read back to an equal value`() throws {
    var count = 0
    for kind in Field.Kind.allCases {
      for scope in Field.Scope.allCases {
        for merge in Field.Merge.allCases {
          for (positions, stem) in [(true, nil), (false, nil), (true, "dutch"), (false, "tamil")] {
            let field = Field("x", kind, scope: scope, merge: merge, positions: positions, stem: stem)
            let others = [Field("k", .id), Field("g", .group)].filter { $0.kind != kind }
            guard let fields = try? Fields(all: others + [field]) else { continue }
            count += 1
            #expect(try parse(fields.canonicalText) == fields)
          }
        }
      }
    }
    // id, group; text 3 merges, 2 scopes, with and without positions and a stemmer; keyword 5, number 5, stored 2, in 2 scopes.
    #expect(count == 2 + 24 + 24)
  }

  @Test func `gives one hash, whatever the blanks, comments and defaults`() throws {
    #expect(try parse("k id\nt text").hash == parse("#\n k\tid -\r\n\nt text document last - # t").hash)
    #expect(try parse("k id\nt text").hash != parse("k id\nt text nopositions").hash)
  }
}

@Suite struct `Fields made by a program` {
  @Test(arguments: [
    ([], "no field is of type id"),
    ([Field("k", .id, scope: .group), Field("g", .group)], "a field of type id takes no scope and no merge"),
    ([Field("k", .id), Field("n", .number, positions: true)], "only a field of type text has positions"),
    ([Field("a b", .id)], "the name 'a b' has a blank or a control character in it"),
    ([Field("", .id)], "a name is empty"),
    ([Field("#k", .id)], "the name '#k' begins with #"),
  ])
  func `keep the same rules`(all: [Field], reason: String) {
    #expect(throws: Failure(.configuration, "cannot use the fields: \(reason)")) { try Fields(all: all) }
  }
}
