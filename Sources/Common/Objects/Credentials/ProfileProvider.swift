internal import Failures

/// A profile of the shared files. Within one profile, in this order:
///
/// | settings                                       | the credentials are                                        |
/// |------------------------------------------------|------------------------------------------------------------|
/// | role_arn, web_identity_token_file              | the role's, for the token in the file                      |
/// | role_arn, source_profile                       | the role's, for those of the other profile, or its own     |
/// | role_arn, credential_source                    | the role's, for those of that source                       |
/// | aws_access_key_id, aws_secret_access_key       | these                                                      |
/// | credential_process                             | what the program prints                                    |
/// | sso_..., login_session                         | not supported: an error that says what to do               |
///
/// A profile that is the source of another is asked for its keys first, as botocore does. The files are read anew each
/// time: whoever renews the keys in them is heard.
struct ProfileProvider: CredentialsProvider {
  let environment: Environment
  let tokens: SecurityTokens
  /// By the names that `credential_source` has for them.
  let sources: [String: any CredentialsProvider]
  let remarks: Remarks

  func credentials() throws(Failure) -> Credentials? {
    let files = try SharedFiles(environment)
    let (name, isDemanded) = Profile.name(in: environment)
    if let profile = files.profile(name) { return try credentials(of: profile, files, asked: [name]) }
    guard isDemanded else { return nil }
    throw Failure(.configuration, "there is no profile \(name) in the shared files of AWS")
  }

  private func credentials(
    of profile: Profile, _ files: SharedFiles, asked: [String]
  ) throws(Failure) -> Credentials? {
    if let role = try role(of: profile) {
      if let path = profile["web_identity_token_file"] { return try tokens.assume(role, tokenFile: path) }
      return try tokens.assume(role, as: source(of: profile, files, asked: asked))
    }
    if let keys = try keys(of: profile) { return keys }
    if let command = profile["credential_process"] {
      return try CredentialProcess(command: command, profile: profile.name).run()
    }
    for setting in ["sso_session", "sso_start_url", "sso_account_id", "login_session"] {
      if profile[setting] != nil { throw Self.unsupported(setting, profile) }
    }
    return nil
  }

  private func keys(of profile: Profile) throws(Failure) -> Credentials? {
    let (accessKey, secret) = (profile["aws_access_key_id"], profile["aws_secret_access_key"])
    guard accessKey != nil || secret != nil else { return nil }
    guard let accessKey, let secret else {
      throw Failure(.configuration, "the profile \(profile.name) has one key of two")
    }
    if let path = profile.exposed {
      remarks.note("others can read your keys in \(path): chmod 600 \(path)")
    }
    return Credentials(accessKey: accessKey, secret: secret, token: profile["aws_session_token"])
  }

  private func role(of profile: Profile) throws(Failure) -> Role? {
    guard let name = profile["role_arn"] else { return nil }
    if profile["mfa_serial"] != nil { throw Self.unsupported("mfa_serial", profile) }
    var role = Role(name)
    role.session = profile["role_session_name"] ?? role.session
    role.externalID = profile["external_id"]
    if let duration = profile["duration_seconds"] {
      guard let seconds = UInt32(duration) else {
        throw Failure(.configuration, "duration_seconds of the profile \(profile.name) is not a number")
      }
      role.seconds = seconds
    }
    return role
  }

  /// What a role is assumed with.
  private func source(
    of profile: Profile, _ files: SharedFiles, asked: [String]
  ) throws(Failure) -> Credentials {
    let found: Credentials?
    switch (profile["source_profile"], profile["credential_source"]) {
    case (let name?, nil): found = try source(named: name, of: profile, files, asked: asked)
    case (nil, let name?):
      guard let source = sources[name] else {
        throw Failure(
          .configuration,
          "credential_source of the profile \(profile.name) is not one of "
            + sources.keys.sorted().joined(separator: ", "))
      }
      found = try source.credentials()
    default:
      throw Failure(
        .configuration,
        "the profile \(profile.name) has role_arn, and not one of source_profile and credential_source")
    }
    guard let found else {
      throw Failure(.permission, "the source of the profile \(profile.name) has no credentials")
    }
    return found
  }

  private func source(
    named name: String, of profile: Profile, _ files: SharedFiles, asked: [String]
  ) throws(Failure) -> Credentials? {
    guard let source = files.profile(name) else {
      throw Failure(
        .configuration, "there is no profile \(name), which is the source of the profile \(profile.name)")
    }
    if let keys = try keys(of: source) { return keys }
    guard !asked.contains(name) else {
      throw Failure(
        .configuration,
        "profiles that are each other's source: \((asked + [name]).joined(separator: ", "))")
    }
    return try credentials(of: source, files, asked: asked + [name])
  }

  private static func unsupported(_ setting: String, _ profile: Profile) -> Failure {
    Failure(
      .configuration,
      "the profile \(profile.name) has \(setting), which is not supported: name another in AWS_PROFILE with "
        + "credential_process = aws configure export-credentials --profile \(profile.name) --format process")
  }
}
