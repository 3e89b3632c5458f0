internal import Failures
internal import Files
internal import Glibc

/// The files that AWS's tools share: `~/.aws/credentials`, whose sections are profiles, and `~/.aws/config`, whose
/// sections are `[profile NAME]` and `[default]`. What the first says of a profile comes before what the second says.
struct SharedFiles: Sendable {
  private let credentials: IniFile
  private let config: IniFile
  /// The file of credentials, where others than its owner may read it.
  let exposed: String?

  /// Files that are not there are as good as empty; so are those that can't be read, where that is not `needed`. Without
  /// `credentials` that file is not touched.
  init(
    _ environment: Environment, credentials wanted: Bool = true, needed: Bool = true
  ) throws(Failure) {
    let home = environment("HOME")
    func file(_ path: String?, _ usual: String) throws(Failure) -> (content: IniFile, exposed: String?) {
      do throws(Failure) { return try Self.file(path, home, usual) } catch {
        guard !needed else { throw error }
        return (IniFile(""), nil)
      }
    }
    (credentials, exposed) =
      wanted ? try file(environment("AWS_SHARED_CREDENTIALS_FILE"), ".aws/credentials") : (IniFile(""), nil)
    config = try file(environment("AWS_CONFIG_FILE"), ".aws/config").content
  }

  func profile(_ name: String) -> Profile? {
    let own = credentials.sections[name]
    let general = config.sections["profile " + name] ?? (name == "default" ? config.sections[name] : nil)
    guard own != nil || general != nil else { return nil }
    return Profile(
      name: name, settings: (general ?? [:]).merging(own ?? [:]) { $1 },
      exposed: own?["aws_secret_access_key"] == nil ? nil : exposed)
  }

  private static func file(
    _ path: String?, _ home: String?, _ usual: String
  ) throws(Failure) -> (content: IniFile, exposed: String?) {
    guard let path = path ?? home.map({ $0 + "/" + usual }) else { return (IniFile(""), nil) }
    let expanded = path.hasPrefix("~/") ? (home ?? "~") + path.dropFirst() : path
    guard access(expanded, F_OK) == 0 else { return (IniFile(""), nil) }
    let file = try Descriptor.reading(Array(expanded.utf8))
    let bytes = try FileIO.readAll(file.number, limit: 1 << 20, name: expanded)
    var status = stat()
    let isExposed = fstat(file.number, &status) == 0 && status.st_mode & 0o044 != 0
    return (IniFile(String(decoding: bytes, as: UTF8.self)), isExposed ? expanded : nil)
  }
}

/// One profile, as both files together have it.
struct Profile: Sendable {
  let name: String
  let settings: [String: String]
  /// The file that its secret key is in, where others than its owner may read that.
  let exposed: String?

  /// Nil where it is empty, too.
  subscript(_ setting: String) -> String? { settings[setting].flatMap { $0.isEmpty ? nil : $0 } }

  /// The profile that the environment names, and whether it does: else it is `default`.
  static func name(in environment: Environment) -> (name: String, isDemanded: Bool) {
    let demanded = environment("AWS_PROFILE") ?? environment("AWS_DEFAULT_PROFILE")
    return (demanded ?? "default", demanded != nil)
  }
}
