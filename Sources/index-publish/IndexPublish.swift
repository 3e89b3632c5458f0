internal import Access
internal import ArgumentParser
internal import Bytes
internal import Console
internal import Failures
internal import Lines
internal import Objects
internal import Publishing

@main
struct IndexPublish: Tool {
  static let configuration = CommandConfiguration(
    commandName: "index-publish",
    abstract: "Publish an index that was built: upload, verify, swap the pointer.",
    version: freshetVersion)

  static func main() { start() }

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @Argument(help: "A directory or s3:// prefix.") var destination: String

  @Flag(help: "Publish the index as the base, below the delta; with --position, the base's.")
  var base = false

  @Option(help: ArgumentHelp("Publish this index instead of what stdin names.", valueName: "location"))
  var index: String?

  @Option(help: ArgumentHelp("Only on top of this generation.", valueName: "n"))
  var afterGeneration: Int?

  @Option(help: ArgumentHelp("The position of an index that was built from --records.", valueName: "time"))
  var to: String?

  @Option(
    help: ArgumentHelp(
      "Refuse an index that lost more than that share of its documents.", valueName: "percent"))
  var maxShrink = "50%"

  @Option(help: ArgumentHelp("Refuse an index of fewer documents.", valueName: "n"))
  var minDocs = 0

  @Option(help: ArgumentHelp("Ask sh(1) about the new index before the swap.", valueName: "command"))
  var gate: String?

  @Flag(help: "Override what is refused, and say so in the generation.")
  var force = false

  @Flag(help: "Say what would be done, and change nothing.")
  var dryRun = false

  @Flag(help: "Nobody else writes here: for a store that does not keep its conditions.")
  var unsafeSingleWriter = false

  @Flag(help: "Print the published position.")
  var position = false

  @Flag(help: "Print the generations, newest first.")
  var list = false

  @Option(help: ArgumentHelp("Publish the content of an older generation again.", valueName: "n"))
  var rollback: Int?

  @Flag(help: "Remove the files that no kept generation needs.")
  var gc = false

  @Option(help: ArgumentHelp("How many generations before the current one gc keeps.", valueName: "n"))
  var keep = 2

  @Option(help: ArgumentHelp("How old garbage must be.", valueName: "span"))
  var grace = "1h"

  @Flag(name: [.customShort("e"), .long], help: "Exit 1 when there is nothing to publish or to print.")
  var emptyFails = false

  func run() throws {
    let order = try PublishOptions(self)
    switch order.action {
    case .publish(let source): try order.publish(source)
    case .rollback(let number): try order.roll(backTo: number)
    case .position: try order.printPosition()
    case .list: try order.printList()
    case .collect(let garbage): try order.collect(garbage)
    }
  }
}
