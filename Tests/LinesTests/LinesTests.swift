// Not tested here: what the tools do with the lines (ToolTests), hostile locations as such (BytesTests).

import Bytes
import Failures
import Glibc
import Lines
import Seeded
import Testing

private let stream = """
  #list\turi=s3://b/ads\tlayout=dt=%25Y-%25m-%25d\tevery=300\tafter=
  2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t48213\t9b2cf535f27731c9\ts3://bucket/ads/a%20b
  2026-05-04T10:10:00Z\t2026-05-04T10:12:00Z\t0\tx\t/tmp/é%09%FF
  #end\tlines=2

  """

private func parse(_ text: String) throws(Failure) -> Batch? {
  try Batch.parse(Array(text.utf8), name: "test")
}

@Suite("A stream of lines")
struct BatchTests {
  @Test func `is read, receipts and objects`() throws {
    let batch = try #require(try parse(stream))
    #expect(batch.receipts.map(\.word) == ["list"])
    #expect(batch.receipt("list")?["layout"] == "dt=%Y-%m-%d")
    #expect(batch.receipt("list")?["after"] == "")
    #expect(batch.receipt("list")?["nothing"] == nil)
    #expect(batch.objects.map(\.bytes) == [48213, 0])
    #expect(batch.objects[0].location == .s3(bucket: "bucket", key: Array("ads/a b".utf8)))
    #expect(batch.objects[1].location == .local(path: Array("/tmp/é\t".utf8) + [0xFF]))
  }

  @Test func `is printed as it was read`() throws {
    let batch = try #require(try parse(stream))
    let lines = batch.receipts.map(\.text) + batch.objects.map(\.text) + ["#end\tlines=2", ""]
    #expect(lines.joined(separator: "\n") == stream)
  }

  @Test func `says the same as JSON`() throws {
    let batch = try #require(try parse(stream))
    let lines =
      batch.receipts.map(\.json.text) + batch.objects.map(\.json.text) + [##"{"#":"end","lines":2}"##, ""]
    #expect(try parse(lines.joined(separator: "\n")) == batch)
    #expect(batch.receipts[0].json.text.contains(#""every":300"#))
  }

  @Test func `with #list once more takes the later one, in the place of the earlier`() throws {
    let batch = try parse("#list\trequests=\n#slice\tto=x\n#list\trequests=7\n#end\tlines=0\n")
    #expect(batch?.receipts == [Receipt("list", ["requests": "7"]), Receipt("slice", ["to": "x"])])
  }

  @Test(arguments: ["slice", "index", "unheard-of"])
  func `with another word once more keeps both, and means the later one`(word: String) throws {
    let lines = "#\(word)\tto=x\n#list\n#\(word)\tto=y\n"
    let batch = try #require(try parse(lines + "#end\tlines=0\n"))
    #expect(batch.receipts.map { $0.text + "\n" }.joined() == lines)
    #expect(batch.receipt(word)?["to"] == "y")
  }

  @Test func `is read the same in pieces of any size`() throws {
    let path = "/tmp/freshet-lines-\(UInt64.random(in: 0 ... .max))"
    defer { unlink(path) }
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    defer { close(descriptor) }
    let line = stream.split(separator: "\n")[1] + "\n"
    for _ in 0..<2000 { _ = write(descriptor, Array(line.utf8), line.utf8.count) }
    lseek(descriptor, 0, SEEK_SET)
    let batch = try #require(try Batch.read(descriptor))
    #expect(batch.objects.count == 2000 && batch.objects.allSatisfy { $0 == batch.objects[0] })
    #expect(batch.objects[0].text + "\n" == line)
  }

  @Test(arguments: [0, 3, 16_384, 16_385, 40_000].prefix(Sample.rounds(quick: 4, full: 5, long: 5)))
  func `that is long says at its end what it could not say before`(
    count: Int
  ) throws {
    let path = "/tmp/freshet-lines-\(UInt64.random(in: 0 ... .max))"
    defer { unlink(path) }
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    defer { close(descriptor) }
    var writer = BatchWriter(descriptor, json: false)
    writer.open(Receipt("list", ["uri": "x", "requests": ""]))
    let object = try #require(try parse(stream)).objects[0]
    for _ in 0..<count { try writer.write(object) }
    if count <= BatchWriter.heldBack { #expect(lseek(descriptor, 0, SEEK_END) == 0) }
    try writer.end(Receipt("list", ["uri": "x", "requests": "9"]))
    lseek(descriptor, 0, SEEK_SET)
    var bytes = [UInt8](repeating: 0, count: 8 << 20)
    bytes.removeLast(bytes.count - max(Glibc.read(descriptor, &bytes, bytes.count), 0))
    let heads = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("#list") }
    #expect(
      heads.map(String.init) == (count > BatchWriter.heldBack ? ["#list\turi=x\trequests="] : []) + [
        "#list\turi=x\trequests=9"
      ])
    let batch = try Batch.parse(bytes, name: "test")
    #expect(
      batch?.receipts == [Receipt("list", ["uri": "x", "requests": "9"])] && batch?.objects.count == count)
  }

  @Test func `that is empty means that nothing is due`() throws {
    #expect(try parse("") == nil)
  }

  @Test func `cut at any byte is refused`() {
    let bytes = Array(stream.utf8)
    for length in 1..<bytes.count {
      #expect(throws: Failure.self, "cut at \(length)") {
        try Batch.parse(Array(bytes[..<length]), name: "test")
      }
    }
  }

  @Test func `without receipts is taken as it is`() throws {
    let line = stream.split(separator: "\n")[1]
    #expect(try parse(line + "\n")?.objects.count == 1)
    #expect(throws: Failure.self) { try parse(String(line)) }
  }

  @Test(arguments: [
    "garbage\n", "\n", "#\n", "# list\n", "#list\tnovalue\n#end\tlines=0\n", "#list\ta=%zz\n#end\tlines=0\n",
    "#end\n", "#end\tlines=1\n", "#end\tlines=0\n#end\tlines=0\n", "#list\n#end\tlines=0\nmore\n", "{}\n",
    "{\"#\":1}\n",
    "{\"#\":\"end\",\"lines\":\"x\"}\n", "#list\ta b=c\n#end\tlines=0\n", "#list\n#end\tlines=-0\n",
    "#list\r\n#end\tlines=0\r\n",
  ])
  func `with garbage is refused with 65`(_ text: String) {
    #expect { try parse(text) } throws: { ($0 as? Failure)?.exit == .badData }
  }

  @Test func `with bytes that are not UTF-8 is refused`() {
    #expect(throws: Failure.self) { try Batch.parse([0x23, 0x6C, 0xFF, 0x0A], name: "test") }
  }

  @Test func `with an endless line is refused`() {
    #expect(throws: Failure.self) { try parse(String(repeating: "x", count: 100_000) + "\n") }
  }
}

