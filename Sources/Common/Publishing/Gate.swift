internal import Bytes
internal import Failures
internal import Glibc

/// A check of the user's own: a command for sh(1), which finds the new index in FRESHET_INDEX and the destination in
/// FRESHET_DEST. What it prints goes to stderr, for stdout carries the receipt.
package struct Gate: Sendable {
  let command: String

  package init(_ command: String) { self.command = command }

  /// Its exit code; 128 and the number of the signal where one ended it.
  func run(index: Location, destination: Location) throws(Failure) -> Int32 {
    let arguments = ["sh", "-c", command].map { $0.utf8CString.map(\.self) }
    let variables = [
      Array("FRESHET_INDEX=".utf8) + index.argument, Array("FRESHET_DEST=".utf8) + destination.argument,
    ]
    let environment =
      Self.inherited(without: ["FRESHET_INDEX=", "FRESHET_DEST="])
      + variables.map { $0.map { CChar(bitPattern: $0) } + [0] }
    let process = try Self.spawn(arguments, environment)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw Failure(errno: errno, cannot: "wait for", "the gate") }
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  private static func inherited(without names: [String]) -> [[CChar]] {
    var variables: [[CChar]] = []
    var entry = environ
    while let text = entry.pointee {
      if !names.contains(where: { strncmp(text, $0, strlen($0)) == 0 }) {
        variables.append(Array(UnsafeBufferPointer(start: text, count: strlen(text) + 1)))
      }
      entry += 1
    }
    return variables
  }

  /// With stdin from /dev/null, stdout to stderr, and no signal blocked: SIGUSR1 is, in us.
  private static func spawn(_ arguments: [[CChar]], _ environment: [[CChar]]) throws(Failure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, 2, 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process: pid_t = 0
    let code = withCStrings(arguments) { arguments in
      withCStrings(environment) { environment in
        posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else { throw Failure(errno: code, cannot: "run", "the gate") }
    return process
  }

  /// As exec wants them: an array of pointers that ends with a null.
  private static func withCStrings<T>(
    _ strings: [[CChar]], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> T
  ) -> T {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { (pointers + index).initialize(to: strdup(string)) }
    (pointers + strings.count).initialize(to: nil)
    defer {
      for index in strings.indices { free(pointers[index]) }
      pointers.deallocate()
    }
    return body(pointers)
  }
}

extension Location {
  /// As a person would type it: no byte encoded.
  var argument: [UInt8] {
    switch self {
    case .local(let path): path
    case .s3(let bucket, let key): Array("s3://\(bucket)/".utf8) + key
    }
  }
}
