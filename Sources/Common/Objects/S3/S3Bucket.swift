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

  /// What a request is signed for, and with.
  private struct Signing {
    let endpoint: S3Endpoint
    /// Nil for a request that is not signed.
    let credentials: Credentials?
  }

  private let access: S3Access
  private let endpoint: Mutex<S3Endpoint>
  private let keys = SigningKeys()
  private let sent = Atomic<Int>(0)

  init(_ endpoint: S3Endpoint, _ access: S3Access) {
    self.endpoint = Mutex(endpoint)
    self.access = access
  }

  var requests: Int { sent.load(ordering: .relaxed) }

  /// The answer, when it is a success. Where the store refuses the signature for a reason that can be put right, the
  /// request is signed and sent once more.
  func send(_ request: Request) throws(StoreError) -> HTTPResponse {
    let first = try signing()
    let response = try send(request, first)
    if (200...299).contains(response.status) { return response }
    let reply = S3Reply(response)
    guard let second = try corrected(first, after: reply) else { throw explained(reply.error) }
    let again = try send(request, second)
    if (200...299).contains(again.status) { return again }
    throw explained(S3Reply(again).error)
  }

  private func send(_ request: Request, _ signing: Signing) throws(StoreError) -> HTTPResponse {
    let signed = signed(request, signing)
    sent.add(1, ordering: .relaxed)
    access.traffic.countRequest()
    do { return try access.client.send(signed) } catch { throw StoreError(error) }
  }

  private func signing() throws(StoreError) -> Signing {
    let endpoint = endpoint.withLock { $0 }
    if access.settings.isAnonymous { return Signing(endpoint: endpoint, credentials: nil) }
    do throws(Failure) {
      return Signing(endpoint: endpoint, credentials: try access.credentials.current())
    } catch {
      switch error.exit {
      case .permission: throw .denied(error.message)
      case .tryAgain, .unavailable: throw .unavailable(error.message)
      default: throw .io(error.exit, error.message)
      }
    }
  }

  /// Nil where nothing can be put right: for the region that AWS says the bucket is in, at a host that is made of that
  /// region's name and never taken from the answer; with new credentials, where there are others.
  private func corrected(_ signing: Signing, after reply: S3Reply) throws(StoreError) -> Signing? {
    if reply.isElsewhere, let region = reply.region, let moved = signing.endpoint.moved(to: region) {
      access.remarks.detail("the bucket \(moved.bucket) is in region \(region)")
      endpoint.withLock { $0 = moved }
      return Signing(endpoint: moved, credentials: signing.credentials)
    }
    if reply.isExpired, let old = signing.credentials {
      access.credentials.forget(old)
      let next = try self.signing()
      return next.credentials == old ? nil : next
    }
    return nil
  }

  private func explained(_ error: StoreError) -> StoreError {
    guard access.settings.isAnonymous, case .denied(let reason) = error else { return error }
    return .denied("\(reason); without --anonymous the request is signed")
  }

  private func signed(_ request: Request, _ signing: Signing) -> HTTPRequest {
    let endpoint = signing.endpoint
    let path = endpoint.path(of: request.key)
    var headers = request.headers
    if access.settings.requesterPays { headers.append(HTTPHeader("x-amz-request-payer", "requester")) }
    if let credentials = signing.credentials {
      let signer = SigV4(
        credentials: credentials, region: endpoint.region?.name ?? access.region, keys: keys)
      headers = signer.headers(
        for: SigV4.Request(
          method: request.method, host: endpoint.host, path: path, query: request.query, headers: headers,
          payload: request.payload), at: AWSTime.now())
    }
    let query = SigV4.canonicalQuery(request.query)
    let url = "\(endpoint.scheme)://\(endpoint.host)\(path)" + (query.isEmpty ? "" : "?" + query)
    return HTTPRequest(request.method, url, headers: headers, body: request.body)
  }
}

extension S3Reply {
  /// It names another region than the one that the request was sent to.
  fileprivate var isElsewhere: Bool { [301, 307, 308, 400].contains(status) }

  fileprivate var isExpired: Bool { code == "ExpiredToken" || code == "TokenRefreshRequired" }
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
