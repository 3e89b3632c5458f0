internal import Glibc
internal import Synchronization

/// How far the work is: a line on stderr at SIGUSR1, always.
package enum StatusLine {
  private static let text = Mutex("starting")

  package static func update(_ status: String) { text.withLock { $0 = status } }

  /// SIGUSR1 is blocked here, before any other thread begins, and waited for by one thread of its own.
  static func install(tool: String) {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGUSR1)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    var thread = pthread_t()
    let name = Unmanaged.passRetained(Name(tool))
    let code = pthread_create(
      &thread, nil,
      { argument in
        let name = argument.map { Unmanaged<Name>.fromOpaque($0).takeRetainedValue().text } ?? "freshet"
        StatusLine.serve(name)
        return nil
      }, name.toOpaque())
    if code == 0 { pthread_detach(thread) }
  }

  private static func serve(_ tool: String) {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGUSR1)
    var received: Int32 = 0
    while sigwait(&set, &received) == 0 {
      Terminal.say("\(tool): \(text.withLock { $0 })")
    }
  }

  private final class Name {
    let text: String
    init(_ text: String) { self.text = text }
  }
}
