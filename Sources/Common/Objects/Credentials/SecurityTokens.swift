internal import Bytes
internal import Failures
internal import Files
internal import HTTP

/// AWS's Security Token Service, version 2011-06-15, asked for the credentials of a role. A request is a form; the answer:
///
///     <AssumeRoleResponse> <AssumeRoleResult>
///       <Credentials> <AccessKeyId/> <SecretAccessKey/> <SessionToken/> <Expiration/> </Credentials> ...
///     <ErrorResponse> <Error> <Code>AccessDenied</Code> ...
///
/// After the service's API reference and its model in botocore.
struct SecurityTokens: Sendable {
  /// Seconds for which a request that fails for the moment is sent again.
  static let patience = 10.0

  let client: HTTPClient
  /// For signing; the host's name has it too, where there is no endpoint of one's own.
  let region: String
  /// Nil for AWS's own.
  let endpoint: String?
  let retries: Retries
  let remarks: Remarks
  /// The one that the stores' requests are signed by, too.
  var clock = StoreClock()

  /// The role's credentials, for somebody who may assume it.
  func assume(_ role: Role, as somebody: Credentials) throws(Failure) -> Credentials {
    do throws(StoreError) {
      return try ask("AssumeRole", Self.form(role), signedBy: somebody)
    } catch { throw error.failure(cannot: "assume the role", role.name) }
  }

  /// The role's credentials, for whoever has the token in that file, which is read now.
  func assume(_ role: Role, tokenFile path: String) throws(Failure) -> Credentials {
    let file = try Descriptor.reading(Array(path.utf8))
    let bytes = try FileIO.readAll(file.number, limit: 1 << 16, name: path)
    guard let token = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first
    else {
      throw Failure(.badData, cannot: "read", path, because: "there is no token in it")
    }
    let form = Self.form(role) + [("WebIdentityToken", String(token))]
    do throws(StoreError) {
      return try ask("AssumeRoleWithWebIdentity", form, signedBy: nil)
    } catch { throw error.failure(cannot: "assume the role", role.name) }
  }

  typealias Form = [(name: String, value: String)]

  private static func form(_ role: Role) -> Form {
    var form = [(name: "RoleArn", value: role.name), ("RoleSessionName", role.session)]
    if let seconds = role.seconds { form.append(("DurationSeconds", String(seconds))) }
    if let external = role.externalID { form.append(("ExternalId", external)) }
    return form
  }

  /// The credentials that an action of the service gives.
  func ask(
    _ action: String, _ form: Form, signedBy credentials: Credentials?
  ) throws(StoreError) -> Credentials {
    let address = try address()
    let pairs = [(name: "Action", value: action), ("Version", "2011-06-15")] + form
    let body = SigV4.canonicalQuery(pairs.map { ($0.name, Array($0.value.utf8)) })
    return try retries.run { () throws(StoreError) in
      let offset = clock.offset
      let request = request(address, Array(body.utf8), signedBy: credentials, offset)
      let reply = SecurityTokensReply(try send(request), action)
      guard credentials != nil, learnsTime(from: reply, offset) else { return try reply.credentials() }
      let again = self.request(address, Array(body.utf8), signedBy: credentials, clock.offset)
      return try SecurityTokensReply(try send(again), action).credentials()
    }
  }

  /// Whether a refused request is worth signing again, by the service's clock. Its codes do not say that it is about that.
  private func learnsTime(from reply: SecurityTokensReply, _ used: Int64) -> Bool {
    guard let offset = reply.skew(now: AWSTime.now()) else { return false }
    switch clock.learn(offset, insteadOf: used) {
    case .known: return true
    case .hopeless: return false
    case .corrected:
      remarks.note(
        "the clock of this machine is \(StoreClock.text(offset)); requests are signed by the store's")
      return true
    }
  }

  private func send(_ request: HTTPRequest) throws(StoreError) -> HTTPResponse {
    do { return try client.send(request) } catch { throw StoreError(error) }
  }

  private func request(
    _ address: Address, _ body: [UInt8], signedBy credentials: Credentials?, _ offset: Int64
  ) -> HTTPRequest {
    var headers = [HTTPHeader("content-type", "application/x-www-form-urlencoded; charset=utf-8")]
    let path = address.path + "/"
    if let credentials {
      let signed = SigV4.Request(
        method: "POST", host: address.host, path: path, headers: headers, payload: SHA256.hex(body))
      headers = SigV4(credentials: credentials, region: region, service: "sts").headers(
        for: signed, at: AWSTime.now() + offset)
    }
    return HTTPRequest(
      "POST", "\(address.scheme)://\(address.host)\(path)", headers: headers, body: .bytes(body), deadline: 10
    )
  }

  private func address() throws(StoreError) -> Address {
    do throws(Failure) {
      guard let endpoint else { return Address("https", "sts." + (try Region(region)).domain) }
      let address = try Address(endpoint: endpoint)
      if let warning = address.warning { remarks.note(warning) }
      return address
    } catch { throw StoreError(error) }
  }
}

/// What the service answers. No word of it gets into a message but the code of an error.
private struct SecurityTokensReply {
  let response: HTTPResponse
  let action: String

  init(_ response: HTTPResponse, _ action: String) {
    self.response = response
    self.action = action
  }

  /// How far the service's clock is ahead of ours, where that may be why it refuses a request.
  func skew(now: Int64) -> Int64? {
    guard response.status == 400 || response.status == 403,
      let date = response.header("date").flatMap(AWSTime.parseHTTP), (date - now).magnitude > 240
    else { return nil }
    return date - now
  }

  func credentials() throws(StoreError) -> Credentials {
    let body = try response.body.whole(limit: 64 << 10)
    guard response.status == 200 else { throw error(body) }
    var reader = try XMLReader(body, root: action + "Response")
    guard try reader.find(action + "Result"), try reader.find("Credentials") else { throw Self.malformed }
    var values: [String: String] = [:]
    while let name = try reader.child() {
      if ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"].contains(name) {
        values[name] = try reader.text()
      } else {
        try reader.skip()
      }
    }
    guard let accessKey = values["AccessKeyId"], let secret = values["SecretAccessKey"],
      let token = values["SessionToken"], let expires = values["Expiration"].flatMap(Expiration.parse)
    else { throw Self.malformed }
    return Credentials(accessKey: accessKey, secret: secret, token: token, expires: expires)
  }

  private func error(_ body: [UInt8]) -> StoreError {
    let code = S3Reply.word(try? Self.code(body))
    let label = code.map { "\(response.status) \($0)" } ?? "\(response.status)"
    return switch (response.status, code) {
    case (429, _), (500...599, _): .unavailable("the token service can't answer now (\(label))")
    case (_, let code?) where S3Reply.passing.contains(code) || code == "IDPCommunicationError":
      .unavailable("the token service can't answer now (\(label))")
    default: .denied("the token service refuses (\(label))")
    }
  }

  private static func code(_ body: [UInt8]) throws(StoreError) -> String? {
    do throws(StoreError) {
      var reader = try XMLReader(body, root: "ErrorResponse")
      guard try reader.find("Error") else { return nil }
      return try reader.find("Code") ? try reader.text() : nil
    } catch {
      var reader = try XMLReader(body, root: "Error")
      return try reader.find("Code") ? try reader.text() : nil
    }
  }

  private static let malformed = StoreError.invalid("the token service's answer is malformed")
}

extension XMLReader {
  /// Goes into the next child of that name, past the others; false where there is none.
  fileprivate mutating func find(_ wanted: String) throws(StoreError) -> Bool {
    while let name = try child() {
      if name == wanted { return true }
      try skip()
    }
    return false
  }
}
