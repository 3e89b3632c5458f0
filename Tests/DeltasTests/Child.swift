@preconcurrency import Foundation

/// Another program, run to its end.
struct Child {
  let status: Int32
  let output: String

  /// Whether a program of that name is on the path.
  static func exists(_ name: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }

  /// Runs a command of the shell, in which `$1` and so on are the arguments.
  init(shell command: String, _ arguments: String...) throws {
    let place = try Place()
    let path = place.path + "/output"
    let words = ["sh", "-c", "exec > '\(path)'; " + command, "sh"] + arguments
    var argv = words.map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    var child = pid_t()
    guard posix_spawn(&child, "/bin/sh", nil, nil, &argv, environ) == 0 else {
      throw CocoaError(.executableLoad)
    }
    var code: Int32 = 0
    while waitpid(child, &code, 0) < 0, errno == EINTR {}
    status = code & 0x7F == 0 ? code >> 8 & 0xFF : 128 + code & 0x7F
    output = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }
}
