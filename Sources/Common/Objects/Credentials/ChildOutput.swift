internal import Failures
internal import Files
internal import Glibc
internal import Processes

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
    let child: pid_t
    do throws(Failure) { child = try start(words, printingTo: Descriptor(owning: ends[1])) } catch {
      return .notStarted(error.reason)
    }
    let result = collect(from: output.number, of: child, limit: limit, until: now() + patience)
    guard let result else { return .tooLate }
    return result
  }

  /// The child's end of the pipe is closed on return.
  private static func start(_ words: [String], printingTo output: consuming Descriptor) throws(Failure)
    -> pid_t
  {
    var program = Program(words)
    program.streams = (.nothing, .copy(of: output.number), .nothing)
    program.leadsGroup = true
    return try program.start(as: words.first ?? "")
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
    switch Ending(status: status) {
    case .exit(0): .output(bytes)
    case .exit(let code): .exit(code)
    case .signal(let number): .signal(number)
    }
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
