@preconcurrency import Foundation
import JSON

/// A double of a serving system (Tests/Pipes/doubles), as a child that ends with the test.
final class ServiceDouble: Sendable {
  let url: String
  /// host:port
  var host: Substring { url.split(separator: "/").last ?? "" }
  private let log: String
  private let child: pid_t

  static var isThere: Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/python3")
    }
  }

  init(_ name: String, _ arguments: String...) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    log = FileManager.default.temporaryDirectory.path + "/freshet-double-\(UInt64.random(in: 0 ... .max))"
    var pipe: [Int32] = [0, 0]
    guard Glibc.pipe(&pipe) == 0 else { throw CocoaError(.executableLoad) }
    let words = ["python3", tests.path + "/Pipes/doubles/\(name)", "--log", log] + arguments
    var argv = words.map { strdup($0) } + [nil]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
    posix_spawn_file_actions_addclose(&actions, pipe[0])
    defer {
      argv.forEach { free($0) }
      posix_spawn_file_actions_destroy(&actions)
      close(pipe[0])
    }
    var child = pid_t()
    let code = posix_spawnp(&child, "python3", &actions, nil, &argv, environ)
    close(pipe[1])
    guard code == 0 else { throw CocoaError(.executableLoad) }
    self.child = child
    // Two lines: its address, and that of its controls.
    var lines: [UInt8] = []
    var byte: UInt8 = 0
    while lines.count(where: { $0 == UInt8(ascii: "\n") }) < 2, read(pipe[0], &byte, 1) == 1 {
      lines.append(byte)
    }
    url = String(decoding: lines.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  deinit {
    kill(child, SIGKILL)
    waitpid(child, nil, 0)
    unlink(log)
  }

  struct Request: Equatable {
    /// `POST /path`
    let line: String
    let query: String
    let body: String
    let status: Int
  }

  /// Those since the last ones that were taken.
  var requests: [Request] {
    get throws {
      let text = try String(contentsOfFile: log, encoding: .utf8)
      return try text.split(separator: "\n").map { line in
        let entry = try JSONValue.parse(String(line))
        func part(_ name: String) -> String { entry[name]?.string ?? "" }
        return Request(
          line: "\(part("method")) \(part("path"))", query: part("query"), body: part("body"),
          status: entry["status"]?.integer ?? -1)
      }
    }
  }

  func requests(_ path: String) throws -> [Request] { try requests.filter { $0.line.hasSuffix(path) } }
}
