internal import Files
internal import Glibc

/// Another program run to its end for what it prints, within limits of size and time; beyond them it is killed.
enum ChildOutput: Equatable {
  case output([UInt8])
  case notStarted(String)
  case exit(Int32)
  case signal(Int32)
  case tooLong
  case tooLate

  /// Found by PATH, unless the name has a `/` in it. It reads from /dev/null, and its stderr goes there.
  static func of(_ words: [String], limit: Int, patience: Double) -> ChildOutput {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return .notStarted(String(cString: strerror(errno))) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let output = Descriptor(owning: ends[0])
    var child: pid_t = 0
    let code = spawn(words, printingTo: Descriptor(owning: ends[1]), &child)
    guard code == 0 else { return .notStarted(String(cString: strerror(code))) }
    let result = collect(from: output.number, of: child, limit: limit, until: now() + patience)
    guard let result else { return .tooLate }
    return result
  }

  /// 0, or an error number. The child's end of the pipe is closed on return. The child leads a process group of its own,
  /// so that what it starts can be killed with it.
  private static func spawn(
    _ words: [String], printingTo output: consuming Descriptor, _ child: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.number, 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    guard let name = words.first else { return ENOENT }
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    return posix_spawnp(&child, name, &actions, &attributes, &arguments, environ)
  }

  /// Nil when it took too long. A child that has ended is waited for no longer, whoever else holds its end of the pipe.
  static func collect(
    from output: Int32, of child: pid_t, limit: Int, until deadline: Double
  ) -> ChildOutput? {
    var bytes: [UInt8] = []
    var (isOpen, status) = (true, Int32?.none)
    while true {
      var code: Int32 = 0
      // Where SIGCHLD is ignored nobody is told how a child has ended: what it printed is to say.
      let found = status == nil ? waitpid(child, &code, WNOHANG) : 0
      if found == child || (found < 0 && errno == ECHILD) { status = code }
      let came = isOpen ? read(output, wait: status == nil ? 20 : 0) : nil
      if let came {
        isOpen = !came.isEmpty
        bytes += came
      } else if let status {
        return ended(status, bytes)
      } else if !isOpen {
        usleep(1000)
      }
      guard bytes.count <= limit, now() < deadline else {
        end(child, unless: status != nil)
        return bytes.count > limit ? .tooLong : nil
      }
    }
  }

  private static func ended(_ status: Int32, _ bytes: [UInt8]) -> ChildOutput {
    if status & 0x7F != 0 { return .signal(status & 0x7F) }
    return status >> 8 & 0xFF == 0 ? .output(bytes) : .exit(status >> 8 & 0xFF)
  }

  private static func end(_ child: pid_t, unless hasEnded: Bool) {
    guard !hasEnded else { return }
    kill(-child, SIGKILL)
    while waitpid(child, nil, 0) < 0, errno == EINTR {}
  }

  /// What there is within some milliseconds: nothing at the end, nil where nothing came.
  private static func read(_ descriptor: Int32, wait: Int32) -> [UInt8]? {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, wait) > 0 else { return nil }
    return [UInt8](unsafeUninitializedCapacity: 1 << 12) { buffer, count in
      count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
