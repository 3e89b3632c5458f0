internal import ArgumentParser
internal import Failures
internal import Watermarks

struct RemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Forget a watermark; its log stays.")

  @OptionGroup var options: MoveOptions

  @Argument var name: String

  func run() throws {
    let name = try WatermarkName(name)
    guard let store = try options.base.openExisting() else {
      throw Failure.missingWatermark("remove", name)
    }
    try store.remove(name, try options.signature())
  }
}
