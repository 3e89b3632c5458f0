internal import Failures
internal import Files
internal import Glibc

/// A profile of the shared files: AWS_PROFILE, or `default`. What the credentials file says of it comes before what the
/// config file says.
struct Profile: CredentialsProvider {
  let name: String
  /// AWS_PROFILE is set: that the profile is missing is an error.
  let isDemanded: Bool
  private let settings: [String: String]?

  init(_ environment: Environment) throws(Failure) {
    let demanded = environment("AWS_PROFILE") ?? environment("AWS_DEFAULT_PROFILE")
    isDemanded = demanded != nil
    name = demanded ?? "default"
    let home = environment("HOME")
    let credentials = try Self.file(environment("AWS_SHARED_CREDENTIALS_FILE"), home, ".aws/credentials")
    let config = try Self.file(environment("AWS_CONFIG_FILE"), home, ".aws/config")
    let own = credentials.sections[name]
    let general = config.sections["profile " + name] ?? (name == "default" ? config.sections[name] : nil)
    settings = own == nil && general == nil ? nil : (general ?? [:]).merging(own ?? [:]) { $1 }
  }

  subscript(_ setting: String) -> String? { settings?[setting].flatMap { $0.isEmpty ? nil : $0 } }

  func credentials() throws(Failure) -> Credentials? {
    if settings == nil {
      guard isDemanded else { return nil }
      throw Failure(.configuration, "there is no profile \(name) in the shared files of AWS")
    }
    if let accessKey = self["aws_access_key_id"], let secret = self["aws_secret_access_key"] {
      return Credentials(accessKey: accessKey, secret: secret, token: self["aws_session_token"])
    }
    for setting in ["role_arn", "credential_process", "sso_session", "sso_start_url", "login_session"] {
      guard self[setting] == nil else {
        throw Failure(.configuration, "the profile \(name) has \(setting), which is not supported yet")
      }
    }
    return nil
  }

  /// A file that is not there is as good as empty.
  private static func file(_ path: String?, _ home: String?, _ usual: String) throws(Failure) -> IniFile {
    guard let path = path ?? home.map({ $0 + "/" + usual }) else { return IniFile("") }
    let expanded = path.hasPrefix("~/") ? (home ?? "~") + path.dropFirst() : path
    guard access(expanded, F_OK) == 0 else { return IniFile("") }
    let file = try Descriptor.reading(Array(expanded.utf8))
    return IniFile(
      String(decoding: try FileIO.readAll(file.number, limit: 1 << 20, name: expanded), as: UTF8.self))
  }
}
