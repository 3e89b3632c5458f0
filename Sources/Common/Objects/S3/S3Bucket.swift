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
    /// A header that is left out for a store that refuses it, as Backblaze's does with what it does not know.
    var wish: HTTPHeader?
    var body = HTTPRequest.Body.none
    /// SHA-256 of the body, in hex.
    var payload = SigV4.emptyPayload
    /// Seconds for which the answer may stand still, where that is longer than for others.
    var idleTimeout: Double?

    var isConditional: Bool {
      method != "GET" && headers.contains { $0.name == "if-match" || $0.name == "if-none-match" }
    }
  }

  /// What a request is signed for, and with.
  private struct Signing {
    var endpoint: S3Endpoint
    /// Nil for a request that is not signed.
    var credentials: Credentials?
    /// Seconds that the store's clock is ahead of ours.
    var offset: Int64
    var hasWish: Bool
  }

  private let access: S3Access
  private let endpoint: Mutex<S3Endpoint>
  private let keys = SigningKeys()
  private let sent = Atomic<Int>(0)
  private let takesWishes = Atomic(true)
  private let looksLikeCeph = Atomic(false)

  init(_ endpoint: S3Endpoint, _ access: S3Access) {
    self.endpoint = Mutex(endpoint)
    self.access = access
  }

  /// The server names its requests as Ceph's gateway does: `tx000009a894c946de28a7b-006b0220ca-100c-default`.
  var isCeph: Bool { looksLikeCeph.load(ordering: .relaxed) }

  var requests: Int { sent.load(ordering: .relaxed) }
  var buffers: BufferBudget { access.buffers }

  /// Whether both are asked at one endpoint, by one's credentials.
  func isServed(with other: S3Bucket) -> Bool { access === other.access }

  /// An object as one is named that is to be copied.
  func copySource(_ key: Key) -> String {
    let bucket = endpoint.withLock { $0.bucket }
    return PercentEncoding.encodeForURI(bucket.utf8) + "/"
      + PercentEncoding.encodeForURI(key.bytes, keepSlash: true)
  }

  /// The answer, when it is a success.
  func send(_ request: Request) throws(StoreError) -> HTTPResponse {
    do throws(StoreError) { return try answer(to: request) } catch {
      if request.isConditional, case .unavailable(let reason) = error {
        access.traffic.countRetry()
        access.settings.detail("\(reason); looking what became of it")
      }
      throw error
    }
  }

  /// The server's clock, in seconds since 1970: every answer tells it, whatever else it says.
  func date() throws(StoreError) -> Int64 {
    let response = try send(Request(method: "HEAD"), try signing())
    guard let date = response.header("date").flatMap(AWSTime.parseHTTP) else {
      throw .unavailable("the store does not say what time it is")
    }
    return date
  }

  /// Sent once, and once more for each reason to refuse it that can be put right.
  private func answer(to request: Request) throws(StoreError) -> HTTPResponse {
    var signing = try signing()
    for _ in 0..<Self.mostCorrections {
      let response = try send(request, signing)
      if (200...299).contains(response.status) {
        if !signing.hasWish && request.wish != nil { takesWishes.store(false, ordering: .relaxed) }
        return response
      }
      let reply = S3Reply(response)
      if case .unavailable = reply.error, let pause = reply.retryAfter { access.traffic.hold(pause) }
      guard let better = try corrected(signing, after: reply, to: request) else {
        throw error(of: reply, to: request)
      }
      signing = better
    }
    throw .invalid("the store refuses every signature")
  }

  /// The region, the credentials, the clock, the wish; and the request as it was.
  private static let mostCorrections = 5

  private func send(_ request: Request, _ signing: Signing) throws(StoreError) -> HTTPResponse {
    let signed = try signed(request, signing)
    sent.add(1, ordering: .relaxed)
    access.traffic.countRequest()
    do throws(HTTPError) {
      let response = try access.client.send(signed)
      access.traffic.countAnswer()
      if response.header("x-amz-request-id")?.hasPrefix("tx0") == true {
        looksLikeCeph.store(true, ordering: .relaxed)
      }
      return response
    } catch {
      // A name that was never heard of is most likely a mistyped one.
      if case .unknownHost(let reason) = error, !access.traffic.isAnswered { throw .io(.unavailable, reason) }
      // What came instead of an answer does not say whether it was carried out.
      if case .invalid(let reason) = error, request.isConditional { throw .unavailable(reason) }
      throw StoreError(error)
    }
  }

  private func error(of reply: S3Reply, to request: Request) -> StoreError {
    switch reply.error {
    case .unsupported where request.isConditional:
      .unsupported("the store has no conditional writes (\(reply.label))")
    case .invalid where isExpired(reply, request):
      .denied("access denied, or the session has expired (\(reply.label))")
    case .denied(let reason) where access.settings.isAnonymous:
      .denied("\(reason); without --anonymous the request is signed")
    case let error: error
    }
  }

  private func signing() throws(StoreError) -> Signing {
    let endpoint = endpoint.withLock { $0 }
    var signing = Signing(
      endpoint: endpoint, credentials: nil, offset: access.clock.offset,
      hasWish: takesWishes.load(ordering: .relaxed))
    if access.settings.isAnonymous { return signing }
    do throws(Failure) {
      signing.credentials = try access.credentials.current()
      return signing
    } catch {
      switch error.exit {
      case .permission: throw .denied(error.message)
      case .tryAgain, .unavailable: throw .unavailable(error.message)
      default: throw .io(error.exit, error.message)
      }
    }
  }

  /// Nil where nothing can be put right: for the region that AWS says the bucket is in, at a host that is made of that
  /// region's name and never taken from the answer; with new credentials, where there are others; by the store's clock; without what it does not know.
  private func corrected(
    _ signing: Signing, after reply: S3Reply, to request: Request
  ) throws(StoreError) -> Signing? {
    var better = signing
    if reply.isAtALoss, request.wish != nil, signing.hasWish {
      better.hasWish = false
      return better
    }
    if reply.isElsewhere, let region = reply.region, let moved = signing.endpoint.moved(to: region) {
      access.remarks.detail("the bucket \(moved.bucket) is in region \(region)")
      endpoint.withLock { $0 = moved }
      better.endpoint = moved
      return better
    }
    if isExpired(reply, request), let old = signing.credentials {
      access.credentials.forget(old)
      better = try self.signing()
      return better.credentials == old ? nil : better
    }
    guard learnsTime(from: reply, signing.offset) else { return nil }
    better.offset = access.clock.offset
    return better
  }

  /// An answer to HEAD has no code: of a 400 there, an expired session is the likeliest cause.
  private func isExpired(_ reply: S3Reply, _ request: Request) -> Bool {
    let isBare = request.method == "HEAD" && reply.status == 400 && reply.code == nil
    return reply.isExpired || isBare && !access.settings.isAnonymous
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

  private func signed(_ request: Request, _ signing: Signing) throws(StoreError) -> HTTPRequest {
    let endpoint = signing.endpoint
    let path = endpoint.path(of: request.key)
    var headers = request.headers
    if signing.hasWish, let wish = request.wish { headers.append(wish) }
    if access.settings.requesterPays { headers.append(HTTPHeader("x-amz-request-payer", "requester")) }
    if let credentials = signing.credentials {
      let signer = SigV4(
        credentials: credentials, region: endpoint.region?.name ?? access.region, keys: keys)
      headers = signer.headers(
        for: SigV4.Request(
          method: request.method, host: endpoint.host, path: path, query: request.query, headers: headers,
          payload: request.payload), at: AWSTime.now() + signing.offset)
    } else if let sum = try S3Upload.md5(of: request.body) {
      // Where no SHA-256 is signed, this is what tells the store that a bit has flipped on the way.
      headers.append(HTTPHeader("content-md5", Base64.encode(sum)))
    }
    let query = SigV4.canonicalQuery(request.query)
    let url = "\(endpoint.scheme)://\(endpoint.host)\(path)" + (query.isEmpty ? "" : "?" + query)
    var http = HTTPRequest(request.method, url, headers: headers, body: request.body)
    http.idleTimeout = request.idleTimeout
    return http
  }
}

extension S3Reply {
  /// It names another region than the one that the request was sent to.
  fileprivate var isElsewhere: Bool { [301, 307, 308, 400].contains(status) }

  /// It may be about a header that the store does not know.
  fileprivate var isAtALoss: Bool {
    status == 400 && ["InvalidArgument", "InvalidRequest", "NotImplemented"].contains(code)
  }

  fileprivate var isExpired: Bool { code == "ExpiredToken" || code == "TokenRefreshRequired" }
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
