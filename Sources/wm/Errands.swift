internal import Glibc
internal import Threads
internal import Watermarks

/// What the two threads of `wm hold` say to each other. One watches the command, and must never wait for long; the other
/// asks the store, which may take its time.
struct Errands {
  enum Request: Sendable {
    /// Sent, by the clock of the watch, at that time.
    case renew(asked: Int64)
    case leave(Outcome)
  }

  enum Answer: Sendable {
    case renewed(asked: Int64)
    /// Who has it now, where that is known.
    case lost(Lease?)
    case failed(String)
  }

  /// Of the command.
  enum Outcome: Sendable {
    case ended(Int32)
    case stopped
  }

  fileprivate var request: Request?
  fileprivate var answer: Answer?
}

extension Monitor<Errands> {
  /// Tells the watch that there is an answer, which it waits for as for a signal.
  static var knock: Int32 { SIGIO }

  func send(_ request: Errands.Request) { change { $0.request = request } }

  func receive() -> Errands.Request { wait { $0.request.take() } }

  func reply(_ answer: Errands.Answer) {
    change { $0.answer = answer }
    kill(getpid(), Self.knock)
  }

  func collect() -> Errands.Answer? { change { $0.answer.take() } }
}
