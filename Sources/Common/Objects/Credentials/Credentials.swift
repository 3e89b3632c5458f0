internal import Failures

/// What a request is signed with. It prints as nothing: no secret gets into a message by accident.
struct Credentials: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  let accessKey: String
  let secret: String
  let token: String?
  /// Seconds since 1970; nil for what does not expire.
  let expires: Int64?

  init(accessKey: String, secret: String, token: String? = nil, expires: Int64? = nil) {
    self.accessKey = accessKey
    self.secret = secret
    self.token = token
    self.expires = expires
  }

  var description: String { "(credentials)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }

  /// Nil where one of them holds what can't stand in a header.
  var checked: Credentials? {
    let isPlain = { (text: String) in !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
    return isPlain(accessKey) && isPlain(secret) && isPlain(token ?? "-") ? self : nil
  }
}

/// One place where credentials may be found.
protocol CredentialsProvider: Sendable {
  /// Nil where this place has none; a failure where it has some that can't be used.
  func credentials() throws(Failure) -> Credentials?
}

/// A variable of the environment; nil where it is not set, or empty.
typealias Environment = @Sendable (String) -> String?
