internal import Glibc
internal import Synchronization

/// The names of temporary files, taken away when SIGINT, SIGTERM or SIGHUP ends the process. (What SIGKILL leaves is removed by
/// the next build, or by gc.)
///
/// The handler does only what signal-safety(7) allows: it looks at a fixed piece of memory, calls unlinkat(2), and lets
/// the signal end the process as it would have, or ends it itself: the kernel spares the first process of a container. Where a
/// signal is ignored, or handled by somebody else, that stays.
enum Unfinished {
  private static let most = 64
  /// Of a name with its NUL.
  private static let length = 32
  /// What a directory's descriptor says: this place is free.
  private static let free: Int32 = -1

  private static let isInstalled = Mutex(false)
  nonisolated(unsafe) private static let names = UnsafeMutablePointer<CChar>.allocate(capacity: most * length)
  nonisolated(unsafe) private static let directories = {
    let places = UnsafeMutablePointer<Int32>.allocate(capacity: most)
    places.initialize(repeating: free, count: most)
    return places
  }()

  /// To be called before the file is made, and the directory kept open until `remove`. Nil where there is no room: that
  /// name stays.
  static func add(_ name: String, in directory: Int32) -> Int? {
    isInstalled.withLock { isInstalled in
      guard name.utf8.count < length, let place = (0..<most).first(where: { directories[$0] == free }) else {
        return nil
      }
      name.withCString { _ = strcpy(names + place * length, $0) }
      atomicMemoryFence(ordering: .releasing)
      directories[place] = directory
      if !isInstalled { install() }
      isInstalled = true
      return place
    }
  }

  static func remove(_ place: Int?) {
    if let place { isInstalled.withLock { _ in directories[place] = free } }
  }

  private static func install() {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var present = sigaction()
      let isThere = sigaction(number, nil, &present) == 0
      guard isThere, present.__sigaction_handler.sa_handler == nil else { continue }
      signal(number) { number in
        Unfinished.vanish()
        signal(number, SIG_DFL)
        var own = sigset_t()
        sigemptyset(&own)
        sigaddset(&own, number)
        pthread_sigmask(SIG_UNBLOCK, &own, nil)
        raise(number)
        _exit(128 + number)
      }
    }
  }

  private static func vanish() {
    for place in 0..<most where directories[place] != free {
      unlinkat(directories[place], names + place * length, 0)
    }
  }
}
