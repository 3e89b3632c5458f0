package import Failures
internal import Glibc

/// A program to be started in a process of its own: found by PATH, unless its name has a `/` in it; a script without `#!` is
/// the shell's, as for execvp(3). No signal is blocked there, as SIGUSR1 is in us, and none ignored that was not given to us
/// so.
package struct Program: Sendable {
  package enum Stream: Sendable {
    case inherited
    /// /dev/null
    case nothing
    case copy(of: Int32)
  }

  /// Its name, and its arguments.
  let words: [[UInt8]]
  /// Of its environment, what differs from ours; nil: not there.
  package var variables: [(name: String, value: [UInt8]?)] = []
  /// Standard input, output and error.
  package var streams: (Stream, Stream, Stream) = (.inherited, .inherited, .inherited)
  /// Whether it begins a process group, named by its own number, so that what it starts can be signalled with it.
  package var leadsGroup = false

  package init(_ words: [[UInt8]]) { self.words = words }
  package init(_ words: [String]) { self.words = words.map { Array($0.utf8) } }

  /// The process. `name` is what a failure calls it.
  package func start(as name: String) throws(Failure) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in zip(Int32(0)..., [streams.0, streams.1, streams.2]) {
      switch stream {
      case .inherited: break
      case .nothing: posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
      case .copy(let other): posix_spawn_file_actions_adddup2(&actions, other, number)
      }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    describe(&attributes)
    let environment = Self.cStrings(environment)
    defer { for string in environment { free(string) } }
    var process: pid_t = 0
    func spawn(_ words: [[UInt8]]) -> Int32 {
      let words = Self.cStrings(words)
      defer { for string in words { free(string) } }
      guard let file = words[0] else { return ENOENT }
      return posix_spawnp(&process, file, &actions, &attributes, words, environment)
    }
    var code = spawn(words)
    if code == ENOEXEC { code = spawn(["/bin/sh", "-c", #"exec "$0" "$@""#].map { Array($0.utf8) } + words) }
    guard code == 0 else { throw Failure(errno: code, cannot: "run", name) }
    return process
  }

  private func describe(_ attributes: inout posix_spawnattr_t) {
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    // Each of our tools ignores it (Tool.swift).
    sigaddset(&signals, SIGXFSZ)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let group = leadsGroup ? POSIX_SPAWN_SETPGROUP : 0
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))
  }

  private var environment: [[UInt8]] {
    var texts: [[UInt8]] = []
    var entry = environ
    while let text = entry.pointee {
      let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
      if !variables.contains(where: { bytes.starts(with: ($0.name + "=").utf8) }) {
        texts.append(Array(bytes))
      }
      entry += 1
    }
    return texts + variables.compactMap { name, value in value.map { Array((name + "=").utf8) + $0 } }
  }

  /// As exec wants them: pointers, for the caller to free, and a null.
  private static func cStrings(_ strings: [[UInt8]]) -> [UnsafeMutablePointer<CChar>?] {
    strings.map { strdup($0.map { CChar(bitPattern: $0) } + [0]) } + [nil]
  }
}
