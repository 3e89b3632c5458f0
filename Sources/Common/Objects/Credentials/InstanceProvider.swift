internal import Bytes
internal import Failures
internal import HTTP
internal import Synchronization

/// The role of a virtual machine, by version 2 of EC2's metadata service. Elsewhere nobody answers: one second, one try.
/// Where it has answered once it is waited for.
final class InstanceProvider: CredentialsProvider {
  private let environment: Environment
  private let metadata: Metadata
  private let isHere = Atomic(false)

  init(environment: @escaping Environment, metadata: Metadata) {
    self.environment = environment
    self.metadata = metadata
  }

  func credentials() throws(Failure) -> Credentials? {
    guard environment("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
    let lifetime = HTTPHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600")
    let token = HTTPRequest("PUT", base + "/latest/api/token", headers: [lifetime], deadline: 1)
    let wasHere = isHere.load(ordering: .relaxed)
    guard case .body(let bytes) = metadata.ask(token, patient: wasHere), let token = bytes.firstLine else {
      if wasHere { throw Self.silent }
      return nil
    }
    isHere.store(true, ordering: .relaxed)
    let roles = "/latest/meta-data/iam/security-credentials/"
    guard let role = try get(roles, token)?.firstLine else { return nil }
    let name = PercentEncoding.encodeForURI(role.utf8)
    guard let body = try get(roles + name, token), let found = Metadata.credentials(body) else {
      throw Failure(.tryAgain, "the machine's metadata service gives no credentials for S3")
    }
    return found
  }

  private var base: String {
    let isIPv6 = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased() == "ipv6"
    var base =
      environment("AWS_EC2_METADATA_SERVICE_ENDPOINT")
      ?? (isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254")
    while base.hasSuffix("/") { base.removeLast() }
    return base
  }

  /// Nil where the service has no such thing: a machine without a role.
  private func get(_ path: String, _ token: String) throws(Failure) -> [UInt8]? {
    let headers = [HTTPHeader("x-aws-ec2-metadata-token", token)]
    switch metadata.ask(HTTPRequest("GET", base + path, headers: headers, deadline: 1), patient: true) {
    case .body(let body): return body
    case .refused(status: 404): return nil
    case .refused(let status):
      throw Failure(
        Metadata.exit(of: status), "the machine's metadata service gives no credentials for S3 (\(status))")
    case .none: throw Self.silent
    }
  }

  private static let silent = Failure(.tryAgain, "the machine's metadata service does not answer any more")
}
