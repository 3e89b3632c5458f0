internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Glibc
internal import Partitions
internal import Processes
internal import Threads
internal import Watermarks

struct HoldCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Run a command under a lease that one at a time can have.")

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var options: StoreOptions

  @Option(
    help: ArgumentHelp("How long the lease outlives a holder that does not renew it.", valueName: "span"))
  var ttl = "2m"

  @Option(help: ArgumentHelp("How long to wait while somebody else has it.", valueName: "span"))
  var wait = "0"

  @Argument var name: String

  @Argument(parsing: .postTerminator, help: "The command, after --.") var command: [String] = []

  func run() throws {
    let tenancy = try Tenancy(self)
    let (lease, asked) = try tenancy.take()
    try tenancy.work(under: lease, asked: asked)
  }
}

/// What the command line asks for, each part parsed.
private struct Tenancy {
  private let name: WatermarkName
  /// Of the lease, in milliseconds.
  private let length: Int64
  /// How long to wait for it, in milliseconds.
  private let patience: Int64
  private let program: Program
  private let programName: String
  private let base: Base
  private let store: any WatermarkStore

  init(_ command: HoldCommand) throws(Failure) {
    name = try WatermarkName(command.name)
    let seconds = try Span.seconds(command.ttl, of: "--ttl")
    guard (1...Self.longest).contains(seconds) else { throw Failure(.usage, "--ttl must be from 1s to 7d") }
    length = seconds * 1000
    patience = min(try Span.seconds(command.wait, of: "--wait"), 1 << 40) * 1000
    guard let first = command.command.first else {
      throw Failure(.usage, "say what to run, after --: wm hold \(name) -- command ... (see wm --help)")
    }
    programName = first
    program = Program(Self.lastArguments(command.command.count))
    var base = command.base
    let most = try Span.seconds(base.access.patience, of: "--patience")
    // A request is not to take all of the time that there is for it and the next one.
    base.access.patience = String(min(most, max(1, seconds / 3)))
    self.base = base
    store = try base.open()
  }

  private static let longest: Int64 = 7 * 86_400

  /// Byte by byte, whatever their encoding.
  private static func lastArguments(_ count: Int) -> [[UInt8]] {
    let all = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    return all.suffix(count).compactMap { text in
      text.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
  }
}

extension Tenancy {
  /// The lease, and when the request for it was sent.
  func take() throws(Failure) -> (Lease, asked: Int64) {
    let start = MachineClock.milliseconds
    let holder = "\(MoveOptions.who):\(getpid())"
    while true {
      // What would end us just after the lease was granted is left to the command, so that the lease is given back.
      Watch.block()
      let (asked, now) = (MachineClock.milliseconds, try base.clock())
      let left = start + patience - asked
      do throws(Failure) {
        switch try store.take(name, holder: holder, length: length, now: now) {
        case .taken(let lease): return (lease, asked)
        case .held(let lease, let rest): if left <= 0 { throw held(lease, for: rest / 1000 + 1, now) }
        }
      } catch {
        guard error.exit == .tryAgain, left > 0 else { throw error }
      }
      base.console.status("waiting for the lease \(name)")
      pause(atMost: left)
    }
  }

  private func held(_ lease: Lease, for seconds: Int64, _ now: Instant) -> Failure {
    // What a person has written into the store by hand may be any number, of which no date can be made.
    let end = now + min(seconds, 100 * Self.longest)
    return Failure(
      .tryAgain, cannot: "hold", name.text,
      because: "\(lease.holder) has it since \(lease.taken), until \(end) unless they renew it")
  }

  /// Not as long as others, so that they do not ask all at once.
  private func pause(atMost left: Int64) {
    Watch.unblock()
    let longest = min(length / 3, 1000)
    usleep(UInt32(min(Int64.random(in: longest / 2...longest), left)) * 1000)
  }

  func work(under lease: Lease, asked: Int64) throws {
    let token = FencingToken(lease: name, fence: lease.fence)
    let outcome: Errands.Outcome
    do throws(Failure) { outcome = try watch(try start(token), lease, asked: asked) } catch {
      release(token)
      throw error
    }
    guard case .ended(let code) = outcome else { throw QuietExit(.tryAgain) }
    // A shell's loop ends at ^C only where what it runs is ended by the signal itself.
    if code == 128 + SIGINT { raise(SIGINT) }
    if code != 0 { throw QuietExit(status: code) }
  }

  private func start(_ token: FencingToken) throws(Failure) -> pid_t {
    var program = program
    program.leadsGroup = true
    program.variables = [
      ("FRESHET_FENCE", Array(String(token.fence).utf8)), ("FRESHET_LEASE", Array(token.lease.text.utf8)),
    ]
    if let place = base.place {
      program.variables += [("FRESHET_WM", Array(place.utf8)), ("FRESHET_STORE", nil)]
    }
    return try program.start(as: programName)
  }

  private func watch(_ group: pid_t, _ lease: Lease, asked: Int64) throws(Failure) -> Errands.Outcome {
    base.console.status("holding \(name), fence \(lease.fence)", unasked: false)
    let errands = Monitor(Errands())
    let tenure = Tenure(length: length, asked: asked)
    let watch: @Sendable () -> Void = {
      var watch = Watch(group, lease, tenure, errands)
      errands.send(.leave(watch.run()))
    }
    return try besides(threads: 1, watch) { (threads) throws(Failure) in
      guard threads == 1 else {
        kill(-group, SIGKILL)
        throw Failure(.unavailable, cannot: "hold", name.text, because: "there is no thread to watch over it")
      }
      return run(errands, FencingToken(lease: name, fence: lease.fence))
    }
  }

  private func run(_ errands: Monitor<Errands>, _ token: FencingToken) -> Errands.Outcome {
    var isRenewed = false
    while true {
      switch errands.receive() {
      case .renew(let asked):
        let answer = renew(token, asked: asked)
        if case .renewed = answer { isRenewed = true } else { isRenewed = false }
        errands.reply(answer)
      case .leave(.stopped) where !isRenewed: return .stopped
      case .leave(let outcome):
        release(token)
        return outcome
      }
    }
  }

  private func renew(_ token: FencingToken, asked: Int64) -> Errands.Answer {
    do throws(Failure) {
      var other: Lease?
      guard try store.renew(token, length: length, lost: { other = $0 }) else { return .lost(other) }
      base.console.detail("renewed the lease \(name)")
      return .renewed(asked: asked)
    } catch {
      base.console.detail(error.message)
      return .failed(error.reason)
    }
  }

  private func release(_ token: FencingToken) {
    Watch.dismiss()
    do throws(Failure) { try store.release(token) } catch {
      base.console.note("\(error.message); the lease \(name) ends by itself")
    }
  }
}
