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
  }

  private let endpoint: S3Endpoint
  private let access: S3Access
  private let sent = Atomic<Int>(0)

  init(_ endpoint: S3Endpoint, _ access: S3Access) {
    self.endpoint = endpoint
    self.access = access
  }

  var requests: Int { sent.load(ordering: .relaxed) }
  var buffers: BufferBudget { access.buffers }

  /// The answer, when it is a success.
  func send(_ request: Request) throws(StoreError) -> HTTPResponse {
    let signed = try signed(request)
    sent.add(1, ordering: .relaxed)
    access.traffic.countRequest()
    let response: HTTPResponse
    do { response = try access.client.send(signed) } catch { throw StoreError(error) }
    guard (200...299).contains(response.status) else { throw S3Reply(response).error }
    return response
  }

  private func signed(_ request: Request) throws(StoreError) -> HTTPRequest {
    let credentials: Credentials
    do { credentials = try access.credentials.current() } catch { throw .denied(error.message) }
    let path = endpoint.path(of: request.key)
    let signer = SigV4(credentials: credentials, region: access.region)
    let headers = signer.headers(
      for: SigV4.Request(
        method: request.method, host: endpoint.host, path: path, query: request.query,
        headers: request.headers,
        payload: request.payload), at: AWSTime.now())
    let query = SigV4.canonicalQuery(request.query)
    let url = "\(endpoint.scheme)://\(endpoint.host)\(path)" + (query.isEmpty ? "" : "?" + query)
    return HTTPRequest(request.method, url, headers: headers, body: request.body)
  }
}

extension StoreError {
  init(_ error: HTTPError) {
    switch error {
    case .unreachable, .timedOut, .interrupted: self = .unavailable(error.reason)
    case .insecure, .invalid: self = .invalid(error.reason)
    case .unsendable: self = .io(.io, error.reason)
    case .noLibrary: self = .io(.unavailable, error.reason)
    }
  }
}
