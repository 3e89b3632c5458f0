internal import Bytes
internal import Failures
internal import JSON

/// What is said to one Solr, in its own words.
struct SolrServer: Sendable {
  let session: ServingSession

  typealias Parameters = [(name: String, value: String)]

  /// Seconds that a commit, or a command of the cluster, may take without a word.
  private static let patienceWithOne = 300.0
  /// Bytes of a query, below what a server takes of a request's head.
  private static let longestQuery = 6000

  /// A command of the Collections API; the answer, whatever its status.
  func ask(_ action: String, _ parameters: Parameters = []) throws(Failure) -> ServingAnswer {
    let path = "/admin/collections"
    let query = Self.query([("action", action)] + parameters + [("wt", "json")])
    let isLong = query.utf8.count > Self.longestQuery
    var request = isLong ? ServingRequest("POST", path) : ServingRequest("GET", "\(path)?\(query)")
    if isLong {
      request.contentType = "application/x-www-form-urlencoded"
      request.body = Array(query.utf8)
    }
    request.idleTimeout = Self.patienceWithOne
    return try session.send(request)
  }

  /// The same, where it has to be done; what it is for stands behind `cannot`.
  @discardableResult
  func command(
    _ action: String, _ parameters: Parameters = [], to verb: String, _ object: String
  ) throws(Failure) -> JSONValue {
    try Self.answer(try ask(action, parameters), to: verb, object)
  }

  /// What one collection says.
  func get(
    _ collection: String, _ handler: String, _ parameters: Parameters, to verb: String,
    longestAnswer: Int = 16 << 20
  ) throws(Failure) -> JSONValue {
    let path = "\(Self.path(of: collection))/\(handler)?\(Self.query(parameters + [("wt", "json")]))"
    var request = ServingRequest("GET", path)
    request.longestAnswer = longestAnswer
    return try Self.answer(try session.send(request), to: verb, collection)
  }

  /// Documents by their ids, committed or not: in `response.docs`, or in `doc` where there is one id.
  func get(_ collection: String, ids: [[UInt8]], fields: String) throws(Failure) -> JSONValue {
    var request = ServingRequest("POST", "\(Self.path(of: collection))/get")
    request.contentType = "application/x-www-form-urlencoded"
    let names = ids.map { "id=" + PercentEncoding.encodeForURI($0) }
    request.longestAnswer += names.reduce(0) { $0 + 4 * $1.utf8.count }
    request.body = Array(
      "\(Self.query([("fl", fields), ("wt", "json")]))&\(names.joined(separator: "&"))".utf8)
    return try Self.answer(try session.send(request), to: "read the versions of", collection)
  }

  /// A document's id, as text.
  static func text(_ value: JSONValue) -> String? {
    if case .number(let text) = value { text } else { value.string }
  }

  /// Commands to a collection, as JSON; the answer, whatever its status.
  func update(
    _ collection: String, _ body: [UInt8], _ parameters: Parameters
  ) throws(Failure) -> ServingAnswer {
    let query = Self.query(parameters + [("wt", "json")])
    var request = ServingRequest("POST", "\(Self.path(of: collection))/update?\(query)")
    request.contentType = "application/json"
    request.body = body
    // Of documents that were passed over it names each, with a reason.
    request.longestAnswer += 4 * body.count
    request.idleTimeout = Self.patienceWithOne
    return try session.send(request)
  }

  /// The answer of what was done, and the failure of what was not.
  static func answer(
    _ answer: ServingAnswer, to verb: String, _ object: String
  ) throws(Failure) -> JSONValue {
    if answer.status == 200, let json = answer.json, json["responseHeader"]?["status"]?.integer == 0 {
      guard let failure = json["failure"] ?? json["exception"] else { return json }
      throw Failure(.tryAgain, cannot: verb, object, because: answer.line(failure.text))
    }
    throw Failure(
      answer.status == 200 ? .badData : exit(answer.status), cannot: verb, object, because: reason(answer))
  }

  private static func exit(_ status: Int) -> Exit {
    switch status {
    case 404: .noInput
    case 500...: .tryAgain
    default: .configuration
    }
  }

  private static func reason(_ answer: ServingAnswer) -> String {
    if answer.status == 200 {
      if let status = answer.json?["responseHeader"]?["status"]?.integer { return "its status is \(status)" }
      let text = answer.reason
      return "this is no answer of Solr" + (text.isEmpty ? "" : ": \(text)")
    }
    // An unknown collection is answered by the servlet container, with a page of HTML.
    return answer.status == 404 && answer.reason.isEmpty ? "there is none of that name (404)" : answer.label
  }

  private static func path(of collection: String) -> String {
    "/" + PercentEncoding.encodeForURI(collection.utf8)
  }

  private static func query(_ parameters: Parameters) -> String {
    parameters.map {
      "\(PercentEncoding.encodeForURI($0.name.utf8))=\(PercentEncoding.encodeForURI($0.value.utf8))"
    }.joined(separator: "&")
  }
}
