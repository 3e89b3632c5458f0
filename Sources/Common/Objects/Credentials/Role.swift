/// A role of IAM, and how it is to be assumed.
struct Role: Equatable, Sendable {
  /// Its ARN.
  let name: String
  /// What the account's logs call whoever assumed it.
  var session = "freshet"
  var externalID: String?
  /// How long its credentials hold; nil for as long as the service likes: an hour.
  var seconds: UInt32?

  init(_ name: String) { self.name = name }
}
