internal import Failures

/// AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, as Kubernetes sets them for a service account.
struct WebIdentityProvider: CredentialsProvider {
  let environment: Environment
  let tokens: SecurityTokens

  func credentials() throws(Failure) -> Credentials? {
    guard let path = environment("AWS_WEB_IDENTITY_TOKEN_FILE") else { return nil }
    guard let name = environment("AWS_ROLE_ARN") else {
      throw Failure(.configuration, "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not")
    }
    var role = Role(name)
    role.session = environment("AWS_ROLE_SESSION_NAME") ?? role.session
    return try tokens.assume(role, tokenFile: path)
  }
}
