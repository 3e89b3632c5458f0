import Bytes
import Fields
import Seeded
import Testing

@testable import Records

/// CSV and TSV as NDJSON lines. Not tested here: that other programs write what is read here (Tests/Pipes/73-csv).

/// Lines of NDJSON as they come from an object, `malformed LINE: ...` among them, and the error that ended it.
func lines(of pieces: any RecordPieces) -> [String] {
  var found: [String] = []
  var before = 0
  while true {
    do throws(RecordError) {
      // The line of what can't be cut is the object's.
      before = 0
      guard let piece = try pieces.next() else { return found }
      before = found.count
      var text: [UInt8] = []
      var failure: RecordError?
      do throws(RecordError) {
        try piece.read { content in
          switch content {
          case .lines(let lines): text += lines
          case .malformed(let line, let reason):
            // It stands where its lines begin.
            #expect(text.count { $0 == 0x0A } == line - 1)
            text += Array("malformed \(before + line): \(reason)".utf8)
          }
          return true
        }
      } catch { failure = error }
      let all = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      found += text.isEmpty || text.last == 0x0A ? all.dropLast() : all
      if let failure { throw failure }
    } catch {
      switch error.behind(before) {
      case .unreadable(let line, let reason): return found + ["unreadable \(line): \(reason)"]
      case .malformed(let line, let reason): return found + ["final malformed \(line): \(reason)"]
      case .damaged(let reason): return found + ["damaged: \(reason)"]
      case .source(let failure): return found + ["source: \(failure)"]
      }
    }
  }
}

func csv(
  _ bytes: [UInt8], most: Int = .max, size: Int = 4 << 20, tab: Bool = false, names: [String]? = nil,
  wanted: RecordColumns? = nil, name: String = "x.csv"
) -> [String] {
  lines(
    of: CSVChunks(
      BytesSource(bytes, most: most), name: name, size: size, delimiter: UInt8(ascii: tab ? "\t" : ","),
      names: names, wanted: wanted))
}

func csv(_ text: String, tab: Bool = false, names: [String]? = nil, wanted: RecordColumns? = nil) -> [String]
{
  csv(Array(text.utf8), tab: tab, names: names, wanted: wanted)
}

