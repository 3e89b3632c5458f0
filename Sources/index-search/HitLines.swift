internal import Bytes
internal import JSON
internal import Segments

extension Hit {
  /// score TAB id TAB document
  var textLine: String {
    let document = String(decoding: document, as: UTF8.self)
    return "\(scoreText)\t\(PercentEncoding.encodeForLine(id))\t\(document)"
  }

  /// `{"score":…,"id":…,"group":…,"document":{…}}`; the document as it was stored.
  var jsonLine: String {
    let members = JSONValue.object([
      .init("score", .number(scoreText)), .init("id", .string(String(decoding: id, as: UTF8.self))),
      .init("group", .string(String(decoding: group, as: UTF8.self))),
    ])
    return members.text.dropLast() + ",\"document\":" + String(decoding: document, as: UTF8.self) + "}"
  }

  /// Six decimals, rounded half up.
  private var scoreText: String {
    let millionths = Int((score * 1_000_000).rounded())
    let digits = String(millionths % 1_000_000)
    return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
