internal import Glibc

/// A reader of our output who has gone is our silent end, as it is any filter's. A server who has gone is not: what was
/// written to it is an error of that write, where a library has not asked for as much already.
enum BrokenPipe {
  /// A handler, and not SIG_IGN, which the programs that we start would inherit.
  static func install() {
    signal(SIGPIPE) { _ in
      var output = pollfd(fd: 1, events: 0, revents: 0)
      guard poll(&output, 1, 0) > 0, Int32(output.revents) & (POLLERR | POLLHUP) != 0 else { return }
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
  }
}
