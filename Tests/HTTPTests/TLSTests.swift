import Foundation
import Testing

@testable import HTTP

/// Against `openssl s_server`, which ends by itself after one connection. Not tested: expired certificates.
@Suite(.enabled(if: access("/usr/bin/openssl", X_OK) == 0, "there is no openssl")) final class TLSTests {
  private let certificate: String
  private let key: String

  init() throws {
    let base = FileManager.default.temporaryDirectory.path + "/freshet-tls-\(UInt64.random(in: 0 ... .max))"
    (certificate, key) = (base + ".pem", base + ".key")
    let made = popen(
      "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost "
        + "-keyout \(base).key -out \(base).pem -days 2 2>&1", "r")
    try #require(pclose(made) == 0)
  }

  deinit { for path in [certificate, key] { unlink(path) } }

  /// The port of a new server.
  private func serve(_ options: String) throws -> Int {
    let pipe = try #require(
      popen(
        "exec openssl s_server -accept 127.0.0.1:0 -naccept 1 -www -cert \(certificate) -key \(key) \(options) 2>&1",
        "r"))
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), pipe) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if text.hasPrefix("ACCEPT"), let port = text.split(whereSeparator: { !$0.isNumber }).last {
        return try #require(Int(port))
      }
    }
    throw POSIXError(.ECONNREFUSED)
  }

  private func get(
    _ host: String, _ options: String, trusting: Bool, _ prepare: (inout HTTPSettings) -> Void = { _ in }
  ) throws -> HTTPError? {
    var settings = HTTPSettings()
    prepare(&settings)
    if trusting { settings.certificates = certificate }
    let url = "https://\(host):\(try serve(options))/"
    do throws(HTTPError) {
      let response = try HTTPClient(settings).send(HTTPRequest("GET", url))
      #expect(response.status == 200)
      return nil
    } catch { return error }
  }

  @Test func `A certificate that is trusted, for that host, is taken`() throws {
    #expect(try get("localhost", "", trusting: true) == nil)
    #expect(try get("localhost", "-tls1_2", trusting: true) == nil)
  }

  @Test func `A certificate of nobody's, or of another host, is refused`() throws {
    guard case .insecure = try get("localhost", "", trusting: false) else {
      Issue.record("self-signed, and taken")
      return
    }
    guard case .insecure = try get("127.0.0.1", "", trusting: true) else {
      Issue.record("another host's, and taken")
      return
    }
  }

  @Test func `TLS before 1.2 is refused`() throws {
    #expect(try get("localhost", "-tls1_1 -cipher ALL:@SECLEVEL=0", trusting: true) != nil)
  }

  @Test func `A server that wants to know who asks is shown a certificate`() throws {
    for version in ["-tls1_2", "-tls1_3"] {
      let options = "\(version) -Verify 1 -verify_return_error -CAfile \(certificate)"
      #expect(try get("localhost", options, trusting: true) != nil)
      let known = try get("localhost", options, trusting: true) {
        $0.clientCertificate = certificate
        $0.clientKey = key
      }
      #expect(known == nil)
    }
    guard
      case .insecure = try get("localhost", "", trusting: true, { $0.clientCertificate = certificate })
    else {
      Issue.record("there is no key in the file of the certificate")
      return
    }
  }
}
