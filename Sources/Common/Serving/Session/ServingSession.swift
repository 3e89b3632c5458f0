package import Failures

/// Where a target is, and how to speak with it.
package struct SessionOptions: Sendable {
  /// How long a request that fails for the moment, or that the server is too busy for, is sent again; seconds.
  package var patience = 60.0
  /// The file of credentials (freshet(7)); read again for each request that was refused with 401.
  package var credentials: String?
  /// PEM files.
  package var certificates: String?
  package var clientCertificate: String?
  package var clientKey: String?
  /// Whether bodies are compressed where the server takes that.
  package var compresses = true
  package var note: @Sendable (String) -> Void = { _ in }
  package var detail: @Sendable (String) -> Void = { _ in }
  package var waiting: @Sendable (String?) -> Void = { _ in }

  package init() {}
}

package struct ServingRequest: Sendable {
  package var method: String
  /// Percent-encoded, below the base URL, with its query.
  package var path: String
  package var contentType: String?
  package var body: [UInt8] = []
  /// Whether the server takes gzip.
  package var mayCompress = false

  package init(_ method: String, _ path: String) {
    self.method = method
    self.path = path
  }
}

package struct ServingAnswer: Sendable {
  package let status: Int
  package let body: [UInt8]
}

/// Requests to one server, with its credentials, sent again while it is busy (429, 503), or can't be reached.
package final class ServingSession: Sendable {
  package let base: String
  private let options: SessionOptions

  /// `base`: http(s)://host[:port][/prefix]. 64 where there are credentials in it.
  package init(_ base: String, _ options: SessionOptions) throws(Failure) {
    self.base = base
    self.options = options
  }

  /// The answer, whatever its status but 401, 403 (77), 429, 502, 503 and 504 (75 when the patience is over).
  package func send(_ request: ServingRequest) throws(Failure) -> ServingAnswer {
    throw Failure(.software, "cannot send: not written yet")
  }
}
