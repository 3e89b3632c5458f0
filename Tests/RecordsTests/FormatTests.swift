import Bytes
import Parquet
import Testing

@testable import Records

/// What tells the format of an object, and the filter by time. Not tested here: Parquet's own times (RowsTests).
@Suite struct FormatTests {
  @Test(arguments: [
    ("a/b.csv", RecordFormat.Kind.csv), ("b.CSV.gz", .csv), ("b.tsv.zst", .tsv), ("b.csv.gzip", .csv),
    ("b.gz.parquet", .parquet), ("b.parquet", .parquet), ("b.json", .auto), ("b.csv.bz2", .auto),
    ("csv", .auto),
    ("b.csv/part-0", .auto), ("parquet.gz", .auto), ("", .auto),
  ])
  func `A name tells by its end`(name: String, kind: RecordFormat.Kind) {
    #expect(RecordFormat().kind(of: name) == kind)
    var told = RecordFormat()
    told.kind = .tsv
    #expect(told.kind(of: name) == .tsv)
  }

  @Test func `Where a name does not tell, the first bytes do`() {
    #expect(RecordFormat.kind(beginning: "PAR1".utf8) == .parquet)
    #expect(RecordFormat.kind(beginning: "PARE".utf8) == .parquet)
    for text in ["", "PAR", "PAR2", "{}", "a,b"] {
      #expect(RecordFormat.kind(beginning: text.utf8) == .ndjson)
    }
    for most in [1, 2, 3, .max] {
      let source = PeekedSource(BytesSource(Array("PAR1rest".utf8), most: most))
      #expect((try? source.peek(4)) == Array("PAR1".utf8))
      var bytes: [UInt8] = []
      let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 3, alignment: 1)
      defer { chunk.deallocate() }
      while let count = try? source.read(into: chunk), count > 0 { bytes += chunk[..<count] }
      #expect(bytes == Array("PAR1rest".utf8))
    }
  }

  @Test func `A format that is not the default has its own text, and no two have one`() {
    var formats = [RecordFormat()]
    for kind in RecordFormat.Kind.allCases where kind != .auto {
      formats.append(RecordFormat())
      formats[formats.count - 1].kind = kind
    }
    for columns in [["a"], ["a", "b"], ["a b"], ["a time-column=x"]] {
      formats.append(RecordFormat())
      formats[formats.count - 1].columns = columns
    }
    for times in [("a", 1, nil), ("a", nil, 1), ("a", 1, 1), ("a since=1", nil, 1)]
      as [(String, Int64?, Int64?)]
    {
      formats.append(RecordFormat())
      formats[formats.count - 1].times = RowTimes(column: times.0, since: times.1, until: times.2)
    }
    #expect(RecordFormat().canonicalText == "")
    #expect(Set(formats.map(\.canonicalText)).count == formats.count)
  }

  static let day: Int64 = 1_777_852_800  // 2026-05-04T00:00:00Z

  @Test(arguments: [
    (#""2026-05-04T10:05:00Z""#, TimeFilter.Verdict.inside), (#""2026-05-04T09:59:59.999Z""#, .outside),
    (#""2026-05-04T10:00:00Z""#, .inside), (#""2026-05-04T11:00:00Z""#, .outside),
    (#""2026-05-04T10:59:59.999999999Z""#, .inside), (#""2026-05-04T12:05:00+02:00""#, .inside),
    (#""2026-05-04T10:05:00""#, .inside), (#""2026-05-04 10:05:00Z""#, .inside), (#""2026-05-04""#, .outside),
    ("\(day + 36_000)", .inside), ("\(day + 35_999).9", .outside), ("\"\(day + 39_599)\"", .inside),
    ("\(day + 39_600)", .outside), ("null", .outside), ("-1", .outside), ("1e400", .fault("'t' is no time")),
    (#""""#, .fault("'t' is no time")), (#""now""#, .fault("'t' is no time")),
    (#""@1""#, .fault("'t' is no time")),
    (#""2026-02-30""#, .fault("'t' is no time")), ("true", .fault("'t' is no time")),
    ("[1]", .fault("'t' is no time")), (#""0x7fffffff""#, .fault("'t' is no time")),
  ])
  func `A time is in the range or not`(json: String, verdict: TimeFilter.Verdict) {
    let filter = TimeFilter(RowTimes(column: "t", since: Self.day + 36_000, until: Self.day + 39_600))
    for line in ["{\"t\":\(json)}", "{\"a\":[{\"t\":0}], \"\\u0074\" : \(json) }", "{\"t\":0,\"t\":\(json)}"]
    {
      #expect(Array(line.utf8).withUnsafeBytes { filter.judge($0) } == verdict, "\(line)")
    }
  }

  @Test func `A record without the time is left out, and what is none is not judged`() {
    let filter = TimeFilter(RowTimes(column: "t", since: 0, until: nil))
    func judge(_ line: String) -> TimeFilter.Verdict { Array(line.utf8).withUnsafeBytes { filter.judge($0) } }
    #expect(judge("{}") == .outside && judge(#"{"a":{"t":5}}"#) == .outside)
    for line in ["", "[]", "x", "{", #"{"t":1"#, "{\"t\":1}x"] {
      #expect(judge(line) == .inside || line == "{\"t\":1}x", "\(line)")
    }
  }

  @Test func `Empty lines stand for what is left out, in NDJSON and CSV`() {
    let times = RowTimes(column: "t", since: 10, until: 20)
    let json = "{\"t\":5}\n{\"t\":15}\n{\"t\":\"x\"}\n{\"t\":16}\nrubbish\n{\"t\":25}\n{\"t\":17}"
    #expect(
      lines(of: TimedPieces(LineChunks(BytesSource(Array(json.utf8)), name: "x", size: 10), times)) == [
        "", #"{"t":15}"#, "malformed 3: 't' is no time", #"{"t":16}"#, "rubbish", "", #"{"t":17}"#,
      ])
    let text = "t,u\n5,\"a\nb\"\n15,\"c\nd\"\nx,\"e\nf\"\n,1\n16,g\n"
    let chunks = CSVChunks(
      BytesSource(Array(text.utf8)), name: "x", size: 10, delimiter: UInt8(ascii: ","), names: nil,
      wanted: nil)
    #expect(
      lines(of: TimedPieces(chunks, times)) == [
        "", "", "", #"{"t":"15","u":"c\nd"}"#, "", "malformed 6: 't' is no time", "", "",
        #"{"t":"16","u":"g"}"#,
      ])
  }
}
