internal import ArgumentParser
internal import Console
internal import Failures

@main
struct Wm: Tool {
  static let configuration = CommandConfiguration(
    commandName: "wm", abstract: "Keep the watermarks: the last partition that was published, by name.",
    version: freshetVersion,
    subcommands: [
      GetCommand.self, SetCommand.self, AdvanceCommand.self, RewindCommand.self, IdleCommand.self,
      LagCommand.self, LogCommand.self, ListCommand.self, RemoveCommand.self, HoldCommand.self,
    ])

  static func main() { start() }

  /// Not the help and exit 0: at the end of a pipe, a forgotten word would pass for success.
  func run() throws {
    throw Failure(
      .usage, "say what to do: get, set, advance, rewind, idle, lag, log, ls, rm or hold (see wm --help)")
  }
}
