internal import Failures
internal import Files
internal import HTTP

/// The role of a container: the address that ECS and EKS (Pod Identity) put into the environment.
struct ContainerProvider: CredentialsProvider {
  let environment: Environment
  let metadata: Metadata

  func credentials() throws(Failure) -> Credentials? {
    guard let address = try address() else { return nil }
    var headers = [HTTPHeader("accept", "application/json")]
    if let token = try token() { headers.append(HTTPHeader("authorization", token)) }
    let request = HTTPRequest("GET", address, headers: headers, deadline: 2)
    switch metadata.ask(request, patient: true) {
    case .none: throw Failure(.tryAgain, "the container's service for credentials does not answer")
    case .refused(let status):
      throw Failure(
        Metadata.exit(of: status), "the container's service gives no credentials for S3 (\(status))")
    case .body(let body):
      guard let found = Metadata.credentials(body) else {
        throw Failure(.unavailable, "the container's service gives no credentials for S3")
      }
      return found
    }
  }

  private func address() throws(Failure) -> String? {
    if let path = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      guard path.hasPrefix("/") else {
        throw Failure(.configuration, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not a path")
      }
      return "http://169.254.170.2" + path
    }
    guard let full = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI") else { return nil }
    guard full.hasPrefix("https://") || Self.isNear(full) else {
      throw Failure(.configuration, "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor on this machine")
    }
    return full
  }

  /// Over plain HTTP only to this machine, and to the addresses that ECS and EKS have.
  private static func isNear(_ address: String) -> Bool {
    let near = ["127.0.0.1", "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]
    guard address.hasPrefix("http://") else { return false }
    let authority = address.dropFirst("http://".count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return near.contains { host in
      guard authority.hasPrefix(host) else { return false }
      let port = authority.dropFirst(host.count)
      return port.isEmpty || (port.first == ":" && UInt16(port.dropFirst()) != nil)
    }
  }

  /// The file is read anew each time: what is in it is renewed.
  private func token() throws(Failure) -> String? {
    guard let path = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
      return environment("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    }
    let file = try Descriptor.reading(Array(path.utf8))
    return try FileIO.readAll(file.number, limit: 1 << 16, name: path).firstLine
  }
}