@Suite struct CSVTests {
  @Test(arguments: [
    ("", []),
    ("\u{FEFF}", []),
    ("\n\r\n", ["", ""]),
    ("a,b", [""]),
    ("a,b\r\n", [""]),
    ("a,b\n1,2\n", ["", #"{"a":"1","b":"2"}"#]),
    ("a,b\r\n1,2", ["", #"{"a":"1","b":"2"}"#]),
    ("\u{FEFF}a,b\n1,2\n", ["", #"{"a":"1","b":"2"}"#]),
    ("\n\na,b\n\n1,2\n\n", ["", "", "", "", #"{"a":"1","b":"2"}"#, ""]),
    ("a\n\n1\n", ["", "", #"{"a":"1"}"#]),
    ("a,b\n,\n", ["", #"{"a":null,"b":null}"#]),
    ("a,b\n,", ["", #"{"a":null,"b":null}"#]),
    ("a,b\n\"\",\"\"\n", ["", #"{"a":"","b":""}"#]),
    ("a\n\"\"", ["", #"{"a":""}"#]),
    ("a,b\n\"x,y\",\"\"\"z\"\"\"\n", ["", #"{"a":"x,y","b":"\"z\""}"#]),
    ("a,b\n\"x\ny\r\nz\",2\n3,4\n", ["", #"{"a":"x\ny\r\nz","b":"2"}"#, "", "", #"{"a":"3","b":"4"}"#]),
    ("\"a\nb\",\"c\"\"d\"\n1,2\n", ["", "", #"{"a\nb":"1","c\"d":"2"}"#]),
    ("a,b\n 1 , 2 \n", ["", #"{"a":" 1 ","b":" 2 "}"#]),
    ("a,b\n\\,\u{7F}\u{1}\t\n", ["", #"{"a":"\\","b":"\u007f\u0001\t"}"#]),
    ("a,b\n\0,\"\0\"\n", ["", #"{"a":"\u0000","b":"\u0000"}"#]),
    ("ä,€\né,\u{1F600}\n", ["", "{\"ä\":\"é\",\"€\":\"\u{1F600}\"}"]),
    ("a;b,c\n1;2,3\n", ["", #"{"a;b":"1;2","c":"3"}"#]),
    ("a,b\n1,\"2\"\r\n", ["", #"{"a":"1","b":"2"}"#]),
    ("a,b\n\"\r\",\"\n\"\n", ["", #"{"a":"\r","b":"\n"}"#, ""]),
    ("a,b\n\"\"\"\",\"\"\"\"\"\"\n", ["", #"{"a":"\"","b":"\"\""}"#]),
  ])
  func `What RFC 4180 allows`(text: String, expected: [String]) {
    for most in [1, 3, .max] {
      for size in [64 << 10, 4 << 20] {
        #expect(csv(Array(text.utf8), most: most, size: size) == expected)
      }
    }
    // A tab in the place of the comma is the same, where there is no other.
    guard !text.contains("\t") else { return }
    let swapped = expected.map { $0.replacing("x,y", with: #"x\ty"#) }
    #expect(csv(text.replacing(",", with: "\t"), tab: true) == swapped)
  }

  @Test(arguments: [
    ("a,b\n1\n3,4\n", ["", "malformed 2: it has 1 field, and the header 2", #"{"a":"3","b":"4"}"#]),
    ("a,b\n1,2,3\n", ["", "malformed 2: it has 3 fields, and the header 2"]),
    (
      "a,b\n1,\"x\ny\",3\n5,6",
      ["", "malformed 2: it has 3 fields, and the header 2", "", #"{"a":"5","b":"6"}"#]
    ),
    ("a,b\n1,2,\n", ["", "malformed 2: it has 3 fields, and the header 2"]),
    ("a,b\n1\r,2\n3,4\n", ["", "malformed 2: a carriage return outside quotes", #"{"a":"3","b":"4"}"#]),
    ("a,b\n1,2\r", ["", "malformed 2: a carriage return outside quotes"]),
    ("a,b\n1,2\r\r\n", ["", "malformed 2: a carriage return outside quotes"]),
    ("a,b\r1,2\r", ["unreadable 1: a carriage return outside quotes"]),
    (
      "a,b\n1,2\nx\"y,2\n3,4\n",
      ["", #"{"a":"1","b":"2"}"#, "unreadable 3: a quote in a field that doesn't begin with one"]
    ),
    (
      "a,b\n1,2\n \"y\",2\n",
      ["", #"{"a":"1","b":"2"}"#, "unreadable 3: a quote in a field that doesn't begin with one"]
    ),
    ("a,b\n\"x\"y,2\n", ["", "unreadable 2: something follows the quote that ends a field"]),
    ("a,b\n\"x\" ,2\n", ["", "unreadable 2: something follows the quote that ends a field"]),
    ("a,b\n\"x\"\r,2\n", ["", "unreadable 2: something follows the quote that ends a field"]),
    ("a,b\n1,\"x\n3,4\n", ["", "unreadable 2: a quote is not closed"]),
    ("a,b\n1,\"", ["", "unreadable 2: a quote is not closed"]),
    ("a,\n1,2\n", ["unreadable 1: a column has no name"]),
    ("a,\"\"\n1,2\n", ["unreadable 1: a column has no name"]),
    ("a,b,a\n1,2,3\n", ["unreadable 1: two columns are named 'a'"]),
    ("\n\"a,b\n1,2\n", ["", "unreadable 2: a quote is not closed"]),
  ])
  func `What is wrong is told with its line`(text: String, expected: [String]) {
    for most in [1, 2, .max] { #expect(csv(Array(text.utf8), most: most) == expected) }
  }

  @Test func `A header that isn't UTF-8 is refused, as that of UTF-16 is`() {
    #expect(csv([0x61, 0xFF, 0x0A]) == ["unreadable 1: not UTF-8"])
    #expect(csv([0xFF, 0xFE, 0x61, 0, 0x0A, 0]) == ["unreadable 1: not UTF-8"])
  }

  @Test func `Names are told apart by their bytes`() {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    #expect(
      csv("\(composed),\(decomposed)\n1,2\n", wanted: RecordColumns([decomposed])) == [
        "", "{\"\(decomposed)\":\"2\"}",
      ])
    #expect(RecordColumns([composed, decomposed]).names.count == 2)
  }

  @Test func `Names that are told make the first row data`() {
    #expect(csv("1,2\n3,4\n", names: ["x", "y"]) == [#"{"x":"1","y":"2"}"#, #"{"x":"3","y":"4"}"#])
    #expect(csv("1\n", names: ["x", "y"]) == ["malformed 1: it has 1 field, and --columns 2"])
    #expect(csv("", names: ["x"]) == [])
  }

  @Test(arguments: [
    ("1", "1"), ("-0", "-0"), ("1.50", "1.50"), ("1e5", "1e5"), ("\"7\"", "7"), ("", "null"),
    ("\"\"", "\"\""),
    ("01", "\"01\""), ("+1", "\"+1\""), (".5", "\".5\""), ("1.", "\"1.\""), ("0x1", "\"0x1\""),
    (" 1", "\" 1\""),
    ("1 ", "\"1 \""), ("NaN", "\"NaN\""), ("1 2", "\"1 2\""), ("true", "\"true\""), ("[1]", "\"[1]\""),
    ("\"1\"\"\"", #""1\"""#), ("1e999", "1e999"),
  ])
  func `A number field is a number where JSON has it as one`(field: String, json: String) {
    let wanted = RecordColumns(made(Field("k", .id), Field("n", .number)))
    #expect(csv("k,n\nx,\(field)\n", wanted: wanted) == ["", "{\"k\":\"x\",\"n\":\(json)}"])
  }

  @Test func `Of all columns only those that are wanted are given, and _delete is true or false`() {
    let wanted = RecordColumns(made(Field("k", .id), Field("t", .text)))
    let text = "x,k,y,_delete,t\n1,a,\"2\n2\",true,7\n1,b,,false,\n1,c,,,x\n1,d,,yes,x\n"
    #expect(
      csv(text, wanted: wanted) == [
        "", #"{"k":"a","_delete":true,"t":"7"}"#, "", #"{"k":"b","_delete":false,"t":null}"#,
        #"{"k":"c","_delete":null,"t":"x"}"#, #"{"k":"d","_delete":"yes","t":"x"}"#,
      ])
    #expect(csv("x,y\n1,2\n", wanted: wanted) == ["", "{}"])
    // A quote that is wrong in a column that nobody wants is wrong all the same.
    #expect(
      csv("k,y\n1,2\"\n", wanted: wanted) == [
        "", "unreadable 2: a quote in a field that doesn't begin with one",
      ])
  }

  @Test(arguments: [("t,u\n1,2\n", nil), ("1,2\n", ["u", "t"])] as [(String, [String]?)])
  func `A column that is needed must be there`(text: String, names: [String]?) {
    for (needed, isThere) in [("t", true), ("T", false), ("typo", false)] {
      let chunks = CSVChunks(
        BytesSource(Array(text.utf8)), name: "x", size: 10, delimiter: UInt8(ascii: ","), names: names,
        wanted: nil, needed: needed)
      #expect((lines(of: chunks) == ["damaged: it has no column '\(needed)'"]) != isThere)
    }
    let nothing = CSVChunks(
      BytesSource(Array("\n".utf8)), name: "x", size: 10, delimiter: UInt8(ascii: ","), names: nil,
      wanted: nil, needed: "t")
    #expect(lines(of: nothing) == [""])
  }

  @Test func `Records are at most 16 MiB long`() {
    let most = 16 << 20
    for (quote, more) in [("\"", 5), ("", 3)].prefix(Sample.rounds(quick: 1, full: 2, long: 2)) {
      let lengths = [most - more, most - more + 1, most + 10_000_000]
      for length in lengths.prefix(Sample.rounds(quick: 2, full: 3, long: 3)) {
        let field = String(repeating: "x", count: length)
        let found = csv("a,b\n1,2\n3,\(quote)\(field)\(quote)\n5,6\n")
        #expect(found[1] == #"{"a":"1","b":"2"}"#)
        if length == most - more {
          #expect(
            found.count == 4 && found[2] == "{\"a\":\"3\",\"b\":\"\(field)\"}"
              && found[3] == #"{"a":"5","b":"6"}"#)
        } else {
          #expect(
            found.dropFirst(2) == ["unreadable 3: a record longer than 16 MiB; or a quote is not closed"])
        }
      }
    }
  }

  /// By a parser that looks at one byte after the other, and knows nothing of pieces.
  @Test func `Random fields come back, wherever the pieces are cut`() {
    var random = SeededRandom(7)
    let alphabet = Array("ab,\"\n\r \\\t'é".unicodeScalars)
    for round in 0..<Sample.rounds(quick: 60, full: 600, long: 6000) {
      let columns = Int.random(in: 1...5, using: &random)
      var text = (0..<columns).map { "c\($0)" }.joined(separator: ",") + "\n"
      var expected: [[String?]] = []
      for _ in 0..<Int.random(in: 0...60, using: &random) {
        let record = (0..<columns).map { _ -> String? in
          if Int.random(in: 0..<8, using: &random) == 0 { return nil }
          let count = Int.random(in: 0..<(round % 10 == 0 ? 3000 : 12), using: &random)
          return String(
            String.UnicodeScalarView((0..<count).compactMap { _ in alphabet.randomElement(using: &random) }))
        }
        // A record of one empty field is an empty line, which is none.
        if columns == 1, record[0] == nil { continue }
        expected.append(record)
        text += record.map { $0.map { spelled($0, &random) } ?? "" }.joined(separator: ",")
        text += Bool.random(using: &random) ? "\n" : "\r\n"
      }
      let bytes = Array(text.utf8)
      let found = csv(bytes, most: Int.random(in: 1...5000, using: &random), size: 64 << 10)
      #expect(found.count == bytes.count { $0 == 0x0A })
      #expect(slowRecords(bytes).dropFirst() == expected[...])
      let records = found.filter { !$0.isEmpty }
      #expect(records == expected.map { json($0) })
    }
  }

  private func spelled(_ field: String, _ random: inout SeededRandom) -> String {
    let needsQuotes = field.isEmpty || field.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
    guard needsQuotes || Bool.random(using: &random) else { return field }
    return "\"" + field.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }

  private func json(_ record: [String?]) -> String {
    let members = record.enumerated().map { index, field in
      var bytes: [UInt8] = []
      if let field { SlowJSON.write(field, to: &bytes) } else { bytes = Array("null".utf8) }
      return "\"c\(index)\":" + String(decoding: bytes, as: UTF8.self)
    }
    return "{" + members.joined(separator: ",") + "}"
  }
}

/// JSON strings with the fewest escapes, written once more.
private enum SlowJSON {
  static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
      case UInt8(ascii: "\r"): bytes += Array("\\r".utf8)
      case UInt8(ascii: "\t"): bytes += Array("\\t".utf8)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// The records of well-formed CSV, field by field; nil for one that is empty and has no quotes.
private func slowRecords(_ bytes: [UInt8]) -> [[String?]] {
  var (records, record, field): ([[String?]], [String?], [UInt8]) = ([], [], [])
  var (isQuoted, isInside, at) = (false, false, 0)
  func end() {
    record.append(field.isEmpty && !isQuoted ? nil : String(decoding: field, as: UTF8.self))
    (field, isQuoted) = ([], false)
  }
  while at < bytes.count {
    let byte = bytes[at]
    at += 1
    if byte == UInt8(ascii: "\"") {
      if isInside, at < bytes.count, bytes[at] == byte {
        field.append(byte)
        at += 1
      } else {
        isInside.toggle()
        isQuoted = true
      }
    } else if isInside {
      field.append(byte)
    } else if byte == UInt8(ascii: ",") {
      end()
    } else if byte == UInt8(ascii: "\n") {
      end()
      records.append(record)
      record = []
    } else if byte != UInt8(ascii: "\r") {
      field.append(byte)
    }
  }
  return records
}
