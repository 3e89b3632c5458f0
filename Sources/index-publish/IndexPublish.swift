internal import Access
internal import ArgumentParser
internal import Bytes
internal import Console
internal import Failures
internal import Files
internal import Lines
internal import Objects
internal import Publishing
internal import Serving

@main
struct IndexPublish: Tool {
  static let configuration = CommandConfiguration(
    commandName: "index-publish",
    abstract: "Publish an index that was built: upload, verify, swap the pointer.",
    version: freshetVersion)

  static func main() { start() }

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var targets: TargetOptions

  @OptionGroup var change: ChangeOptions

  @Argument(
    help:
      "A directory or s3:// prefix; a target, solr+http://..., elasticsearch+http://... or opensearch+http://...; or -."
  ) var destination: String?

  @Flag(help: "Publish the index as the base, below the delta; with --position, the base's.")
  var base = false

  @Option(help: ArgumentHelp("Publish this index instead of what stdin names.", valueName: "location"))
  var index: String?

  @Option(help: ArgumentHelp("Only on top of this generation.", valueName: "n"))
  var afterGeneration: Int?

  @Option(
    help: ArgumentHelp(
      "Publish there, too; or, of a time, the position of an index that was built from --records.",
      valueName: "place|time"))
  var to: [String] = []

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
    // Before anything can fail: an older receipt moves no watermark past what does not arrive.
    var receipt: NamedOutput?
    if destination == "-", !dryRun, let file = change.receipt { receipt = try NamedOutput(file) }
    let order = try PublishOptions(self)
    guard let place = order.places.first else { return }
    switch (order.action, place) {
    case (.publish(let index), _): try publish(index, order, receipt)
    case (.rollback(let number), .destination(let destination)): try order.roll(destination, backTo: number)
    case (.position, .destination(let destination)): try order.printPosition(of: destination)
    case (.position, .target(let target)): try order.printPosition(of: target)
    case (.list, .destination(let destination)): try order.printList(of: destination)
    case (.list, .target(let target)): try order.printList(of: target)
    case (.collect, .destination(let destination)): try order.collect(destination)
    case (.collect, .target(let target)): try order.collect(target)
    case (_, .output), (.rollback, .target): break
    }
  }

  private func publish(_ index: Location?, _ order: PublishOptions, _ receipt: NamedOutput?) throws {
    var output: ChangeOutput?
    if case .output = order.places.first { output = ChangeOutput(order, change, receipt) }
    if index == nil { order.console.status("waiting for the receipt") }
    let input = try PublishInput(index, order)
    if let overtaken = input?.overtaken {
      // That the lines of the other one have arrived is known by nobody here.
      guard output == nil else {
        throw Failure(
          .tryAgain,
          "cannot print the change: another pipe was faster at the target before, and prints its own")
      }
      order.console.note("another pipe was faster, and this is left to it")
      return try BatchWriter.print(overtaken, json: order.json)
    }
    if let output { return try output.write(input) }
    guard let input else {
      order.console.detail("nothing to publish: the input is empty")
      return try order.nothing()
    }
    try order.publish(input)
  }
}
