import Failures
import Foundation
import HTTP
import Loopback
import Testing

@testable import Objects

/// The roles of containers and machines, from small servers. Not tested here: the real services of EC2, ECS and EKS.
@Suite struct MetadataTests {
  private let home: AWSHome
  private let metadata = Metadata(pause: 0.01)

  init() throws { home = try AWSHome() }

  private func container(_ values: [String: String]) -> ContainerProvider {
    ContainerProvider(environment: { values[$0] }, metadata: metadata)
  }

  private func machine(_ server: Loopback) -> InstanceProvider {
    let values = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url + "/"]
    return InstanceProvider(environment: { values[$0] }, metadata: metadata)
  }

  @Test func `A container's role is asked for with its token, read anew each time`() throws {
    let log = Log()
    let server = try Loopback.answering([Answer.json("A")], log: log)
    let provider = container([
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/role",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": home.path("token"), "AWS_CONTAINER_AUTHORIZATION_TOKEN": "no",
    ])
    for token in ["first", "second"] {
      try home.write("token", token + "\n")
      let found = try #require(try provider.credentials())
      #expect(found.accessKey == "A" && found.token == "T" && found.expires == 4_070_908_800)
    }
    #expect(log.requests.map(\.line) == ["GET /role", "GET /role"])
    #expect(log.requests.map { $0.header("authorization") } == ["first", "second"])
  }

  @Test(arguments: [
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/role"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1.example.com/"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:80@example.com/"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:80\\.example.com/"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "HTTP://example.com/"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "ftp://localhost/"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@example.com/"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ".example.com/"),
  ]) func `An address that leads elsewhere is refused`(_ row: (String, String)) {
    let values = [row.0: row.1, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "canary"]
    #expect { try container(values).credentials() } throws: {
      ($0 as? Failure)?.exit == .configuration && !"\($0)".contains("canary")
    }
  }

  @Test(
    arguments: [
      ([Answer.status(500), Answer.status(503), Answer.json("A")], nil, 3),
      ([Answer.status(404)], .unavailable, 1), ([Answer.status(500)], .tryAgain, 3),
      ([Answer.status(429)], .tryAgain, 3), ([Answer.status(200, "{}")], .unavailable, 1),
      ([Answer.json("A", expires: "soon")], .unavailable, 1),
    ] as [([String], Exit?, Int)])
  func `A container's service is asked up to three times`(_ row: ([String], Exit?, Int)) throws {
    let log = Log()
    let server = try Loopback.answering(row.0, log: log)
    var (found, exit): (Credentials?, Exit?)
    do throws(Failure) {
      found = try container(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url]).credentials()
    } catch { exit = error.exit }
    #expect(found?.accessKey == (row.1 == nil ? "A" : nil) && exit == row.1)
    #expect(log.requests.count == row.2)
  }

  @Test func `A service that does not answer for the moment ends in 75`() throws {
    let url = "http://127.0.0.1:\(try Loopback.deadPort())"
    let none = #expect(throws: Failure.self) {
      try container(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]).credentials()
    }
    #expect(none?.exit == .tryAgain)
    // A machine's service that was there once, and is silent when the credentials are to be renewed.
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        let number = log.add(request)
        connection.send(number < 3 ? Self.machine(request, number) : Answer.status(503))
      }
    }
    let machine = machine(server)
    #expect(try machine.credentials()?.accessKey == "A")
    let gone = #expect(throws: Failure.self) { try machine.credentials() }
    #expect(gone?.exit == .tryAgain)
  }

  private static func machine(_ request: Connection.Request, _ number: Int, failing: Int = 0) -> String {
    if number < failing { return Answer.status(503) }
    switch request.line {
    case "PUT /latest/api/token": return Answer.status(200, "tok")
    case "GET /latest/meta-data/iam/security-credentials/": return Answer.status(200, "a role\n")
    case "GET /latest/meta-data/iam/security-credentials/a%20role": return Answer.json("A")
    default: return Answer.status(404)
    }
  }

  @Test(arguments: [0, 2]) func `A machine's role is asked for by token`(_ failing: Int) throws {
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        connection.send(Self.machine(request, log.add(request), failing: failing))
      }
    }
    #expect(try machine(server).credentials()?.accessKey == "A")
    #expect(log.requests.count == 3 + failing)
    let gets = log.requests.filter { $0.line.hasPrefix("GET") }
    #expect(gets.allSatisfy { $0.header("x-aws-ec2-metadata-token") == "tok" })
    #expect(log.requests.first?.header("x-aws-ec2-metadata-token-ttl-seconds") == "21600")
  }

  @Test func `A machine without a role has no credentials, and version 1 is not asked`() throws {
    let log = Log()
    let server = try Loopback { connection, _ in
      while let request = connection.request() {
        _ = log.add(request)
        connection.send(request.line.hasPrefix("PUT") ? Answer.status(200, "tok") : Answer.status(404))
      }
    }
    #expect(try machine(server).credentials() == nil)
    #expect(log.requests.count == 2)
    let old = try Loopback.answering([Answer.status(405)])
    #expect(try machine(old).credentials() == nil)
  }

  @Test func `Where there is no metadata service, there are no credentials, soon`() throws {
    let server = try Loopback { connection, _ in connection.stall() }
    #expect(try machine(server).credentials() == nil)
    let values = ["AWS_EC2_METADATA_DISABLED": "TRUE", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url]
    #expect(try InstanceProvider(environment: { values[$0] }, metadata: metadata).credentials() == nil)
  }
}
