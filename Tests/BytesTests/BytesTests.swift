import Bytes
import Foundation
import Testing

/// Encodings and locations. Not tested: whether a location exists, which no one here asks.
@Suite struct PercentEncodingTests {
  @Test(arguments: [
    ("plain/key-_.~!$&'()*+,;=:@", "plain/key-_.~!$&'()*+,;=:@"), ("a b", "a%20b"), ("100%", "100%25"),
    ("%20", "%2520"), ("a\tb\nc\rd", "a%09b%0Ac%0Dd"), ("\u{0}\u{1B}[31m\u{7F}", "%00%1B[31m%7F"),
    ("\u{80}\u{9F}\u{A0}", "%C2%80%C2%9F\u{A0}"), ("ünï😀", "ünï😀"), ("\u{2028}\u{FEFF}", "\u{2028}\u{FEFF}"),
    ("", ""),
  ])
  func `A line's form keeps what can't break a line`(text: String, encoded: String) {
    #expect(PercentEncoding.encodeForLine(text) == encoded)
    #expect(PercentEncoding.decode(encoded) == Array(text.utf8))
  }

  @Test(
    arguments: [
      ([0xFF], "%FF"), ([0xC0, 0xAF], "%C0%AF"), ([0xE2, 0x82], "%E2%82"), ([0xED, 0xA0, 0x80], "%ED%A0%80"),
      ([0xF4, 0x90, 0x80, 0x80], "%F4%90%80%80"), ([0x61, 0xE2, 0x82, 0x41], "a%E2%82A"),
      ([0xE2, 0x82, 0xAC, 0xAC], "€%AC"),
      ([0xF0, 0x9F, 0x98], "%F0%9F%98"), ([0xC2], "%C2"),
    ] as [([UInt8], String)])
  func `Bytes that are not UTF-8 are encoded`(bytes: [UInt8], encoded: String) {
    #expect(PercentEncoding.encodeForLine(bytes) == encoded)
    #expect(PercentEncoding.decode(encoded) == bytes)
  }

  @Test(arguments: ["%", "%2", "%2G", "a%", "%%20", "% 20", "%-1", "%+1"])
  func `A percent sign that begins no byte is refused`(text: String) {
    #expect(PercentEncoding.decode(text) == nil)
  }

  @Test func `Both cases of the digits are read`() {
    #expect(PercentEncoding.decode("%2f%2F") == Array("//".utf8))
  }

  @Test(arguments: [
    ("aZ0-_.~", true, "aZ0-_.~"), ("a/b", true, "a/b"), ("a/b", false, "a%2Fb"),
    ("a+b c%é", true, "a%2Bb%20c%25%C3%A9"),
    ("*'()!", true, "%2A%27%28%29%21"),
  ])
  func `A URI's form keeps the unreserved characters alone`(text: String, keepSlash: Bool, encoded: String) {
    #expect(PercentEncoding.encodeForURI(text.utf8, keepSlash: keepSlash) == encoded)
    #expect(PercentEncoding.decode(encoded) == Array(text.utf8))
  }

  @Test func `Any bytes come back, and are one field of one line`() {
    var random = SystemRandomNumberGenerator()
    for length in 0..<300 {
      let bytes = (0..<length).map { _ in
        UInt8.random(in: length % 2 == 0 ? 0...255 : 0xC0...0xFF, using: &random)
      }
      let text = PercentEncoding.encodeForLine(bytes)
      #expect(PercentEncoding.decode(text) == bytes)
      #expect(text.unicodeScalars.allSatisfy { $0.value > 0x20 && !(0x7F..<0xA0).contains($0.value) })
    }
  }
}

@Suite struct HexTests {
  @Test func `Every byte has two lower-case digits`() {
    let all = Array(UInt8.min...UInt8.max)
    let text = Hex.encode(all)
    #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff") && text.count == 512)
    #expect(Set(stride(from: 0, to: 512, by: 2).map { text.dropFirst($0).prefix(2) }).count == 256)
    #expect(Hex.isWritten(text, digits: 512) && !Hex.isWritten(text, digits: 511))
  }

  @Test(arguments: ["0", "000", "0g", "0x", " 0", "0 ", "é", "-1", "0A"])
  func `What is not of two lower-case digits is refused`(text: String) {
    #expect(!Hex.isWritten(text, digits: 2))
  }
}

