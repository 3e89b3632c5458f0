package import Failures
internal import Files
internal import HTTP
internal import Synchronization

/// Requests to one server, with its credentials, sent again while it is busy (429, 502, 503, 504), or can't be reached. Each
/// must be one that may be done twice. No redirect is followed.
package final class ServingSession: Sendable {
  package let base: String
  private let options: SessionOptions
  private let client: HTTPClient
  private let credentials: ServingCredentials?
  /// What the last request was sent with; nil: with nothing.
  private let secret: Mutex<ServingSecret?>
  /// When the server wants to be asked again: by all threads alike.
  private let leave = Mutex(ContinuousClock.now)
  private let isAnswered = Atomic(false)

  /// Bytes of an answer that tells an error.
  private static let longestError = 1 << 20
  /// Bytes below which a body is not worth compressing.
  private static let shortest = 1 << 10

  /// `base`: http(s)://host[:port][/prefix]. 64 where there are credentials in it; 66 and 77 for files that can't be read.
  package init(_ base: String, _ options: SessionOptions) throws(Failure) {
    self.base = try ServingBase(base).text
    self.options = options
    for file in [options.certificates, options.clientCertificate, options.clientKey] {
      if let file { _ = try Descriptor.reading(Array(file.utf8)) }
    }
    client = HTTPClient(HTTPSettings(options))
    credentials = options.credentials.map { ServingCredentials(file: $0) }
    let secret = try credentials?.secret(for: self.base)
    self.secret = Mutex(secret)
    if secret != nil, ServingBase.isExposed(self.base) {
      options.note("credentials are sent to \(self.base) as they are: https hides them")
    }
  }

  /// The answer, whatever its status but 401, 403 (77), 429, 502, 503 and 504 (75 when the patience is over), and those of
  /// redirects (78).
  package func send(_ request: ServingRequest) throws(Failure) -> ServingAnswer {
    let message = message(request)
    var pauses = Pauses(options.patience)
    defer { if pauses.attempts > 0 { options.waiting(nil) } }
    while true {
      let trouble: ServingTrouble
      waitForLeave()
      do throws(ServingTrouble) { return try answer(to: message, longest: request.longestAnswer) } catch {
        trouble = error
      }
      let goesOn = trouble.passes && wait(&pauses, after: trouble.reason)
      if goesOn { continue }
      throw Failure(
        trouble.exit, cannot: request.verb, base + request.path.prefix { $0 != "?" },
        because: trouble.reason + (trouble.passes ? pauses.end : ""))
    }
  }

  /// Sleeps before another attempt; false where the patience does not last that long.
  func wait(_ pauses: inout Pauses, after reason: String) -> Bool {
    let asked = leave.withLock { ($0 - .now) / .seconds(1) }
    guard let pause = pauses.next(asked: asked) else { return false }
    options.waiting("\(reason); trying again")
    options.detail("\(reason); trying again")
    Pauses.sleep(pause)
    return true
  }

  /// What another thread was told holds for this one.
  private func waitForLeave() {
    let asked = leave.withLock { ($0 - .now) / .seconds(1) }
    if asked > 0, asked < options.patience { Pauses.sleep(asked) }
  }

  /// As SessionOptions has it, for what a target itself has to ask again.
  var pauses: Pauses { Pauses(options.patience) }
  func say(_ line: String) { options.note(line) }
  func endWaiting() { options.waiting(nil) }

  private func message(_ request: ServingRequest) -> HTTPRequest {
    var headers = [HTTPHeader("accept", "application/json")]
    if let type = request.contentType { headers.append(HTTPHeader("content-type", type)) }
    var body = request.body
    if options.compresses, request.mayCompress, body.count >= Self.shortest, let packed = Gzip.pack(body) {
      headers.append(HTTPHeader("content-encoding", "gzip"))
      body = packed
    }
    let hasBody = request.method != "GET" && request.method != "HEAD" || !body.isEmpty
    var message = HTTPRequest(
      request.method, base + request.path, headers: headers, body: hasBody ? .bytes(body) : .none)
    message.idleTimeout = request.idleTimeout
    return message
  }

  /// Sent once, and once more where it was refused with credentials that are others by now.
  private func answer(to message: HTTPRequest, longest: Int) throws(ServingTrouble) -> ServingAnswer {
    let used = secret.withLock { $0 }
    let first = try once(message, used, longest)
    guard first.status == 401, let credentials, credentials.canChange else { return try judged(first) }
    let renewed: ServingSecret?
    do throws(Failure) { renewed = try credentials.secret(for: base) } catch {
      throw ServingTrouble(error.exit, error.message)
    }
    guard renewed != used else { return try judged(first) }
    secret.withLock { $0 = renewed }
    return try judged(try once(message, renewed, longest))
  }

  private func once(
    _ message: HTTPRequest, _ secret: ServingSecret?, _ longest: Int
  ) throws(ServingTrouble) -> ServingAnswer {
    var message = message
    if let secret { message.headers.append(HTTPHeader("authorization", secret.header)) }
    do throws(HTTPError) {
      let response = try client.send(message)
      isAnswered.store(true, ordering: .relaxed)
      let isError = response.status >= 300
      let body = try response.body.readAll(limit: isError ? Self.longestError : longest)
      if let seconds = response.header("retry-after").flatMap(Double.init) { hold(seconds) }
      return ServingAnswer(status: response.status, body: body, hidden: secret?.words ?? [])
    } catch {
      throw ServingTrouble(error, isNew: !isAnswered.load(ordering: .relaxed))
    }
  }

  /// The longest pause that a server is believed: an hour.
  private func hold(_ seconds: Double) {
    guard seconds > 0 else { return }
    leave.withLock { $0 = max($0, .now + .seconds(min(seconds, 3600))) }
  }

  private func judged(_ answer: ServingAnswer) throws(ServingTrouble) -> ServingAnswer {
    switch answer.status {
    case 401 where secret.withLock({ $0 }) == nil:
      let hint =
        options.credentials.map { "\($0) has no line for \(base)" }
        ?? "it wants credentials: --credentials FILE"
      throw ServingTrouble(.permission, "access denied (401): \(hint)")
    case 401, 403: throw ServingTrouble(.permission, "access denied (\(answer.label))")
    case 429: throw ServingTrouble(.tryAgain, "the server is busy (\(answer.label))", passes: true)
    case 502, 503, 504:
      throw ServingTrouble(.tryAgain, "the server can't answer now (\(answer.label))", passes: true)
    case 300...303, 307, 308:
      throw ServingTrouble(
        .configuration,
        "it is somewhere else (\(answer.status)), and redirects are not followed: name that place")
    default: return answer
    }
  }
}

/// Why there is no answer for the caller.
struct ServingTrouble: Error {
  let exit: Exit
  let reason: String
  /// Whether it is worth asking again.
  var passes = false

  init(_ exit: Exit, _ reason: String, passes: Bool = false) {
    self.exit = exit
    self.reason = reason
    self.passes = passes
  }

  /// `isNew`: no answer ever came from there; then a name that nobody knows is most likely mistyped.
  init(_ error: HTTPError, isNew: Bool) {
    let passes =
      switch error {
      case .unknownHost: !isNew
      case .unreachable, .timedOut, .interrupted: true
      case .insecure, .invalid, .unsendable, .noLibrary: false
      }
    var reason = error.reason
    if case .insecure = error { reason += " (--ca FILE has those whom we trust)" }
    self.init(error.exit, reason, passes: passes)
  }
}

extension HTTPSettings {
  fileprivate init(_ options: SessionOptions) {
    self.init()
    certificates = options.certificates
    clientCertificate = options.clientCertificate
    clientKey = options.clientKey
    connectTimeout = min(5, max(1, options.patience / 3))
    idleTimeout = min(60, max(5, options.patience / 2))
  }
}
