internal import ArgumentParser
internal import Failures
internal import Watermarks

struct RewindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rewind", abstract: "Move a watermark back to where its last move came from.")

  @OptionGroup var options: MoveOptions

  @Argument var name: String

  func run() throws {
    let name = try WatermarkName(name)
    guard let store = try options.base.openExisting() else {
      throw Failure.missingWatermark("rewind", name)
    }
    try options.base.printMoved(try store.rewind(name, try options.signature()))
  }
}
