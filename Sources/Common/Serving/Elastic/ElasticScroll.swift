internal import Failures
internal import JSON

/// The ids of an index, a page at a time, as they were when the first was asked for.
///
/// A page that is asked for again is the next one: so they are counted, and one that was lost on the way is noticed.
struct ElasticScroll: ~Copyable {
  private let server: ElasticServer
  private let index: String
  private var id: JSONValue?
  private var isOver = false
  private var total = 0
  private var count = 0

  private static let verb = "list the ids of"
  /// Of ids of 512 bytes, each of which may be six in JSON, it is within what an answer may have.
  private static let pageSize = 4000
  /// How long the server keeps it while nobody asks.
  private static let kept = "5m"

  init(_ server: ElasticServer, _ index: String) {
    self.server = server
    self.index = index
  }

  mutating func next() throws(Failure) -> [[UInt8]]? {
    if isOver { return nil }
    let answer = try page()
    id = answer["_scroll_id"] ?? id
    guard answer["timed_out"]?.bool != true, answer["_shards"]?["failed"]?.integer ?? 0 == 0 else {
      throw failure(.unavailable, "not all shards have answered")
    }
    let hits = answer["hits"]?["hits"]?.array ?? []
    let ids = hits.compactMap { $0["_id"]?.string }
    count += ids.count
    if hits.isEmpty {
      isOver = true
      guard count == total else { throw failure(.tryAgain, "\(count) of \(total) came") }
      return nil
    }
    return ids.map { Array($0.utf8) }
  }

  private static let filter = "filter_path=_scroll_id,timed_out,_shards.failed,hits.total,hits.hits._id"

  private mutating func page() throws(Failure) -> JSONValue {
    if let id {
      let body = JSONValue.object([.init("scroll", .string(Self.kept)), .init("scroll_id", id)])
      let path = "/_search/scroll?\(Self.filter)"
      guard let answer = try server.find("POST", path, body, verb: Self.verb) else {
        throw failure(.tryAgain, "the server has forgotten where it was")
      }
      return answer
    }
    let body = JSONValue.object([
      .init("size", .number(Self.pageSize)), .init("_source", false), .init("sort", .array(["_doc"])),
      .init("track_total_hits", true),
    ])
    let path = ElasticServer.path(index, "/_search?scroll=\(Self.kept)&\(Self.filter)")
    let answer = try server.ask("POST", path, body, verb: Self.verb)
    guard let total = answer["hits"]?["total"]?["value"]?.integer else {
      throw failure(.badData, "the answer has no number")
    }
    self.total = total
    return answer
  }

  /// Lets the server forget it; which it does by itself, later, where it is not told.
  mutating func close() {
    guard let id else { return }
    self.id = nil
    let body = JSONValue.object([.init("scroll_id", .array([id]))])
    _ = try? server.find("DELETE", "/_search/scroll", body, verb: "close a listing of")
  }

  private func failure(_ exit: Exit, _ reason: String) -> Failure {
    server.failure(exit, ElasticServer.path(index, "/_search"), verb: Self.verb, reason)
  }
}
