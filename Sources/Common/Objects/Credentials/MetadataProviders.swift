internal import Failures
internal import Files
internal import HTTP
internal import JSON

/// The role of a container: the address that ECS and EKS put into the environment.
struct ContainerProvider: CredentialsProvider {
  let environment: Environment
  let client: HTTPClient

  func credentials() throws(Failure) -> Credentials? {
    guard let address = try address() else { return nil }
    var headers = [HTTPHeader("accept", "application/json")]
    if let token = try token() { headers.append(HTTPHeader("authorization", token)) }
    let request = HTTPRequest("GET", address, headers: headers, deadline: 5)
    guard let body = Metadata.body(client, request), let credentials = Metadata.credentials(body) else {
      throw Failure(.unavailable, "the container's service gives no credentials for S3")
    }
    return credentials
  }

  private func address() throws(Failure) -> String? {
    if let path = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      return "http://169.254.170.2" + path
    }
    guard let full = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI") else { return nil }
    let near = [
      "http://127.0.0.1", "http://localhost", "http://[::1]", "http://169.254.170.2", "http://169.254.170.23",
      "http://[fd00:ec2::23]",
    ]
    let isNear = near.contains { full == $0 || full.hasPrefix($0 + ":") || full.hasPrefix($0 + "/") }
    guard full.hasPrefix("https://") || isNear else {
      throw Failure(.configuration, "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor on this machine")
    }
    return full
  }

  private func token() throws(Failure) -> String? {
    guard let path = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
      return environment("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    }
    let file = try Descriptor.reading(Array(path.utf8))
    let bytes = try FileIO.readAll(file.number, limit: 1 << 16, name: path)
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
  }
}

/// The role of a virtual machine, by version 2 of EC2's metadata service. Elsewhere nobody answers: one second, one try.
struct InstanceProvider: CredentialsProvider {
  let environment: Environment
  let client: HTTPClient

  func credentials() throws(Failure) -> Credentials? {
    guard environment("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
    var base = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
    while base.hasSuffix("/") { base.removeLast() }
    let lifetime = HTTPHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600")
    guard let token = text(HTTPRequest("PUT", base + "/latest/api/token", headers: [lifetime], deadline: 1))
    else { return nil }
    let headers = [HTTPHeader("x-aws-ec2-metadata-token", token)]
    let roles = base + "/latest/meta-data/iam/security-credentials/"
    guard let role = text(HTTPRequest("GET", roles, headers: headers, deadline: 1)) else { return nil }
    return Metadata.body(client, HTTPRequest("GET", roles + role, headers: headers, deadline: 1))
      .flatMap(Metadata.credentials)
  }

  /// The first line of the answer.
  private func text(_ request: HTTPRequest) -> String? {
    Metadata.body(client, request)
      .flatMap {
        String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
      }
  }
}

/// What both services answer: `{"AccessKeyId": ..., "SecretAccessKey": ..., "Token": ..., "Expiration": ...}`.
enum Metadata {
  /// A client for what is next door: it waits for a second, and knows of no proxy.
  static func client() -> HTTPClient {
    var settings = HTTPSettings()
    settings.connectTimeout = 1
    settings.proxies = false
    return HTTPClient(settings)
  }

  static func body(_ client: HTTPClient, _ request: HTTPRequest) -> [UInt8]? {
    guard let response = try? client.send(request), response.status == 200 else { return nil }
    return try? response.body.readAll(limit: 1 << 16)
  }

  static func credentials(_ body: [UInt8]) -> Credentials? {
    guard let json = try? JSONValue.parse(body), let accessKey = json["AccessKeyId"]?.string,
      let secret = json["SecretAccessKey"]?.string
    else { return nil }
    return Credentials(
      accessKey: accessKey, secret: secret, token: json["Token"]?.string,
      expires: json["Expiration"]?.string.flatMap(AWSTime.parseISO))
  }
}
