internal import ArgumentParser
internal import Console
internal import Failures
internal import Partitions
internal import Watermarks

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "Print all watermarks, or those whose names begin with a prefix.")

  @OptionGroup var base: StoreOptions

  @Option(help: ArgumentHelp("Only those that have not moved for longer than that.", valueName: "span"))
  var stale: String?

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when there are none.")
  var emptyFails = false

  @Argument var prefix: String = ""

  func run() throws {
    let now = try base.clock()
    let since = try span(stale, "--stale").map { now - $0 }
    let found = try base.openExisting()?.watermarks(below: prefix, unmovedSince: since) ?? []
    for watermark in found { try printLine(base.common.json ? watermark.json.text : watermark.text) }
    if found.isEmpty && emptyFails { throw QuietExit(.refused) }
  }
}
