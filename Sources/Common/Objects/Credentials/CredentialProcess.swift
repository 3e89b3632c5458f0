internal import Failures
internal import JSON

/// A program that prints credentials, as `credential_process` of a profile names it. No shell is asked; the program reads
/// nothing, its stderr is let go, and nothing that it prints gets into a message. On stdout it gives
///
///     {"Version": 1, "AccessKeyId": ..., "SecretAccessKey": ..., "SessionToken": ..., "Expiration": ...}
///
/// of which the last two may be missing.
struct CredentialProcess {
  let command: String
  let profile: String
  /// Seconds.
  var patience = 60.0

  func run() throws(Failure) -> Credentials {
    guard let words = ArgumentWords.split(command), !words.isEmpty, !command.utf8.contains(0) else {
      throw failure(.configuration, "it is no command line")
    }
    let output: [UInt8]
    switch ChildOutput.of(words, limit: 64 << 10, patience: patience) {
    case .output(let bytes): output = bytes
    case .notStarted(let reason): throw failure(.configuration, reason)
    case .exit(let code): throw failure(.permission, "exit \(code)")
    case .signal(let number): throw failure(.permission, "ended by signal \(number)")
    case .tooLong: throw failure(.configuration, "it prints more than credentials")
    case .tooLate: throw failure(.tryAgain, "it takes more than \(Int(patience)) s")
    }
    guard let json = try? JSONValue.parse(output), json["Version"]?.integer == 1,
      let found = Metadata.credentials(output, token: "SessionToken")
    else { throw failure(.configuration, "it prints no credentials of version 1") }
    return found
  }

  private func failure(_ exit: Exit, _ reason: String) -> Failure {
    Failure(exit, cannot: "run", "credential_process of the profile \(profile)", because: reason)
  }
}
