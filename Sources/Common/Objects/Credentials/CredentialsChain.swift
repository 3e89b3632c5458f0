internal import Failures
internal import Synchronization

/// The providers, asked in order until one has credentials; they are kept until shortly before they expire.
final class CredentialsChain: Sendable {
  /// Seconds before the end at which new ones are fetched.
  static let margin: Int64 = 300

  private let providers: [any CredentialsProvider]
  private let now: @Sendable () -> Int64
  private let kept = Mutex<Credentials?>(nil)

  init(_ providers: [any CredentialsProvider], now: @escaping @Sendable () -> Int64 = AWSTime.now) {
    self.providers = providers
    self.now = now
  }

  /// One thread fetches while the others wait for what it gets.
  func current() throws(Failure) -> Credentials {
    let result: Result<Credentials, Failure> = kept.withLock { kept in
      if let kept, !isStale(kept) { return .success(kept) }
      do throws(Failure) {
        kept = try fetch()
        if let kept { return .success(kept) }
        return .failure(Self.none)
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func isStale(_ credentials: Credentials) -> Bool {
    credentials.expires.map { $0 - now() < Self.margin } ?? false
  }

  private func fetch() throws(Failure) -> Credentials? {
    for provider in providers {
      guard let found = try provider.credentials() else { continue }
      guard let checked = found.checked else {
        throw Failure(.configuration, "the S3 credentials have characters that no key has")
      }
      return checked
    }
    return nil
  }

  private static let none = Failure(
    .permission,
    "no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
}
