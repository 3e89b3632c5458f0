internal import Synchronization

/// What holds for every request of a client.
package struct HTTPSettings: Sendable {
  package var userAgent = "freshet"
  /// Seconds until a connection must stand, TLS included.
  package var connectTimeout = 5.0
  /// Seconds of waiting after which an exchange is given up that stands still, or in which fewer bytes a second
  /// move, either way.
  package var idleTimeout = 30.0
  package var slowest = 100.0
  /// A file of certificates in PEM; nil for the system's.
  package var certificates: String?
  /// Files in PEM by which a server knows us: a certificate, and its key where that is not in the same file. A key that
  /// is encrypted is refused.
  package var clientCertificate: String?
  package var clientKey: String?
  /// Whether the environment's proxies are used.
  package var proxies = true

  package init() {}
}

/// Sends requests, from as many threads as there are. Connections are kept and used again, by whichever thread is
/// next. No redirect is followed; an https URL demands TLS 1.2 and a valid certificate.
package final class HTTPClient: Sendable {
  private let settings: HTTPSettings
  /// Lines that nobody uses now, each with its open connections; the one used last is taken first.
  private let idle = Mutex<[HTTPLine]>([])
  private static let mostIdle = 64

  package init(_ settings: HTTPSettings = HTTPSettings()) { self.settings = settings }

  /// Sends the request and gives the head of the answer. The body keeps the line until it is read or let go.
  package func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    let kept = idle.withLock { $0.popLast() }
    let line = if let kept { kept } else { try HTTPLine() }
    let exchange = HTTPExchange(line, request, settings)
    try exchange.start(settings)
    try exchange.awaitHead()
    return HTTPResponse(
      status: exchange.head.status, headers: exchange.head.headers, body: HTTPBody(exchange, client: self))
  }

  func giveBack(_ line: HTTPLine) {
    idle.withLock { if $0.count < Self.mostIdle { $0.append(line) } }
  }
}
