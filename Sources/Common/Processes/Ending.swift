internal import Glibc

/// How a process has ended.
package enum Ending: Equatable, Sendable {
  case exit(Int32)
  case signal(Int32)

  /// Of the status that wait(2) tells, of a process that has ended.
  package init(status: Int32) {
    self = status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
  }

  /// As a shell has it: 128 and the number of the signal.
  package var code: Int32 {
    switch self {
    case .exit(let code): code
    case .signal(let number): 128 + number
    }
  }
}
