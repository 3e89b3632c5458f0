internal import Bytes
internal import Failures
internal import Glibc
internal import HTTP
internal import Synchronization

/// What all buckets of a process share: the client with its connections, the credentials, the environment's settings.
final class S3Access: Sendable {
  let settings: StoreSettings
  let traffic: Traffic
  let remarks: Remarks
  let clock = StoreClock()
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
    remarks = Remarks(settings)
    let (name, isDemanded) = Profile.name(in: environment)
    let files = try SharedFiles(environment, credentials: !settings.isAnonymous, needed: isDemanded)
    let profile = files.profile(name)
    var http = HTTPSettings()
    http.userAgent = "freshet/" + Release.version
    http.idleTimeout = settings.idleTimeout
    http.connectTimeout = settings.connectTimeout
    http.certificates = environment("AWS_CA_BUNDLE") ?? profile?["ca_bundle"]
    client = HTTPClient(http)
    region =
      environment("AWS_REGION") ?? environment("AWS_DEFAULT_REGION") ?? profile?["region"] ?? "us-east-1"
    let ignored = environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")?.lowercased() == "true"
    let general = environment("AWS_ENDPOINT_URL") ?? (ignored ? nil : profile?["endpoint_url"])
    endpoint = environment("AWS_ENDPOINT_URL_S3") ?? general
    var retries = Retries(settings, Traffic())
    retries.patience = min(retries.patience, SecurityTokens.patience)
    let tokens = SecurityTokens(
      client: client, region: region, endpoint: environment("AWS_ENDPOINT_URL_STS") ?? general,
      retries: retries, remarks: remarks, clock: clock)
    let metadata = Metadata(certificates: http.certificates)
    credentials =
      settings.isAnonymous
      ? CredentialsChain([])
      : CredentialsChain.ofAWS(environment, tokens: tokens, metadata: metadata, remarks: remarks)
  }

  /// A failure where there are no credentials, or where the name or the settings can't be right.
  func bucket(_ name: String, retries: Retries? = nil) throws(Failure) -> S3Store {
    let place =
      if let endpoint {
        try S3Endpoint(bucket: name, endpoint: endpoint)
      } else {
        try S3Endpoint(bucket: name, region: region)
      }
    if !settings.isAnonymous {
      _ = try credentials.current()
      if let endpoint, let warning = try Address(endpoint: endpoint).warning { remarks.note(warning) }
    }
    return S3Store(S3Bucket(place, self), retries: retries ?? Retries(settings, traffic))
  }
}