@Suite("An object line")
struct ObjectLineTests {
  private static let good = "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag\t/a"

  @Test(arguments: [
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag", good + "\tmore", "", "\t\t\t\t",
    "2026-05-04 10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag\t/a",
    "2026-05-04t10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag\t/a",
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t-1\ttag\t/a",
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1.5\ttag\t/a",
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1\t\t/a",
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag\t",
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag\t/a%",
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag\t/a%0",
    "2026-02-30T10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag\t/a",
    "2026-05-04T10:05:00+00:00\t2026-05-04T10:11:42Z\t1\ttag\t/a",
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t99999999999999999999\ttag\t/a",
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag\t/a%00",
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag\ts3:///k",
    "2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1\ttag\ts3://user:pw@b/k",
  ])
  func `that is malformed is no line`(_ text: String) {
    #expect(ObjectLine(text[...]) == nil)
    #expect(ObjectLine(Self.good[...]) != nil)
  }

  @Test func `sorts by time, then by the bytes of its printed location`() throws {
    let texts = ["/a%20b", "/a", "/a-", "/é", "/z", "/a/b"]
    let lines = try texts.map {
      try #require(ObjectLine("2026-05-04T10:05:00Z\t2026-05-04T10:11:42Z\t1\tt\t\($0)"[...]))
    }
    let later = try #require(ObjectLine("2026-05-04T10:06:00Z\t2026-05-04T10:11:42Z\t1\tt\t/0"[...]))
    let sorted = ObjectLine.inSliceOrder([later] + lines).map(\.location.description)
    #expect(sorted == ["/a", "/a%20b", "/a-", "/a/b", "/z", "/é", "/0"])
  }
}

@Suite("A receipt")
struct ReceiptTests {
  @Test func `encodes what would break the line`() {
    let receipt = Receipt("list", ["uri": "a b\t%\n", "empty": "", "equals": "a=b=c", "mark": "\u{301}x"])
    #expect(receipt.text == "#list\turi=a%20b%09%25%0A\tempty=\tequals=a=b=c\tmark=\u{301}x")
    #expect(Receipt(receipt.text[...]) == receipt)
    #expect(receipt["equals"] == "a=b=c")
  }

  @Test func `keeps a location whose bytes are not UTF-8`() {
    var receipt = Receipt("index")
    receipt.append("location", Location.local(path: [0x2F, 0xFF]))
    #expect(receipt.location("location") == .local(path: [0x2F, 0xFF]))
  }
}