@Suite struct LocationTests {
  @Test(arguments: [
    ("s3://bucket/a/b", "s3://bucket/a/b"), ("s3://bucket", "s3://bucket/"), ("s3://bucket/", "s3://bucket/"),
    ("s3://b.u-c_k3T/x", "s3://b.u-c_k3T/x"), ("s3://b//a", "s3://b//a"), ("s3://b/a%20b", "s3://b/a%20b"),
    ("s3://b/a b", "s3://b/a%20b"), ("dir", "dir"), ("/a/b/", "/a/b/"), ("-x", "-x"), ("a%0Ab", "a%0Ab"),
    ("S3://b/k", "S3://b/k"),
    ("s3:/b", "s3:/b"), ("https://x/y", "https://x/y"),
  ])
  func `A location is read and printed`(text: String, printed: String) throws {
    #expect(try #require(Location(text)).description == printed)
  }

  @Test(arguments: [
    "", "s3://", "s3:///key", "s3://key:secret@bucket/x", "s3://bu ket/x", "s3://büket/x", "a%", "a%00b",
    "s3://b/%zz",
  ])
  func `What is no location is refused`(text: String) { #expect(Location(text) == nil) }

  @Test(arguments: [
    ("a/b/c.json", "a/b/"), ("a/b/", "a/"), ("c.json", "./"), ("./c.json", "./"), ("./", "./../"),
    ("../c.json", "../"),
    ("../", "../../"), ("..", "../../"),
    ("/c.json", "/"), ("/", "/"), ("/a/c.json", "/a/"), ("s3://b/p/c.json", "s3://b/p/"),
    ("s3://b/p/q/", "s3://b/p/"), ("s3://b/p//c.json", "s3://b/p//"), ("s3://b/c.json", "s3://b/"),
  ])
  func `What a location lies in`(text: String, directory: String) throws {
    #expect(try #require(Location(text)).directory.description == directory)
  }

  @Test(arguments: [
    ("/a//b/./c/", "/a/b/c"), ("/", "/"), ("/.", "/"), ("/a/../b", "/a/../b"),
    ("s3://b//x/./y", "s3://b//x/./y"),
  ])
  func `An absolute location is one, however it is written`(text: String, absolute: String) throws {
    #expect(try #require(Location(text)).absolute.description == absolute)
  }

  @Test func `A relative location is absolute from where we are`() throws {
    let here = FileManager.default.currentDirectoryPath
    #expect(try #require(Location("./a")).absolute == Location(argument: "\(here)/a"))
  }

  @Test func `On a command line every byte stands for itself`() {
    #expect(Location(argument: "a%20b") == .local(path: Array("a%20b".utf8)))
    #expect(Location(argument: "s3://b/100%") == .s3(bucket: "b", key: Array("100%".utf8)))
    #expect(Location(argument: "") == nil && Location(argument: "s3://") == nil)
    for address in ["https://h/x", "s3:/b/x", "s3:b", "S3://b/x", "file:///x", "a.b+c://"] {
      #expect(Location(argument: address) == nil, "\(address)")
      #expect(Location(argument: "./\(address)") == .local(path: Array("./\(address)".utf8)))
    }
    for path in ["a:b", "://", "12:30/x", "a/b://c", "s3", "s3/x:"] {
      #expect(Location(argument: path) == .local(path: Array(path.utf8)), "\(path)")
    }
  }

  private static let hostileKeys: [[UInt8]] =
    [
      "a b", "a\tb\nc", "100%", "%2e%2e/x", "../x", "a/../b", "a//b", "/abs", "-rf", "a+b", "ünï/😀",
      "e\u{301}", "é", "\u{1B}[2J", "#end\tlines=0",
      "s3://other/x", "?query=1&x", "*", "'\"`$(x)", String(repeating: "k", count: 1024),
    ].map { Array($0.utf8) } + [[0xFF, 0xFE], [0xC3], [0x61, 0xED, 0xA0, 0x80, 0x2F, 0x62], Array(1...255)]

  @Test(arguments: hostileKeys) func `A hostile key comes back through a line, byte by byte`(key: [UInt8])
    throws
  {
    for location in [Location.s3(bucket: "b", key: key), .local(path: Array("/d/".utf8) + key)] {
      let text = location.description
      #expect(Location(text) == location)
      #expect(!text.utf8.contains { $0 <= 0x20 || $0 == 0x7F })
    }
    #expect(
      Location.s3(bucket: "b", key: Array("p".utf8)).appending(key)
        == .s3(bucket: "b", key: Array("p/".utf8) + key))
  }

  @Test(arguments: [
    ("dir", "x", "dir/x"), ("dir/", "x", "dir/x"), ("/", "x", "/x"), ("s3://b", "x", "s3://b/x"),
    ("s3://b", "/x", "s3://b//x"),
    ("s3://b/p", "x/y", "s3://b/p/x/y"), ("s3://b/p/", "x", "s3://b/p/x"),
  ])
  func `One slash stands between a place and what is below it`(base: String, relative: String, joined: String)
    throws
  {
    #expect(try #require(Location(base)).appending(relative).description == joined)
  }
}
