internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Partitions
internal import Watermarks

struct SetCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set a watermark, by a person's word; logged as such.")

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var options: StoreOptions

  @OptionGroup var move: MoveOptions

  @Argument var name: String

  @Argument(help: ArgumentHelp("TIME, or TIME@N to set the generation too.", valueName: "position"))
  var position: String

  func run() throws {
    let name = try WatermarkName(name)
    let signature = try move.signature(base)
    guard let position = try Position.parse(position, now: signature.at) else {
      throw Failure(.usage, "the position is empty; 'wm rm \(name)' forgets a watermark")
    }
    let watermark = try base.open().set(name, to: position, signature)
    try base.printMoved(watermark)
  }
}

extension Base {
  /// The new watermark, as TIME@N.
  func printMoved(_ watermark: Watermark) throws(Failure) {
    try printLine(common.json ? watermark.json.text : watermark.standing.description)
  }
}
