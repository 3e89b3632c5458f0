internal import Glibc

/// What the kernel writes of a process that crashes: all of its memory, secrets among it.
package enum CoreFile {
  /// From now on this process leaves none. Where the system pipes them to a program, it is that program's choice.
  package static func forbid() {
    var limit = rlimit()
    let core = __rlimit_resource_t(RLIMIT_CORE.rawValue)
    guard getrlimit(core, &limit) == 0, limit.rlim_cur > 0 else { return }
    limit.rlim_cur = 0
    setrlimit(core, &limit)
  }
}
