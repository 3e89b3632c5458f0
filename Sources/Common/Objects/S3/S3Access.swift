internal import Bytes
internal import Failures
internal import Glibc
internal import HTTP
internal import Synchronization

/// What all buckets of a process share: the client with its connections, the credentials, the environment's settings.
final class S3Access: Sendable {
  let settings: StoreSettings
  let traffic: Traffic
  let client: HTTPClient
  /// For what is read ahead of all objects together.
  let buffers = BufferBudget()
  let credentials: CredentialsChain
  let region: String
  /// Nil for AWS's own.
  let endpoint: String?

  static let environment: Environment = { name in
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  init(
    _ settings: StoreSettings = StoreSettings(), _ traffic: Traffic = Traffic(),
    environment: @escaping Environment = S3Access.environment
  ) throws(Failure) {
    self.settings = settings
    self.traffic = traffic
    let profile = try Profile(environment)
    var http = HTTPSettings()
    http.userAgent = "freshet/" + Release.version
    http.certificates = environment("AWS_CA_BUNDLE") ?? profile["ca_bundle"]
    client = HTTPClient(http)
    let metadata = Metadata.client()
    credentials = CredentialsChain([
      EnvironmentProvider(environment: environment), profile,
      ContainerProvider(environment: environment, client: metadata),
      InstanceProvider(environment: environment, client: metadata),
    ])
    region =
      environment("AWS_REGION") ?? environment("AWS_DEFAULT_REGION") ?? profile["region"] ?? "us-east-1"
    let configured =
      environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.lowercased() == "true"
      ? nil : profile["endpoint_url"]
    endpoint = environment("AWS_ENDPOINT_URL_S3") ?? environment("AWS_ENDPOINT_URL") ?? configured
  }

  /// A failure where there are no credentials, or where the name or the settings can't be right.
  func bucket(_ name: String, retries: Retries? = nil) throws(Failure) -> S3Store {
    let place =
      if let endpoint {
        try S3Endpoint(bucket: name, endpoint: endpoint)
      } else {
        try S3Endpoint(bucket: name, region: region)
      }
    _ = try credentials.current()
    return S3Store(S3Bucket(place, self), retries: retries ?? Retries(settings, traffic))
  }
}
