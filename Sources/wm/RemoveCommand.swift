internal import Access
internal import ArgumentParser
internal import Console
internal import Failures
internal import Watermarks

struct RemoveCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Forget a watermark; its log stays.")

  @OptionGroup var common: CommonOptions

  @OptionGroup var access: AccessOptions

  @OptionGroup var options: StoreOptions

  @OptionGroup var move: MoveOptions

  @Argument var name: String

  func run() throws {
    let name = try WatermarkName(name)
    guard let store = try base.openExisting() else {
      throw Failure.missingWatermark("remove", name)
    }
    try store.remove(name, try move.signature(base))
  }
}
