internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Watermarks

struct LogCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Print the moves of a watermark, the newest first.")

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var options: StoreOptions

  @Option(name: [.customShort("n"), .long], help: ArgumentHelp("No more than that many.", valueName: "n"))
  var number: Int?

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when there are none.")
  var emptyFails = false

  @Argument var name: String

  func run() throws {
    let name = try WatermarkName(name)
    if let number, number < 0 { throw Failure(.usage, "--number must not be below 0") }
    let moves = try base.openExisting()?.moves(of: name, limit: number) ?? []
    for move in moves { try printLine(base.common.json ? move.json(name).text : move.text) }
    if moves.isEmpty && emptyFails { throw QuietExit(.refused) }
  }
}
