internal import Glibc
internal import Synchronization

/// How far the work is: a line on stderr at SIGUSR1, always; and where stderr is a terminal and the work takes long,
/// one whenever it has changed. Whole lines, without colour or cursor movements: the stages of a pipe share a terminal.
enum StatusLine {
  private struct State {
    var status = Status()
    /// Whether it is still to be shown unasked.
    var isNews = false
  }

  private static let state = Mutex(State())

  /// Seconds between two lines that nobody asked for; the first comes as late.
  private static let interval = 2

  /// `isNews`: nil leaves it as it is.
  static func update(isNews: Bool?, _ change: (inout Status) -> Void) {
    state.withLock { state in
      change(&state.status)
      state.isNews = isNews ?? state.isNews
    }
  }

  /// SIGUSR1 is blocked here, before any other thread begins, and waited for by one thread of its own, which is not
  /// there for any other signal.
  static func install(tool: String) {
    var all = sigset_t()
    var others = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &others)
    sigaddset(&others, SIGUSR1)
    defer { pthread_sigmask(SIG_SETMASK, &others, nil) }
    var thread = pthread_t()
    let name = Unmanaged.passRetained(Name(tool))
    let code = pthread_create(
      &thread, nil,
      { name in
        if let name { StatusLine.serve(Unmanaged.fromOpaque(name)) }
        return nil
      }, name.toOpaque())
    if code == 0 { pthread_detach(thread) }
  }

  /// Allocates and frees nothing before there is something to say: a thread's first time costs an arena of its own.
  private static func serve(_ tool: Unmanaged<Name>) {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGUSR1)
    var pause = timespec(tv_sec: isatty(2) == 1 ? interval : .max, tv_nsec: 0)
    while true {
      let isAsked = sigtimedwait(&set, nil, &pause) == SIGUSR1
      if !isAsked && errno != EAGAIN { continue }
      let text = state.withLock { state in
        defer { state.isNews = false }
        return isAsked || state.isNews ? state.status.line : nil
      }
      if let text { Terminal.say("\(tool.takeUnretainedValue().text): \(text)") }
    }
  }

  private final class Name {
    let text: String
    init(_ text: String) { self.text = text }
  }
}
