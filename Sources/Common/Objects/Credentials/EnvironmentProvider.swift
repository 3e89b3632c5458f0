internal import Failures

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
struct EnvironmentProvider: CredentialsProvider {
  let environment: Environment

  func credentials() throws(Failure) -> Credentials? {
    guard let accessKey = environment("AWS_ACCESS_KEY_ID") else { return nil }
    guard let secret = environment("AWS_SECRET_ACCESS_KEY") else {
      throw Failure(.configuration, "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
    }
    return Credentials(accessKey: accessKey, secret: secret, token: environment("AWS_SESSION_TOKEN"))
  }
}
