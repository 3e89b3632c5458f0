internal import CCurl
package import Failures

/// Why there is no answer, or no whole one; each case is something that a caller decides on.
package enum HTTPError: Error, Equatable, Sendable {
  /// Nobody knows the host's name: for the moment, or because it is mistyped.
  case unknownHost(String)
  /// No route, nobody listens: nothing was sent.
  case unreachable(String)
  /// It took too long. What was asked for may or may not have happened.
  case timedOut(String)
  /// The connection broke, or the body ended early. What was asked for may or may not have happened.
  case interrupted(String)
  /// The certificate or the handshake. Asking again does not help.
  case insecure(String)
  /// What came is not what HTTP allows, or is larger than it may be.
  case invalid(String)
  /// What was to be sent could not be read.
  case unsendable(String)
  /// There is no libcurl here.
  case noLibrary(String)

  package var reason: String {
    switch self {
    case .unknownHost(let reason), .unreachable(let reason), .timedOut(let reason), .interrupted(let reason),
      .insecure(let reason),
      .invalid(let reason), .unsendable(let reason), .noLibrary(let reason):
      reason
    }
  }

  package var exit: Exit {
    switch self {
    case .unknownHost, .unreachable, .noLibrary: .unavailable
    case .timedOut, .interrupted: .tryAgain
    case .insecure, .invalid: .badData
    case .unsendable: .io
    }
  }
}

extension HTTPError {
  /// libcurl's verdict. Its texts name no header and no address.
  init(_ code: CURLcode, text: String, host: String) {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: self = .unknownHost("there is no host \(host)")
    case CURLE_COULDNT_RESOLVE_PROXY: self = .unknownHost("there is no host of the proxy's name")
    case CURLE_COULDNT_CONNECT: self = .unreachable("nothing answers at \(host)")
    case CURLE_SSL_CONNECT_ERROR: self = .unreachable("no TLS connection to \(host)")
    case CURLE_OPERATION_TIMEDOUT: self = .timedOut("no answer from \(host) in time")
    case CURLE_PARTIAL_FILE: self = .interrupted("the answer was cut short")
    case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR:
      self = .interrupted("\(host) closed the connection")
    case CURLE_PEER_FAILED_VERIFICATION: self = .insecure("the certificate of \(host) is not valid")
    case CURLE_SSL_CACERT_BADFILE: self = .insecure("the file of certificates can't be read")
    case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND:
      self = .insecure(text)
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_LOGIN_DENIED, CURLE_URL_MALFORMAT, CURLE_WEIRD_SERVER_REPLY,
      CURLE_BAD_CONTENT_ENCODING:
      self = .invalid(text)
    default: self = .interrupted(text)
    }
  }
}
