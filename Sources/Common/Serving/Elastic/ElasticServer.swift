internal import Bytes
internal import Failures
internal import JSON

/// Requests to Elasticsearch or OpenSearch, in JSON.
struct ElasticServer: Sendable {
  let session: ServingSession

  /// What comes of it; nil where there is no such thing (404).
  func find(
    _ method: String, _ path: String, _ body: JSONValue? = nil, verb: String
  ) throws(Failure) -> JSONValue? {
    let answer = try answer(method, path, body, verb: verb)
    guard answer.status != 404 else { return nil }
    return try content(of: answer, path, verb: verb)
  }

  func ask(
    _ method: String, _ path: String, _ body: JSONValue? = nil, verb: String
  ) throws(Failure) -> JSONValue {
    try content(of: try answer(method, path, body, verb: verb), path, verb: verb)
  }

  func answer(
    _ method: String, _ path: String, _ body: JSONValue? = nil, verb: String
  ) throws(Failure) -> ServingAnswer {
    var request = ServingRequest(method, path)
    request.verb = verb
    if let body {
      request.contentType = "application/json"
      body.write(to: &request.body)
    }
    return try session.send(request)
  }

  func content(of answer: ServingAnswer, _ path: String, verb: String) throws(Failure) -> JSONValue {
    guard (200...299).contains(answer.status) else { throw failure(answer, path, verb: verb) }
    guard let content = answer.json else {
      throw failure(.badData, path, verb: verb, "the answer is no JSON")
    }
    return content
  }

  func failure(_ answer: ServingAnswer, _ path: String, verb: String) -> Failure {
    let exit: Exit =
      switch answer.status {
      case 404: .noInput
      case 408: .tryAgain
      case 500...599: .unavailable
      default: .badData
      }
    return failure(exit, path, verb: verb, "the server refuses it (\(answer.label))")
  }

  func failure(_ exit: Exit, _ path: String, verb: String, _ reason: String) -> Failure {
    Failure(exit, cannot: verb, session.base + path.prefix { $0 != "?" }, because: reason)
  }

  /// `/NAME` and what is below it.
  static func path(_ index: String, _ rest: String = "") -> String {
    "/" + PercentEncoding.encodeForURI(index.utf8) + rest
  }
}

extension JSONValue {
  /// An object without those members.
  func without(_ keys: String...) -> JSONValue {
    guard let members else { return self }
    return .object(members.filter { !keys.contains($0.key) })
  }

  /// An object with that member, instead of one that it had by that name.
  func with(_ key: String, _ value: JSONValue) -> JSONValue {
    .object((without(key).members ?? []) + [Member(key, value)])
  }
}
