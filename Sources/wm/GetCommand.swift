internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Watermarks

struct GetCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Print a watermark; nothing where there is none.")

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var options: StoreOptions

  @Flag(name: [.customShort("g"), .long], help: "With its generation, as TIME@N.")
  var generation = false

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 where there is none.")
  var emptyFails = false

  @Argument var name: String

  func run() throws {
    let name = try WatermarkName(name)
    guard let watermark = try base.openExisting()?.watermark(name) else {
      if emptyFails { throw QuietExit(.refused) }
      return
    }
    try printLine(
      base.common.json
        ? watermark.json.text
        : generation ? watermark.standing.description : watermark.position.description)
  }
}
