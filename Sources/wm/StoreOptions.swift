internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Files
internal import Glibc
internal import Partitions
internal import Watermarks

/// What every subcommand takes. It has each group by itself: ArgumentParser's debug build goes through a group that is in
/// another one four times as often.
protocol Subcommand: ParsableCommand {
  var common: CommonOptions { get }
  var access: AccessOptions { get }
  var options: StoreOptions { get }
}

extension Subcommand {
  var base: Base { Base(common: common, access: access, options: options) }
}

/// The options of the store, and of its clock.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "sqlite:PATH, postgres://... or s3://...; the default is FRESHET_WM, or a file under XDG_STATE_HOME.",
      valueName: "store"))
  var store: String?

  @Flag(help: "Nobody else writes: for a bucket of a store that does not keep its conditions.")
  var unsafeSingleWriter = false

  @Option(help: ArgumentHelp("The clock, for a replay.", valueName: "time"))
  var now: String?
}

/// The options that every subcommand takes, together.
struct Base {
  let common: CommonOptions
  var access: AccessOptions
  let options: StoreOptions

  var console: Console { Console("wm", common) }

  func clock() throws(Failure) -> Instant {
    let clock = Instant(seconds: Int64(time(nil)))
    guard let now = options.now else { return clock }
    return try Instant(parsing: now, now: clock)
  }

  /// For reading; nil where nothing was ever kept.
  func openExisting() throws(Failure) -> (any WatermarkStore)? {
    try address().openExisting(try access.stores(console), unsafeSingleWriter: options.unsafeSingleWriter)
  }

  /// For changing; made where it is missing.
  func open() throws(Failure) -> any WatermarkStore {
    try address().open(try access.stores(console), unsafeSingleWriter: options.unsafeSingleWriter)
  }

  private var said: String? { options.store ?? Environment.value("FRESHET_WM") }

  /// The store's name where it was said, the same from every directory.
  var place: String? {
    guard let text = said, text.hasPrefix("sqlite:"), !text.hasPrefix("sqlite:/"), let folder = getcwd(nil, 0)
    else { return said }
    defer { free(folder) }
    return "sqlite:\(String(cString: folder))/\(text.dropFirst(7))"
  }

  private func address() throws(Failure) -> StoreAddress {
    if let store = options.store, StoreAddress.holdsPassword(store) {
      throw Failure(
        .usage, cannot: "use", "the store postgres://...",
        because:
          "everybody can see a password on a command line; say it in the file PGPASSFILE, or all in FRESHET_WM"
      )
    }
    if let said { return try StoreAddress(said) }
    return try StoreAddress(
      stateHome: Environment.value("XDG_STATE_HOME"), home: Environment.value("HOME"))
  }
}

/// For what moves a watermark: who, when, and why.
struct MoveOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A word for the log.", valueName: "text"))
  var why: String?

  func signature(_ base: Base) throws(Failure) -> Move.Signature { signature(at: try clock(base)) }

  /// Refuses what could not be signed with; who it is that signs is looked up only where there is something to sign.
  func clock(_ base: Base) throws(Failure) -> Instant {
    if let why, why.utf8.count > 1024 {
      throw Failure(.usage, "--why is longer than 1024 bytes")
    }
    return try base.clock()
  }

  func signature(at now: Instant) -> Move.Signature { Move.Signature(who: Self.who, at: now, why: why) }

  /// `user@host`; the number where the user has no name.
  static var who: String {
    var name = [CChar](repeating: 0, count: 256)
    let host = gethostname(&name, name.count - 1) == 0 ? name.withUnsafeBufferPointer(text) : "localhost"
    let user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? String(getuid())
    return "\(user)@\(host)"
  }

  private static func text(_ characters: UnsafeBufferPointer<CChar>) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// An option's span, in seconds; nil where the option was not given.
func span(_ text: String?, _ option: String) throws(Failure) -> Int64? {
  guard let text else { return nil }
  return try Span.seconds(text, of: option)
}

/// Prints one line of data.
func printLine(_ line: String) throws(Failure) { try LineOutput.print([line]) }
