internal import Bytes
internal import Failures
internal import HTTP
internal import Synchronization

/// Signs requests to one bucket, sends them once, and sorts the answers.
final class S3Bucket: Sendable {
  struct Request {
    var method: String
    var key = Key([])
    var query: [(name: String, value: [UInt8])] = []
    var headers: [HTTPHeader] = []
    var body = HTTPRequest.Body.none
    /// SHA-256 of the body, in hex.
    var payload = SigV4.emptyPayload

    var isConditional: Bool {
      method != "GET" && headers.contains { $0.name == "if-match" || $0.name == "if-none-match" }
    }
  }

  private let endpoint: S3Endpoint
  private let access: S3Access
  private let sent = Atomic<Int>(0)

  init(_ endpoint: S3Endpoint, _ access: S3Access) {
    self.endpoint = endpoint
    self.access = access
  }

  var requests: Int { sent.load(ordering: .relaxed) }

  /// The answer, when it is a success. Sent once, and once more where the store's clock had to be learnt first.
  func send(_ request: Request) throws(StoreError) -> HTTPResponse {
    do throws(StoreError) { return try answer(to: request) } catch {
      guard request.isConditional else { throw error }
      if case .unavailable(let reason) = error {
        access.traffic.countRetry()
        access.settings.detail("\(reason); looking what became of it")
      }
      throw error
    }
  }

  private func answer(to request: Request) throws(StoreError) -> HTTPResponse {
    while true {
      let offset = access.clock.offset
      let response = try sendOnce(request, by: offset)
      guard !(200...299).contains(response.status) else { return response }
      let reply = S3Reply(response)
      if let pause = reply.retryAfter { access.traffic.hold(pause) }
      if learnsTime(from: reply, offset) { continue }
      if case .unsupported = reply.error, request.isConditional {
        throw .unsupported("the store has no conditional writes (\(reply.label))")
      }
      throw reply.error
    }
  }

  private func sendOnce(_ request: Request, by offset: Int64) throws(StoreError) -> HTTPResponse {
    let signed = try signed(request, at: AWSTime.now() + offset)
    sent.add(1, ordering: .relaxed)
    access.traffic.countRequest()
    do throws(HTTPError) {
      let response = try access.client.send(signed)
      access.traffic.countAnswer()
      return response
    } catch {
      // A name that was never heard of is most likely a mistyped one.
      if case .unknownHost(let reason) = error, !access.traffic.isAnswered { throw .io(.unavailable, reason) }
      throw StoreError(error)
    }
  }

  /// Whether a refused request is worth signing again, by the store's clock.
  private func learnsTime(from reply: S3Reply, _ used: Int64) -> Bool {
    guard let offset = reply.skew(now: AWSTime.now()) else { return false }
    switch access.clock.learn(offset, insteadOf: used) {
    case .known: return true
    case .hopeless: return false
    case .corrected:
      access.settings.note(
        "the clock of this machine is \(StoreClock.text(offset)); requests are signed by the store's")
      return true
    }
  }

  private func signed(_ request: Request, at time: Int64) throws(StoreError) -> HTTPRequest {
    let credentials: Credentials
    do { credentials = try access.credentials.current() } catch { throw .denied(error.message) }
    let path = endpoint.path(of: request.key)
    let signer = SigV4(credentials: credentials, region: access.region)
    let headers = signer.headers(
      for: SigV4.Request(
        method: request.method, host: endpoint.host, path: path, query: request.query,
        headers: request.headers,
        payload: request.payload), at: time)
    let query = SigV4.canonicalQuery(request.query)
    let url = "\(endpoint.scheme)://\(endpoint.host)\(path)" + (query.isEmpty ? "" : "?" + query)
    return HTTPRequest(request.method, url, headers: headers, body: request.body)
  }
}

extension StoreError {
  init(_ error: HTTPError) {
    switch error {
    case .unknownHost, .unreachable, .timedOut, .interrupted: self = .unavailable(error.reason)
    case .insecure, .invalid: self = .invalid(error.reason)
    case .unsendable: self = .io(.io, error.reason)
    case .noLibrary: self = .io(.unavailable, error.reason)
    }
  }
}
