import Failures
import Foundation
import Testing

@testable import Objects

/// `credential_process`, with programs of this machine.
@Suite struct CredentialProcessTests {
  @Test(
    arguments: [
      ("a b  c", ["a", "b", "c"]), ("  ", []), ("", []), ("'a b' \"c d\"", ["a b", "c d"]),
      ("a\\ b", ["a b"]), ("a'b'\"c\"d", ["abcd"]), ("''", [""]), ("a \"\"", ["a", ""]),
      (#""a\"b\\c\d""#, [#"a"b\c\d"#]), (#"'a\b'"#, [#"a\b"#]), (#"\'a"#, ["'a"]),
      ("$HOME ~ `x` *;a|b>c #d", ["$HOME", "~", "`x`", "*;a|b>c", "#d"]), ("é\t\"ü ü\"", ["é", "ü ü"]),
      ("'a", nil), ("\"a", nil), ("a\\", nil), (#""a\"#, nil),
    ] as [(String, [String]?)])
  func `A command line is split as Python's shlex does`(_ row: (String, [String]?)) {
    #expect(ArgumentWords.split(row.0) == row.1)
  }

  private static let key = #""Version": 1, "AccessKeyId": "A", "SecretAccessKey": "S""#

  @Test(
    arguments: [
      ("{\(key)}", Credentials(accessKey: "A", secret: "S")),
      (
        "{\(key), \"SessionToken\": \"T\", \"Expiration\": \"2026-05-04T10:11:42+00:00\"}",
        Credentials(accessKey: "A", secret: "S", token: "T", expires: 1_777_889_502)
      ),
      ("\n {\(key), \"AccountId\": \"1\"}\n\n", Credentials(accessKey: "A", secret: "S")),
    ] as [(String, Credentials)]) func `What the program prints is taken`(_ row: (String, Credentials)) throws
  {
    let process = CredentialProcess(command: "printf %s '\(row.0)'", profile: "p")
    #expect(try process.run() == row.1)
  }

  @Test(
    arguments: [
      ("sh -c 'echo canary; echo canary >&2; exit 3'", .permission, "exit 3"),
      ("sh -c 'kill -9 $$'", .permission, "ended by signal 9"),
      ("/nonexistent/canary-free", .configuration, "No such file"),
      ("echo canary", .configuration, "no credentials of version 1"),
      (
        #"echo '{"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "canary"}'"#, .configuration,
        "version 1"
      ),
      (
        #"echo '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "canary", "Expiration": "x"}'"#,
        .configuration, "version 1"
      ),
      (#"echo '{"Version": 1, "AccessKeyId": "canary"}'"#, .configuration, "version 1"),
      ("true", .configuration, "version 1"), ("'", .configuration, "command line"),
      ("  ", .configuration, "command line"),
      ("head -c 1000000 /dev/zero", .configuration, "prints more"), ("sleep 9", .tryAgain, "more than 0 s"),
      ("sh -c 'exec >&-; sleep 9'", .tryAgain, "more than 0 s"),
    ] as [(String, Exit, String)])
  func `What goes wrong is said, and nothing that was printed`(_ row: (String, Exit, String)) throws {
    let process = CredentialProcess(command: row.0, profile: "p", patience: 0.3)
    let failure = try #require(throws: Failure.self) { try process.run() }
    #expect(failure.exit == row.1)
    #expect(failure.message.hasPrefix("cannot run credential_process of the profile p: "))
    #expect(failure.reason.contains(row.2), "\(failure.message)")
    #expect(!failure.message.contains("canary\n") && !failure.message.hasSuffix("canary"))
  }

  @Test func `Standard input is empty, and whoever holds stdout is not waited for`() {
    #expect(ChildOutput.of(["cat"], limit: 10, patience: 9) == .output([]))
    let start = Date()
    let agent = ["sh", "-c", "sleep 9 & echo x"]
    #expect(ChildOutput.of(agent, limit: 10, patience: 9) == .output(Array("x\n".utf8)))
    #expect(Date().timeIntervalSince(start) < 8)
  }

  @Test func `A program that takes too long is killed with all that it started`() throws {
    let file = try Place.temporaryDirectory() + "/pid"
    let words = ["sh", "-c", "sleep 60 & echo $! >\(file); wait"]
    #expect(ChildOutput.of(words, limit: 10, patience: 0.5) == .tooLate)
    let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)
    let grandchild = try #require(pid_t(text))
    // Killed it is at once; whoever inherits it takes note when it comes to that.
    let state = try? String(contentsOfFile: "/proc/\(grandchild)/stat", encoding: .utf8)
    #expect(state?.contains(") S ") != true, "\(state ?? "")")
  }

  @Test func `A child that nobody can wait for has ended, and nobody is killed for it`() {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    defer { close(ends[0]) }
    _ = write(ends[1], "x", 1)
    close(ends[1])
    // No process has that number.
    let found = ChildOutput.collect(from: ends[0], of: .max, limit: 10, until: .infinity)
    #expect(found == .output(Array("x".utf8)))
  }
}
