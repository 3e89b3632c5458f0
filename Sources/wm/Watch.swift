internal import Console
internal import Glibc
internal import Processes
internal import Threads
internal import Watermarks

/// Watches over a command that runs under a lease: has the lease renewed in time, passes signals on, and stops the command,
/// with all that it has started, when the lease is lost. It leads a process group of that number.
///
///     signal                    what becomes of it
///     ------------------------  ------------------------------------------------------------------------------
///     TERM, INT, HUP, QUIT      the group's, which is woken for it
///     TSTP                      the group's; we stop when the command has
///     CONT                      the group's, once the lease is known to be ours still
///     PIPE                      nothing: that nobody reads what we say is no reason to leave the command unwatched
///     the command's TTIN, TTOU  the terminal is given to it, where that is ours; else we stop too
struct Watch: ~Copyable {
  private let group: pid_t
  private let lease: Lease
  private let errands: Monitor<Errands>
  private let foreground = Foreground()
  private var tenure: Tenure
  private var isAsking = false
  /// Why the last request to the store failed.
  private var trouble = "the store did not answer"
  /// When the command is to be killed, since the lease is lost.
  private var farewell: Int64?
  private var ending: Ending?
  private var isStopped = false

  init(_ group: pid_t, _ lease: Lease, _ tenure: Tenure, _ errands: Monitor<Errands>) {
    self.group = group
    self.lease = lease
    self.tenure = tenure
    self.errands = errands
  }

  private static let passedOn = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP]

  private static let signals = set(passedOn + [SIGCONT, SIGTTOU, SIGPIPE, SIGCHLD, Monitor<Errands>.knock])

  private static func set(_ numbers: [Int32]) -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in numbers { sigaddset(&signals, number) }
    return signals
  }

  /// Blocked in all threads before there is a second one, so that only the watch hears of them.
  static func block() {
    var signals = signals
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// What came meanwhile comes now.
  static func unblock() {
    var signals = signals
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Signals are ours again, and not the command's any more, as those are that came until now.
  static func dismiss() {
    var (signals, none) = (set(passedOn), timespec())
    while sigtimedwait(&signals, nil, &none) > 0 {}
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Until the command has ended.
  mutating func run() -> Errands.Outcome {
    defer { foreground.takeBack(from: group) }
    while true {
      reap()
      if let farewell {
        if ending != nil && kill(-group, 0) != 0 { return .stopped }
        if MachineClock.milliseconds >= farewell {
          signal(SIGKILL)
          if ending != nil { return .stopped }
        }
      } else if let ending {
        return .ended(ending.code)
      } else {
        keep()
      }
      sleep()
    }
  }

  /// Sees to the lease.
  private mutating func keep() {
    if let answer = errands.collect() {
      isAsking = false
      take(answer)
    }
    let now = MachineClock.milliseconds
    if farewell == nil && now >= tenure.end { lose("it could not be renewed in time: \(trouble)") }
    if farewell == nil && !isAsking && now >= tenure.next {
      isAsking = true
      errands.send(.renew(asked: now))
    }
  }

  private mutating func take(_ answer: Errands.Answer) {
    switch answer {
    case .renewed(let asked):
      tenure.renewed(asked: asked)
      guard isStopped && tenure.isConfirmed else { return }
      signal(SIGCONT)
      isStopped = false
    case .lost(let other):
      lose(other.map { "\($0.holder) has it since \($0.taken)" } ?? "somebody else has it")
    case .failed(let reason):
      tenure.failed(at: MachineClock.milliseconds)
      trouble = reason
    }
  }

  private mutating func lose(_ reason: String) {
    farewell = MachineClock.milliseconds + tenure.farewell
    signal(SIGTERM)
    signal(SIGCONT)
    Terminal.say("wm: lost the lease \(lease.name), so its command is stopped: \(reason)")
  }

  /// To the group, and to its leader, who may have gone over to another; never twice to one process, which may take
  /// that for impatience.
  private func signal(_ number: Int32) {
    kill(-group, number)
    if ending == nil && getpgid(group) != group { kill(group, number) }
  }

  /// Until a signal comes, or it is time for something; a second at most, since this clock does not count the machine's sleep.
  private mutating func sleep() {
    let now = MachineClock.milliseconds
    let due = min(
      now + 1000, farewell.map { _ in now + 20 } ?? min(tenure.end, isAsking ? .max : tenure.next))
    let pause = max(due - now, 0)
    var time = timespec(tv_sec: Int(pause / 1000), tv_nsec: Int(pause % 1000) * 1_000_000)
    var signals = Self.signals
    let number = sigtimedwait(&signals, nil, &time)
    tenure.woke(at: MachineClock.milliseconds, due: due)
    switch number {
    case SIGCONT: wake()
    case _ where Self.passedOn.contains(number):
      signal(number)
      if number != SIGTSTP { signal(SIGCONT) }
    default: break
    }
  }

  private mutating func reap() {
    var status: Int32 = 0
    while ending == nil, waitpid(group, &status, WNOHANG | WUNTRACED) == group {
      guard status & 0xFF == 0x7F else { return ending = Ending(status: status) }
      switch status >> 8 & 0xFF {
      case SIGTTIN, SIGTTOU: if foreground.give(to: group) { signal(SIGCONT) } else if stop() { wake() }
      case SIGTSTP:
        _ = stop()
        wake()
      default: break
      }
    }
  }

  /// As the shell that started us expects it of a job, and wakes it by SIGCONT. False where nobody would wake us (no job
  /// control): then we do not stop, and what asks for a terminal is to stay so, for it would ask again at once, for ever.
  private func stop() -> Bool {
    foreground.takeBack(from: group)
    var signals = Self.set([SIGTSTP])
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(SIGTSTP)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var (waking, none) = (Self.set([SIGCONT]), timespec())
    return sigtimedwait(&waking, nil, &none) == SIGCONT
  }

  private mutating func wake() {
    isStopped = true
    tenure.slept(until: MachineClock.milliseconds)
  }
}
