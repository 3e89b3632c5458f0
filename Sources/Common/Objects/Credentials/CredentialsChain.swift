internal import Failures
internal import Synchronization

/// The providers, asked in order until one has credentials; they are kept until shortly before they expire.
///
/// | what is left of them          | what is done                                                       |
/// |-------------------------------|--------------------------------------------------------------------|
/// | more than the margin          | they are used                                                      |
/// | less                          | new ones are fetched; where that fails, they are used, and it is   |
/// |                               | tried again half a minute later                                    |
/// | nothing                       | new ones are fetched; where that fails, that is the failure        |
///
/// The margin is five minutes, or a tenth of what they had when they came, whichever is shorter.
final class CredentialsChain: Sendable {
  static let longestMargin: Int64 = 300
  private static let pause: Int64 = 30

  private struct Kept {
    var credentials: Credentials
    /// When to look for others; nil for never.
    var renewal: Int64?
  }

  private let providers: [any CredentialsProvider]
  private let now: @Sendable () -> Int64
  private let remarks: Remarks
  private let kept = Mutex<Kept?>(nil)
  /// What came of the last fetch, where it failed, and when. Only who holds `kept` comes here.
  private let failed = Mutex<(failure: Failure, at: ContinuousClock.Instant)?>(nil)

  init(
    _ providers: [any CredentialsProvider], now: @escaping @Sendable () -> Int64 = AWSTime.now,
    remarks: Remarks = Remarks()
  ) {
    self.providers = providers
    self.now = now
    self.remarks = remarks
  }

  /// One thread fetches while the others wait for what it gets, be it a failure.
  func current() throws(Failure) -> Credentials {
    let begun = ContinuousClock.now
    let result: Result<Credentials, Failure> = kept.withLock { kept in
      if let kept, !isDue(kept) { return .success(kept.credentials) }
      if let failed = failed.withLock({ $0 }), failed.at > begun { return .failure(failed.failure) }
      do throws(Failure) {
        let fetched = try fetch()
        kept = Kept(credentials: fetched, renewal: renewal(of: fetched))
        return .success(fetched)
      } catch {
        guard let old = kept?.credentials, let end = old.expires, end > now() else {
          failed.withLock { $0 = (error, .now) }
          return .failure(error)
        }
        remarks.detail("\(error.message); what there is holds for another \(end - now()) s")
        kept?.renewal = min(end, now() + Self.pause)
        return .success(old)
      }
    }
    return try result.get()
  }

  /// The store no longer takes these: the next ones are fetched.
  func forget(_ credentials: Credentials) {
    kept.withLock { if $0?.credentials == credentials { $0 = nil } }
  }

  private func isDue(_ kept: Kept) -> Bool { kept.renewal.map { $0 <= now() } ?? false }

  private func renewal(of credentials: Credentials) -> Int64? {
    credentials.expires.map { $0 - max(0, min(Self.longestMargin, ($0 - now()) / 10)) }
  }

  private func fetch() throws(Failure) -> Credentials {
    for provider in providers {
      guard let found = try provider.credentials() else { continue }
      guard let checked = found.checked else {
        throw Failure(.configuration, "the S3 credentials have characters that no key has")
      }
      CoreFile.forbid()
      return checked
    }
    throw Failure(
      .permission,
      "no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; "
        + "a public bucket needs none with --anonymous")
  }
}

extension CredentialsChain {
  /// The places that AWS's tools look at, in their order. Where the environment names a profile and has keys too, the
  /// keys are taken.
  static func ofAWS(
    _ environment: @escaping Environment, tokens: SecurityTokens, metadata: Metadata, remarks: Remarks
  ) -> CredentialsChain {
    let keys = EnvironmentProvider(environment: environment)
    let container = ContainerProvider(environment: environment, metadata: metadata)
    let instance = InstanceProvider(environment: environment, metadata: metadata)
    let sources: [String: any CredentialsProvider] = [
      "Environment": keys, "EcsContainer": container, "Ec2InstanceMetadata": instance,
    ]
    let profile = ProfileProvider(
      environment: environment, tokens: tokens, sources: sources, remarks: remarks)
    let identity = WebIdentityProvider(environment: environment, tokens: tokens)
    return CredentialsChain([keys, identity, profile, container, instance], remarks: remarks)
  }
}
