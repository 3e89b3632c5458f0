internal import ArgumentParser
internal import Console
internal import Failures
internal import Partitions
internal import Watermarks

struct SetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set a watermark, by a person's word; logged as such.")

  @OptionGroup var options: MoveOptions

  @Argument var name: String

  @Argument(help: ArgumentHelp("TIME, or TIME@N to set the generation too.", valueName: "position"))
  var position: String

  func run() throws {
    let name = try WatermarkName(name)
    let signature = try options.signature()
    guard let position = try Position.parse(position, now: signature.at) else {
      throw Failure(.usage, "the position is empty; 'wm rm \(name)' forgets a watermark")
    }
    let watermark = try options.base.open().set(name, to: position, signature)
    try options.base.printMoved(watermark)
  }
}

extension StoreOptions {
  /// The new watermark, as TIME@N.
  func printMoved(_ watermark: Watermark) throws(Failure) {
    try printLine(common.json ? watermark.json.text : watermark.standing.description)
  }
}
