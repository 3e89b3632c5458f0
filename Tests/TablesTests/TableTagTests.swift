import Bytes
import JSON
import Testing

@testable import Tables

@Suite struct TableTagTests {
  static let tags: [TableTag] = [
    TableTag(modified: 0, columns: [], deleted: nil),
    TableTag(
      modified: -5, columns: [.init("region", "eu"), .init("hour", 10), .init("x", .null)], deleted: nil),
    TableTag(modified: 1_763_772_000_000, columns: [.init("a\t\"b", "new\nline")], deleted: nil),
    TableTag(
      modified: 1, columns: [.init("dt", "2026-05-04")],
      deleted: .init(place: .inline("wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L"), bytes: 40, rows: 6)
    ),
    TableTag(
      modified: Int64.max, columns: [],
      deleted: .init(
        place: .file(.s3(bucket: "b", key: Array("t/a b%.bin".utf8)), offset: 1), bytes: 36, rows: 2)),
  ]

  @Test(arguments: tags) func `A tag is read as it was written`(_ tag: TableTag) {
    #expect(TableTag(tag.text) == tag)
  }

  @Test func `A tag is spelled as its description says`() {
    let place = TableTag.Deleted.Place.file(.s3(bucket: "b", key: Array("t/v.bin".utf8)), offset: 1)
    let tag = TableTag(
      modified: 1_763_772_000_000, columns: [.init("region", "eu"), .init("hour", 10)],
      deleted: .init(place: place, bytes: 36, rows: 2))
    #expect(
      tag.text == #"delta:{"modified":1763772000000,"columns":{"region":"eu","hour":10},"#
        + #""deleted":{"file":"s3://b/t/v.bin","offset":1,"bytes":36,"rows":2}}"#)
    #expect(TableTag(modified: 3, columns: [], deleted: nil).text == #"delta:{"modified":3}"#)
  }

  @Test(arguments: [
    "", "9b2cf535f27731c9", "1f-17a", "delta:", "delta:{", "delta:{}", "delta:[]", #"{"modified":1}"#,
    #"delta:{"modified":"1"}"#, #"delta:{"modified":1.5}"#, #"delta:{"modified":99999999999999999999}"#,
    #"delta:{"modified":1,"columns":[]}"#, #"delta:{"modified":1,"deleted":{}}"#,
    #"delta:{"modified":1,"deleted":{"file":"","offset":1,"bytes":1,"rows":1}}"#,
    #"delta:{"modified":1,"deleted":{"file":"a","offset":-1,"bytes":1,"rows":1}}"#,
    #"delta:{"modified":1,"deleted":{"file":"a","bytes":1,"rows":1}}"#,
    #"delta:{"modified":1,"deleted":{"inline":"a","bytes":-1,"rows":1}}"#,
    #"delta:{"modified":1}}"#,
  ])
  func `What is no table's tag is none`(_ text: String) { #expect(TableTag(text) == nil) }
}
