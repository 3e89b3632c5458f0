internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Partitions
internal import Watermarks

struct ListCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "Print all watermarks, or those whose names begin with a prefix.")

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var options: StoreOptions

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
    let recently = (stale ?? stalled).map { Recently(since: now - $0, now: now) }
    var found = try base.openExisting()?.watermarks(below: prefix, unmoved: recently) ?? []
    if let recently, stalled != nil { found.removeAll { $0.isIdle(recently) } }
    for watermark in found {
      try printLine(
        base.common.json ? watermark.json.text : watermark.text(idle: stale == nil ? nil : recently))
    }
    if found.isEmpty && emptyFails { throw QuietExit(.refused) }
  }
}
