internal import Failures

/// Where a service answers: `http://127.0.0.1:9000`, `https://storage.example/s3`.
struct Address: Equatable, Sendable {
  /// `http` or `https`.
  let scheme: String
  /// As the Host header has it: with the port, unless it is the scheme's own.
  let host: String
  /// Empty, or beginning with `/` and not ending in it.
  let path: String

  init(_ scheme: String, _ host: String) {
    (self.scheme, self.host, path) = (scheme, host, "")
  }

  /// An endpoint of one's own.
  init(endpoint: String) throws(Failure) {
    scheme = endpoint.prefix { $0 != ":" }.lowercased()
    let rest = endpoint.dropFirst(scheme.count + 3)
    let authority = rest.prefix { $0 != "/" }
    guard scheme == "http" || scheme == "https", endpoint.dropFirst(scheme.count).hasPrefix("://"),
      !authority.isEmpty
    else { throw Self.malformed }
    let path = rest.dropFirst(authority.count).split(separator: "/").joined(separator: "/")
    // With a password in it an address is refused, wherever its `@` is taken to be.
    guard Self.isHost(authority), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"@?#".utf8.contains($0) })
    else { throw Self.malformed }
    let ownPort = scheme == "http" ? ":80" : ":443"
    host = String(authority.hasSuffix(ownPort) ? authority.dropLast(ownPort.count) : authority)
    self.path = path.isEmpty ? "" : "/" + path
  }

  /// A name or a number, or an address of IPv6 in brackets; a port may follow.
  private static func isHost(_ authority: Substring) -> Bool {
    let name =
      authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
    let port = authority.dropFirst(name.count)
    guard !name.isEmpty, port.isEmpty || (port.first == ":" && UInt16(port.dropFirst()) != nil) else {
      return false
    }
    return name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"@?#\\%".utf8.contains($0) }
  }

  /// What a person should know who sends signed requests there; nil where there is nothing to say.
  var warning: String? {
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
    let isNumber = name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    let isNear = name == "localhost" || name == "[::1]" || (isNumber && name.hasPrefix("127."))
    return scheme == "http" && !isNear ? "requests to \(host) are not encrypted: its endpoint is http" : nil
  }

  private static let malformed = Failure(
    .configuration, "AWS_ENDPOINT_URL is not of the form https://HOST[:PORT][/PATH]")
}
