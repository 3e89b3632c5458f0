internal import Synchronization

/// Lines that are said on stderr when the process ends, whether it succeeds or fails, ahead of its error.
enum LastWords {
  private static let lines = Mutex<[@Sendable () -> String?]>([])

  static func add(_ line: @escaping @Sendable () -> String?) { lines.withLock { $0.append(line) } }

  static func say() {
    for line in lines.withLock({ $0 }) { if let text = line() { Terminal.say(text) } }
  }
}
