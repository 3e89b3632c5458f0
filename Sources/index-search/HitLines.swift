internal import Bytes
internal import JSON
internal import Segments

extension Hit {
  /// score TAB id TAB document
  var textLine: String {
    let document = String(decoding: document, as: UTF8.self)
    return "\(scoreText(score))\t\(PercentEncoding.encodeForLine(id))\t\(document)"
  }

  /// `{"score":…,"id":…,"group":…,"document":{…}}`; the document as it was stored.
  var jsonLine: String { jsonLine([]) }

  /// The same with the query's id and the rank before it.
  func jsonLine(query: String, rank: Int) -> String {
    jsonLine([.init("query", .string(query)), .init("rank", .number(String(rank)))])
  }

  private func jsonLine(_ first: [JSONValue.Member]) -> String {
    let members = JSONValue.object(
      first + [
        .init("score", .number(scoreText(score))), .init("id", .string(String(decoding: id, as: UTF8.self))),
        .init("group", .string(String(decoding: group, as: UTF8.self))),
      ])
    return members.text.dropLast() + ",\"document\":" + String(decoding: document, as: UTF8.self) + "}"
  }
}

extension Match {
  /// A line of a run as TREC's tools read it: query, Q0, document, rank, score, and the name of the run.
  func runLine(query: String, rank: Int) -> String {
    let (query, id) = (PercentEncoding.encodeForLine(query), PercentEncoding.encodeForLine(id))
    return "\(query) Q0 \(id) \(rank) \(scoreText(score)) freshet"
  }
}

/// Six decimals, rounded half up.
private func scoreText(_ score: Double) -> String {
  let millionths = Int((score * 1_000_000).rounded())
  let digits = String(millionths % 1_000_000)
  return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
}
