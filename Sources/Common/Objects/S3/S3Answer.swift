/// The XML that comes with a success, before it is parsed.
enum S3Answer {
  /// Nothing where the body ends with the element that it begins with. One that does not is `unavailable`: it was cut
  /// short, and comes whole another time. An `<Error>` means what it says. What is no XML is for a parser to refuse.
  static func check(_ body: [UInt8]) throws(StoreError) {
    guard let last = body.lastIndex(where: { !isBlank($0) }) else { throw cut }
    guard let root = root(of: body) else { return }
    let end = Array("</\(root)>".utf8)
    guard body[...last].suffix(end.count).elementsEqual(end) else { throw cut }
    if root == "Error" { throw S3Reply(status: 200, body: body).error }
  }

  private static let cut = StoreError.unavailable("the answer was cut short")

  /// The first element's name, empty where it has none yet; nil for what is no XML.
  private static func root(of body: [UInt8]) -> String? {
    var rest = body[...]
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    rest = rest.drop(while: isBlank)
    if rest.starts(with: Array("<?".utf8)) {
      rest = rest.drop { $0 != UInt8(ascii: ">") }.dropFirst().drop(while: isBlank)
      if rest.isEmpty { return "" }
    }
    guard rest.first == UInt8(ascii: "<"), rest.dropFirst().first != UInt8(ascii: "!") else { return nil }
    let name = rest.dropFirst().prefix { !isBlank($0) && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "/") }
    return String(decoding: name.prefix(64), as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
