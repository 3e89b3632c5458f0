internal import ArgumentParser
internal import Console
internal import Failures
internal import Partitions
internal import Watermarks

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "Print all watermarks, or those whose names begin with a prefix.")

  @OptionGroup var base: StoreOptions

  @Option(
    help: ArgumentHelp(
      "Only those that have not moved for longer than that, and whether they are idle or stalled.",
      valueName: "span"))
  var stale: String?

  @Option(
    help: ArgumentHelp(
      "Only those that have neither moved for longer than that nor found nothing to do.", valueName: "span"))
  var stalled: String?

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when there are none.")
  var emptyFails = false

  @Argument var prefix: String = ""

  func run() throws {
    let stale = try span(stale, "--stale")
    let stalled = try span(stalled, "--stalled")
    if stale != nil && stalled != nil { throw Failure(.usage, "one of --stale and --stalled") }
    let now = try base.clock()
    let since = (stale ?? stalled).map { now - $0 }
    var found = try base.openExisting()?.watermarks(below: prefix, unmovedSince: since) ?? []
    if let since, stalled != nil { found.removeAll { $0.isIdle(since: since) } }
    for watermark in found {
      try printLine(
        base.common.json ? watermark.json.text : watermark.text(idleSince: stale == nil ? nil : since))
    }
    if found.isEmpty && emptyFails { throw QuietExit(.refused) }
  }
}
