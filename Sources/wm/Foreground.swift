internal import Files
internal import Glibc

/// Who may read the terminal, where there is one: one process group at a time, which is also the one that ^C and ^Z stop.
/// What is run in a group of its own gets it when it asks for it, by being stopped for the attempt (SIGTTIN, SIGTTOU).
/// Whoever takes it back must have SIGTTOU blocked.
struct Foreground: ~Copyable {
  private let terminal = Descriptor(owning: open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC))

  /// False where it is not ours to give.
  borrowing func give(to group: pid_t) -> Bool {
    tcgetpgrp(terminal.number) == getpgrp() && tcsetpgrp(terminal.number, group) == 0
  }

  borrowing func takeBack(from group: pid_t) {
    if tcgetpgrp(terminal.number) == group { _ = tcsetpgrp(terminal.number, getpgrp()) }
  }
}
