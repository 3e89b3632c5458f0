import Testing

@testable import Objects

/// Answers written by hand, good and hostile.
@Suite struct XMLTests {
  private func list(_ body: String, _ request: ListRequest = ListRequest(prefix: "")) throws -> ListPage {
    try S3Listing.parse(Array(body.utf8), for: request).listPage
  }

  private static func contents(_ key: String) -> String {
    "<Contents><Key>\(key)</Key><LastModified>2026-05-04T10:11:42.000Z</LastModified><ETag>&quot;e-1&quot;</ETag>"
      + "<Size>7</Size><Owner><ID>x</ID></Owner><StorageClass/></Contents>"
  }

  private static func result(_ inner: String) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      + inner + "</ListBucketResult>\n"
  }

  @Test func `A listing says what it lists`() throws {
    let page = try list(
      Self.result(
        "<Name>b</Name><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>1/+=&amp;"
          + "</NextContinuationToken>" + Self.contents("a+b%2Bc%0A%25") + Self.contents("b")
          + "<CommonPrefixes><Prefix>c%20/</Prefix></CommonPrefixes>"))
    #expect(
      page.objects == [
        ObjectInfo(key: "a b+c\n%", bytes: 7, tag: "e-1", modified: 1_777_889_502),
        ObjectInfo(key: "b", bytes: 7, tag: "e-1", modified: 1_777_889_502),
      ])
    #expect(page.prefixes == ["c /"])
    #expect(page.next == "1/+=&")
  }

  @Test func `Keys that are not encoded are taken as they are`() throws {
    let page = try list(Self.result(Self.contents("a+b%2B&lt;&#x65;&#233;")))
    #expect(page.objects.map(\.key) == ["a+b%2B<eé"])
    #expect(page.next == nil)
  }

  @Test(
    arguments: [
      "", "<", "no xml", "<ListBucketResult>", "<ListBucketResult></Wrong>", "<Error><Code>x</Code></Error>",
      "<!DOCTYPE x [<!ENTITY e \"x\">]><ListBucketResult></ListBucketResult>",
      result("<!-- comment -->"), result("<![CDATA[x]]>"), result("text"),
      result("<IsTruncated>&e;</IsTruncated>"),
      result("<IsTruncated>&#0;</IsTruncated>"), result("<IsTruncated>&#xD800;</IsTruncated>"),
      result("<IsTruncated>&#99999999999;</IsTruncated>"), result("<IsTruncated>&amp</IsTruncated>"),
      result("<IsTruncated>true</IsTruncated>"),
      result("<IsTruncated>true</IsTruncated><NextContinuationToken/>"),
      result("<IsTruncated><b>true</b></IsTruncated>"), result("<IsTruncated>\u{1}</IsTruncated>"),
      result("<Contents><Key>a</Key></Contents>"),
      result(contents("a").replacing("<Size>7", with: "<Size>-7")),
      result(contents("a").replacing("<Size>7", with: "<Size>99999999999999999999")),
      result(contents("a").replacing("2026-05", with: "2026-15")),
      result(contents("a").replacing("&quot;e-1&quot;", with: "")),
      result(contents("a").replacing("e-1", with: "")),
      result(contents("b") + contents("a")), result(contents("a") + contents("a")),
      result("<EncodingType>url</EncodingType>" + contents("%zz")), result(contents("a")) + "",
      result(contents("a")).dropLast(30) + "", result(contents("\u{7}")), result("</Contents>"),
      result("<Contents></ContentsX>"), result("<Contents><Key>a</Key"),
      String(repeating: "<a>", count: 100_000), result(String(repeating: "<a>", count: 100_000)),
      result("<a b='>"), result("<a b=\"<\">"),
    ].filter { $0 != result(contents("a")) }) func `What is no listing is refused`(_ body: String)
  {
    #expect(error { try list(body) }?.exit == .badData)
  }

  @Test func `Every cut and every changed byte is a listing or an error`() {
    let body = Array(Self.result(Self.contents("a") + Self.contents("b&amp;c")).utf8)
    for length in 0..<(body.count - 1) {
      #expect(error { try S3Listing.parse(Array(body[..<length]), for: ListRequest(prefix: "")) } != nil)
    }
    for index in body.indices {
      for byte in [UInt8(0), 0x26, 0x3C, 0x3E, 0x2F, 0xFF] {
        var changed = body
        changed[index] = byte
        _ = try? S3Listing.parse(changed, for: ListRequest(prefix: ""))
      }
    }
  }

  @Test func `Keys up to the marker are left out, whether or not the server does so`() throws {
    let body = Self.result(Self.contents("a") + Self.contents("b") + Self.contents("b!") + Self.contents("c"))
    let page = try list(body, ListRequest(prefix: "", startAfter: "b"))
    #expect(page.objects.map(\.key) == ["b!", "c"])
    #expect(try list(body, ListRequest(prefix: "", startAfter: "b", continuing: "t")).objects.count == 4)
  }

  @Test(arguments: [nil, "t"])
  func `So are prefixes, on any page`(token: String?) throws {
    let body = Self.result(
      ["a/", "b/", "c/"].map { "<CommonPrefixes><Prefix>\($0)</Prefix></CommonPrefixes>" }.joined())
    let request = ListRequest(prefix: "", startAfter: "b/", delimited: true, continuing: token)
    #expect(try list(body, request).prefixes == ["c/"])
  }

  @Test func `Elements come in any order, and tags with or without quotes`() throws {
    let body = Self.result(
      "<Contents><Size>1</Size><ETag>e</ETag><Owner><ID>&quot;</ID><DisplayName/></Owner><Key>\u{E9}&#xe9;</Key>"
        + "<LastModified>1970-01-01T00:00:01Z</LastModified></Contents>\n <EncodingType>no</EncodingType>")
    #expect(try list(body).objects == [ObjectInfo(key: "éé", bytes: 1, tag: "e", modified: 1)])
  }

  @Test func `A listing and its packed form say the same`() throws {
    let body = Self.result(
      "<EncodingType>url</EncodingType>" + Self.contents("a%FFb") + Self.contents("b+c")
        + Self.contents("d%2f"))
    let parsed = try S3Listing.parse(Array(body.utf8), for: ListRequest(prefix: ""))
    #expect(PackedPage(parsed.listPage).objects == parsed.page.objects)
    #expect(parsed.page.objects.map(\.key) == [Key([0x61, 0xFF, 0x62]), "b c", "d/"])
    #expect(parsed.page.objects.map(\.tag) == ["e-1", "e-1", "e-1"])
  }

  @Test(arguments: [
    "2026-05-04T10:11:42", "2026-05-04T10:11:42.Z0", "2026-05-04 10:11:42Z", "2026-05-04T24:11:42Z", "", "Z",
    "2026-05-04T10:11:4Z", "1969-12-31T23:59:59Z", "2026-13-04T10:11:42Z", "2026-05-04T10:11:42.1x3Z",
    "2026-05-04T10:11:42+00:00",
  ]) func `What is no time is refused`(_ time: String) {
    #expect(AWSTime.parseISO(time) == nil)
    #expect(AWSTime.parseISO("2026-05-04T10:11:42.Z") == 1_777_889_502)
  }

  @Test func `Keys outside the prefix, and a token that stands still, are refused`() {
    let body = Self.result(Self.contents("b/1"))
    #expect(error { try list(body, ListRequest(prefix: "a/")) }?.exit == .badData)
    let endless = Self.result(
      "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>")
    #expect(error { try list(endless, ListRequest(prefix: "", continuing: "t")) }?.exit == .badData)
  }
}
